"""What git tells of a repository's past, kept beside the index."""
