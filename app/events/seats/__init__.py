"""Seats at missions: how many there are, who has one, who waits for one and at what rank."""
