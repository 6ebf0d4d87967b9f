"""Pure measures over facts of a repository."""
