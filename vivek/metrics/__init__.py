"""Listens to events; never on the critical path."""
