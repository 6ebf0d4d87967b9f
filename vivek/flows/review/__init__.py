"""A review of a change by a model: planned, read piece by piece, each finding traced again, reported."""
