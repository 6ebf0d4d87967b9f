"""The index of a repository: what its files define, use and import, in a database that can always be made anew."""
