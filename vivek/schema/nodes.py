"""What is known of the nodes of a chat by their names."""

SILENT_NODES = frozenset({"planner", "reviewer"})
"""Nodes whose model speaks to vivek, not to the reader."""
