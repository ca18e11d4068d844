"""What answers are worth: consensus, signals, audits, and acceptance with its money."""
