"""The program itself, started as a user starts it."""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.engine.fixtures import engine_server, forced_engine, tiny_model
from tests.engine.forced import ForcedEngine

__all__ = ["engine_server", "forced_engine", "tiny_model"]

VIVEK = (sys.executable, "-m", "vivek")
ROOT = Path(__file__).parents[2]
Run = Callable[..., "subprocess.CompletedProcess[str]"]


def environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment of this test, from which vivek can be imported in any folder."""
    search = os.pathsep.join([str(ROOT), os.environ["PYTHONPATH"]])
    return {**os.environ, "PYTHONPATH": search, **(more or {})}


@pytest.fixture
def run(workspace: Path) -> Run:
    """Run vivek in the workspace: `run("ask", "what is this?", input="", cwd=...)`."""

    def run_(
        *arguments: str, cwd: Path | None = None, stdin: bytes = b"", env: Mapping[str, str] | None = None
    ) -> "subprocess.CompletedProcess[str]":
        done = subprocess.run(
            [*VIVEK, *arguments],
            cwd=cwd or workspace,
            env=environment(env),
            input=stdin,
            capture_output=True,
            timeout=120,
            check=False,
        )
        return subprocess.CompletedProcess(
            done.args, done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")
        )

    return run_


@pytest.fixture
def there(forced_engine: ForcedEngine, monkeypatch: pytest.MonkeyPatch) -> tuple[str, ...]:
    """Return the options that lead to the engine which says what the test scripts."""
    monkeypatch.setenv("VIVEK_MODEL_API_KEY", forced_engine.key)
    return ("--model", "llamacpp/default", "--base-url", forced_engine.url)
