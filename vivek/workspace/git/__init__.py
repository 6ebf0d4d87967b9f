"""Asks git, without running anything that a repository brought along."""
