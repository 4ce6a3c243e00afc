"""Applications to a cohort: the public form, its files, the review, decisions published together, the letters."""
