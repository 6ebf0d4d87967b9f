"""What commits tell of files and functions: who changed what, how often, and together with what."""
