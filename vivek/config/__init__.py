"""Layers, origins, validation and redaction; knows no setting by name."""
