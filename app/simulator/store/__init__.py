"""The simulator's own memory: one SQLite file, of which nothing else knows."""
