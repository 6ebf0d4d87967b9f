"""Which files of a repository an import reaches."""
