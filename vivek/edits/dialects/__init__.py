"""How to ask for edits and how to read them; none imports another."""
