"""A narrative of how a repository is built: told part by part, then of the whole; each sentence is checked."""
