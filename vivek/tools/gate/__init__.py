"""What may be said of a command by looking at it: what it reads, runs, reaches and destroys. Nothing is run here."""
