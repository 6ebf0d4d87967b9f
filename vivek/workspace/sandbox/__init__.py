"""Holds commands back: which ways there are here, what a command sees, and the launcher that gives rights up."""
