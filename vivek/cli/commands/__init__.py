"""One module a command: parse, call one door, render."""
