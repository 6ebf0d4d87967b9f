"""Looks at this machine and says what works, what does not, and what would make it faster. Changes nothing."""
