"""Fixtures of the engine; a test folder takes them by importing them in its conftest."""

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.engine.forced import ForcedEngine
from tests.engine.server import EngineServer, serve
from tests.engine.tiny_model import WINDOW, TinyModel
from tests.engine.tiny_model import tiny_model as build_or_find


@pytest.fixture(autouse=True)
def skip_without_engine(request: pytest.FixtureRequest) -> None:
    """Skip a test marked `engine` where the engine is not installed, and say so."""
    if request.node.get_closest_marker("engine"):
        pytest.importorskip("xllamacpp", reason="the engine is not installed here: pip install 'vivek[local]'")


@pytest.fixture(scope="session")
def tiny_model() -> TinyModel:
    """The tiny model's files."""
    return build_or_find()


@pytest.fixture(scope="session")
def mlx_folder(tiny_model: TinyModel) -> Path:
    """The tiny model as MLX wants it; a test that asks for it is skipped, and says so, where MLX is not installed."""
    if find_spec("mlx_lm") is None:
        pytest.skip("MLX is not installed here: on Linux pip install 'mlx-lm[cpu]' llguidance")
    return tiny_model.folder


@pytest.fixture(scope="session")
def engine_server(tiny_model: TinyModel) -> Iterator[EngineServer]:
    """One real engine for all tests of a session."""
    with serve(tiny_model.q8_0, window=WINDOW) as server:
        yield server


@pytest.fixture
def forced_engine(engine_server: EngineServer) -> Iterator[ForcedEngine]:
    """A real engine that says what the test scripts."""
    with ForcedEngine(engine_server) as engine:
        yield engine
