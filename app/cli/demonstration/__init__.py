"""The story that a demonstration shows: a cohort under way, the one before, and the one that is being chosen."""
