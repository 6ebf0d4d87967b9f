"""Outlines and parse checks of source text."""
