"""The diagnostic: thirty questions answered by several people of an association, at the start and at the end."""
