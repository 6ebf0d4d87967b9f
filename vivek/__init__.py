"""A coding assistant for the terminal that makes small local models trustworthy."""

__version__ = "0.1.0"
