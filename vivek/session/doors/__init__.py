"""Doors that need no model, no graph and no network."""
