"""The real engine, for the adapters that can speak to it."""

from tests.engine.fixtures import engine_server, skip_without_engine, tiny_model

__all__ = ["engine_server", "skip_without_engine", "tiny_model"]
