"""What is wrong with a change: found without a model, claimed by one, told by tools; and what becomes of it."""
