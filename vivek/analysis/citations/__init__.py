"""Sentences about a repository, held against the facts that they cite."""
