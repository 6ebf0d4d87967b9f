"""The embedded engine: model files, the child process, its start and end."""
