"""A model server is installed but does not run: one question, and the chat goes on."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.terminal import running
from tests.end_to_end.conftest import environment
from tests.end_to_end.relay import Relay, free_port
from tests.engine.forced import ForcedEngine
from tests.engine.ollama_bridge import OllamaBridge
from tests.engine.tiny_model import TinyModel

pytestmark = [pytest.mark.engine, pytest.mark.pty]

HIDING = """
import importlib.util
found = importlib.util.find_spec
importlib.util.find_spec = lambda name, *more: None if name == "xllamacpp" else found(name, *more)
"""


@pytest.fixture
def installed(tmp_path: Path, forced_engine: ForcedEngine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Relay]:
    """Put an `ollama` on the PATH that is not started."""
    relay = Relay(tmp_path / "bin", free_port())
    with OllamaBridge(forced_engine) as bridge:
        relay.install("ollama", url=bridge.url, last="serve")
        monkeypatch.setenv("PATH", relay.path)
        monkeypatch.setenv("OLLAMA_HOST", f"127.0.0.1:{relay.port}")
        yield relay
        relay.stop()


@pytest.mark.usefixtures("_nothing_serves")
def test_yes_starts_it_and_the_request_is_answered(
    workspace: Path, forced_engine: ForcedEngine, installed: Relay
) -> None:
    forced_engine.script(["It is a till."])
    with running("-m", "vivek", folder=workspace, columns=100, rows=40, variables=environment()) as terminal:
        terminal.shows("run `ollama serve`")
        terminal.child.send("what is this?\r")
        terminal.shows("Start Ollama? [Y/n]")
        assert not installed.started
        terminal.child.send("\r")
        terminal.shows("It is a till.")
        terminal.child.send("\x04")
        assert terminal.ends() == 0

    assert installed.runs()  # it outlives the chat


@pytest.mark.usefixtures("_nothing_serves")
def test_no_starts_nothing(workspace: Path, installed: Relay) -> None:
    with running("-m", "vivek", folder=workspace, columns=100, rows=40, variables=environment()) as terminal:
        terminal.shows("run `ollama serve`")
        terminal.child.send("what is this?\r")
        terminal.shows("Start Ollama? [Y/n]")
        terminal.child.send("n\r")
        terminal.child.send("\x04")
        assert terminal.ends() == 0

    assert not installed.started


@pytest.mark.usefixtures("_nothing_serves")
def test_llama_server_is_started_with_a_model_file_that_lies_here(
    workspace: Path,
    home: Path,
    tmp_path: Path,
    forced_engine: ForcedEngine,
    tiny_model: TinyModel,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The engine that vivek brings is hidden, as where the extra is not installed."""
    model = home / ".lmstudio" / "models" / "someone" / "tiny-chat" / "tiny-chat-q8_0.gguf"
    model.parent.mkdir(parents=True)
    shutil.copy(tiny_model.q8_0, model)
    hidden = tmp_path / "hidden"
    hidden.mkdir()
    (hidden / "sitecustomize.py").write_text(HIDING)
    relay = Relay(tmp_path / "bin", 8080)
    relay.install("llama-server", url=forced_engine.url, last=str(model), key=forced_engine.key)
    monkeypatch.setenv("PATH", relay.path)
    monkeypatch.setenv("PYTHONPATH", f"{hidden}{os.pathsep}{os.environ['PYTHONPATH']}")
    forced_engine.script(["It is a till."])
    try:
        variables = environment()
        variables["PYTHONPATH"] = f"{hidden}{os.pathsep}{variables['PYTHONPATH']}"
        with running("-m", "vivek", folder=workspace, columns=100, rows=40, variables=variables) as terminal:
            terminal.shows("llama-server --host")
            terminal.child.send("what is this?\r")
            terminal.shows("Start llama-server with this model? [Y/n]")
            terminal.child.send("y\r")
            terminal.shows("It is a till.")
            terminal.child.send("\x04")
            assert terminal.ends() == 0
    finally:
        relay.stop()
