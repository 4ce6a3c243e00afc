"""Trainings with experts: dates of the programme's own space, with seats, for the associations of a cohort."""
