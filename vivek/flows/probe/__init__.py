"""Finds out what a model really can: a plain sequence of short calls, without a graph and without a thread."""
