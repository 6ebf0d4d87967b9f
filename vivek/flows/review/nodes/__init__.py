"""The nodes of a review."""
