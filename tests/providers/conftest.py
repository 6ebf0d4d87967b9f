"""The tiny model's files, for looking for models on disk."""

from tests.engine.fixtures import skip_without_engine, tiny_model

__all__ = ["skip_without_engine", "tiny_model"]
