"""Fixtures of the command line's tests."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from vivek.cli.app import run

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(autouse=True)
def _importable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let processes find the package wherever they start."""
    monkeypatch.setenv("PYTHONPATH", f"{os.environ['PYTHONPATH']}{os.pathsep}{ROOT}")


@pytest.fixture
def own_process() -> Iterator[None]:
    """Give the signal handlers and the hook for errors back, which a command line takes for itself."""
    hook = sys.excepthook
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    yield
    sys.excepthook = hook
    for number, handler in handlers.items():
        signal.signal(number, handler)


Vivek = Callable[..., tuple[int, str, str]]


@pytest.fixture
def vivek(
    own_process: None, workspace: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Vivek:
    """Run a command line in the workspace; return exit code, output and error output."""
    monkeypatch.chdir(workspace)

    def command(*arguments: str) -> tuple[int, str, str]:
        code = run(arguments)
        out, err = capsys.readouterr()
        return code, out, err

    return command
