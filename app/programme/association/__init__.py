"""What an association sees of its programme, in its own space: where it stands, what comes next, what to do."""
