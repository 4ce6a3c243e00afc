"""The versions of the questionnaire, and what differs between two of them."""
