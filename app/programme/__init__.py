"""The programme around the service: its cohorts of associations, and what its staff have to do this week."""
