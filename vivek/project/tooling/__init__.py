"""How a project is built, tested and linted; reads files, runs nothing."""
