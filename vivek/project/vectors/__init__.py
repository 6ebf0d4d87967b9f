"""Places found by what an embedding model makes of the code."""
