"""The ticks of the programme: decisions published, files looked through, tools asked about, months counted."""
