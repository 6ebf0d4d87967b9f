"""A key stands nowhere but where the user put it, whatever is run, and however much is told."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.conftest import Run
from tests.end_to_end.test_keys import Refusing, written

CANARY = "ky66-plain-canary-0123456789"


@pytest.fixture
def server() -> Iterator[Refusing]:
    with Refusing() as refusing:
        thread = threading.Thread(target=refusing.serve_forever, args=(0.01,))
        thread.start()
        yield refusing
        refusing.shutdown()
        thread.join()


@pytest.mark.covers("K01", "K02", "K05", "K06")
@pytest.mark.parametrize("place", ["file", "variable", "address"])
def test_a_key_is_written_and_printed_nowhere(
    place: str, run: Run, server: Refusing, workspace: Path, home: Path, tmp_path: Path
) -> None:
    config = Path(os.environ["XDG_CONFIG_HOME"]) / "vivek" / "config.toml"
    config.parent.mkdir(parents=True)
    url = server.url if place != "address" else server.url.replace("//", f"//user:{CANARY}@")
    key = f'api_key = "{CANARY}"\n' if place == "file" else ""
    config.write_text(f'[model]\nname = "openai_compat/m"\nbase_url = "{url}"\n{key}')
    # Every child shows its command line and its variables.
    git = tmp_path / "bin" / "git"
    git.parent.mkdir()
    git.write_text(f'#!/bin/sh\n(echo "$0 $*"; env) >> {tmp_path}/children\nexec /usr/bin/git "$@"\n')
    git.chmod(0o755)
    variables = {"PATH": f"{git.parent}:{os.environ['PATH']}"}
    variables |= {"VIVEK_MODEL_API_KEY": CANARY} if place == "variable" else {}

    said = ""
    for arguments in (
        ("--verbose", "ask", "hello", "--format", "jsonl"),
        ("--debug", "ask", f"my key is password={CANARY}"),
        ("doctor",),
        ("models", "list"),
        ("threads", "list"),
    ):
        done = run(*arguments, env=variables)
        said += done.stdout + done.stderr

    assert server.keys
    assert "Traceback" in said
    assert CANARY not in said
    assert CANARY.encode() not in written(Path(os.environ["VIVEK_STATE_DIR"]))
    children = (tmp_path / "children").read_text()
    assert "ls-files" in children or "rev-parse" in children
    assert CANARY not in children
