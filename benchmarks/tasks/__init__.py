"""Twelve small tasks in one small project, each with a check that the model does not see."""
