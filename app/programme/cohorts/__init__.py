"""Cohorts, and the associations in them."""
