"""The engine's fixtures, for the tests of this folder."""

from tests.engine.fixtures import engine_server, forced_engine, mlx_folder, skip_without_engine, tiny_model

__all__ = ["engine_server", "forced_engine", "mlx_folder", "skip_without_engine", "tiny_model"]
