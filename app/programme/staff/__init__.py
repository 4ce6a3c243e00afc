"""What the programme's staff see: their week, the cohorts, each association."""
