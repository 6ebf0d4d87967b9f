"""Changes that wait, and the tree in which they are tried out before they reach the project."""
