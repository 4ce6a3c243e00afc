"""The pages of applications: the public form, and the desk of the staff."""
