"""How a change is checked, and what the output of a check says."""
