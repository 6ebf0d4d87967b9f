"""Fetches models, when the user said yes: through Ollama, or files from a model host, checked before they are used."""
