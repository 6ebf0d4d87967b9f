"""A model server is installed but does not run: one question, and the chat goes on."""

import os
import shutil
import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.terminal import running
from tests.end_to_end.conftest import environment
from tests.engine.forced import ForcedEngine
from tests.engine.ollama_bridge import OllamaBridge
from tests.engine.tiny_model import TinyModel

pytestmark = [pytest.mark.engine, pytest.mark.pty]

# What `ollama serve` and `llama-server` are here: they listen and hand everything on to a server that runs.
RELAY = """#!{python}
import http.client, os, sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

assert sys.argv[-1] == {last!r}, sys.argv
open({pid!r}, "w").write(str(os.getpid()))
there = urlsplit({url!r})

class Relay(BaseHTTPRequestHandler):
    def do_GET(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        up = http.client.HTTPConnection(there.hostname, there.port)
        up.request(self.command, self.path, body, {{"Authorization": "Bearer " + {key!r}}})
        got = up.getresponse()
        self.send_response(got.status)
        self.send_header("Content-Type", got.headers["Content-Type"])
        self.end_headers()
        while data := got.read1(65536):
            self.wfile.write(data)
    do_POST = do_GET

print("a line of a log that nobody reads" * 5000, flush=True)
ThreadingHTTPServer(("127.0.0.1", {port}), Relay).serve_forever()
"""


HIDING = """
import importlib.util
found = importlib.util.find_spec
importlib.util.find_spec = lambda name, *more: None if name == "xllamacpp" else found(name, *more)
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def installed(tmp_path: Path, forced_engine: ForcedEngine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Put an `ollama` on the PATH that is not started; return where it writes its process id."""
    pid, programs, port = tmp_path / "pid", tmp_path / "bin", free_port()
    programs.mkdir()
    with OllamaBridge(forced_engine) as bridge:
        script = programs / "ollama"
        script.write_text(
            RELAY.format(python=sys.executable, pid=str(pid), url=bridge.url, port=port, last="serve", key="")
        )
        script.chmod(0o755)
        monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
        monkeypatch.setenv("OLLAMA_HOST", f"127.0.0.1:{port}")
        yield pid
        if pid.exists():
            os.kill(int(pid.read_text()), signal.SIGTERM)


@pytest.mark.usefixtures("_nothing_serves")
def test_yes_starts_it_and_the_request_is_answered(
    workspace: Path, forced_engine: ForcedEngine, installed: Path
) -> None:
    forced_engine.script(["It is a till."])
    with running("-m", "vivek", folder=workspace, columns=100, rows=40, variables=environment()) as terminal:
        terminal.shows("run `ollama serve`")
        terminal.child.send("what is this?\r")
        terminal.shows("Start Ollama? [Y/n]")
        assert not installed.exists()
        terminal.child.send("\r")
        terminal.shows("It is a till.")
        terminal.child.send("\x04")
        assert terminal.ends() == 0

    os.kill(int(installed.read_text()), 0)  # it outlives the chat


@pytest.mark.usefixtures("_nothing_serves")
def test_no_starts_nothing(workspace: Path, installed: Path) -> None:
    with running("-m", "vivek", folder=workspace, columns=100, rows=40, variables=environment()) as terminal:
        terminal.shows("run `ollama serve`")
        terminal.child.send("what is this?\r")
        terminal.shows("Start Ollama? [Y/n]")
        terminal.child.send("n\r")
        terminal.child.send("\x04")
        assert terminal.ends() == 0

    assert not installed.exists()


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
    hidden, programs, pid = tmp_path / "hidden", tmp_path / "bin", tmp_path / "pid"
    hidden.mkdir()
    programs.mkdir()
    (hidden / "sitecustomize.py").write_text(HIDING)
    script = programs / "llama-server"
    script.write_text(
        RELAY.format(
            python=sys.executable,
            pid=str(pid),
            url=forced_engine.url,
            port=8080,
            last=str(model),
            key=forced_engine.key,
        )
    )
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
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
        if pid.exists():
            os.kill(int(pid.read_text()), signal.SIGTERM)
