"""A key of the user shows nowhere: not on the screen, in events, in the log, nor in any file that vivek writes."""

import json
import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.end_to_end.conftest import Run

KEY = "kp77-very-secret-0123456789"


class Refusing(ThreadingHTTPServer):
    """Refuses every request, and repeats the key in its words as some services do."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Refusal)
        self.keys: list[str | None] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Refusal(BaseHTTPRequestHandler):
    """One refused request."""

    server: Refusing

    def do_GET(self) -> None:
        self.server.keys.append(self.headers["authorization"])
        body = json.dumps({"error": {"message": f"Incorrect API key provided: {KEY}."}}).encode()
        self.send_response(401)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def refusing() -> Iterator[Refusing]:
    with Refusing() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def config() -> Path:
    folder = Path(os.environ["XDG_CONFIG_HOME"]) / "vivek"
    folder.mkdir(parents=True)
    return folder / "config.toml"


def written(*folders: Path) -> bytes:
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file() and path.name != "config.toml"]
    return b"".join(path.read_bytes() for path in files)


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_refused_key_is_told_by_where_it_stands(
    form: str, run: Run, refusing: Refusing, config: Path, workspace: Path, home: Path
) -> None:
    config.write_text(f'[model]\nname = "openai_compat/m"\nbase_url = "{refusing.url}"\napi_key = "{KEY}"\n')
    done = run("ask", "hello", "--format", form)

    assert done.returncode == 4
    said = done.stdout + done.stderr
    assert f"`model.api_key` ({config}:4)" in (said if form == "text" else said.replace("\\\\", "\\"))
    assert set(refusing.keys) == {f"Bearer {KEY}"}
    assert KEY not in said
    assert KEY.encode() not in written(home, workspace)


def test_another_address_does_not_get_it(run: Run, refusing: Refusing, config: Path) -> None:
    config.write_text(f'[model]\nname = "openai_compat/m"\nbase_url = "http://127.0.0.1:9"\napi_key = "{KEY}"\n')
    done = run("ask", "hello", "--base-url", refusing.url)

    assert done.returncode == 4
    assert set(refusing.keys) == {None}
    assert "was entered for http://127.0.0.1:9 and is sent nowhere else" in " ".join(done.stderr.split())
    assert KEY not in done.stdout + done.stderr


def test_a_key_is_not_sent_in_the_open(run: Run, config: Path) -> None:
    config.write_text(f'[model]\nname = "openai_compat/m"\nbase_url = "http://models.example"\napi_key = "{KEY}"\n')
    done = run("ask", "hello")

    assert done.returncode == 2
    assert "is not sent to http://models.example" in " ".join(done.stderr.split())
    assert KEY not in done.stdout + done.stderr
