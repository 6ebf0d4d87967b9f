"""Pure functions from schema values to text."""
