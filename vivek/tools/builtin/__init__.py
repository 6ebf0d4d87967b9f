"""The tools that ship; none imports another."""
