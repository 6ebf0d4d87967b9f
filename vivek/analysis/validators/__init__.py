"""Finds what is doubtful about a change set without a model: rows V01 to V14 of the catalogue in docs/safety.md."""
