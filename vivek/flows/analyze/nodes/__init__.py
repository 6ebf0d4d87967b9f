"""The nodes of a narrative."""
