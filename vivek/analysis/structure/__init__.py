"""How a repository is built: imports, cycles, layers, what hurts, and what changed of it."""
