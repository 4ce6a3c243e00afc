"""The programme around the service: its cohorts of associations, and what its staff do with them."""
