"""Turns that are recorded while they run, and run again without a model."""
