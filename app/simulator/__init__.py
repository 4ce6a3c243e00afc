"""A carrier for classrooms and tests: Twilio's HTTP API on this machine, with phones one can look at."""
