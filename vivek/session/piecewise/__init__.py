"""Threads that ask a model piece by piece: reviews and narratives."""
