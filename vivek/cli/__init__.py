"""Draws and parses arguments: the only package that knows the terminal."""
