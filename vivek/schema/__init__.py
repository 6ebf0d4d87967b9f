"""The vocabulary: frozen values that every package may use."""
