"""The programme's partners, and what each of them takes part in."""
