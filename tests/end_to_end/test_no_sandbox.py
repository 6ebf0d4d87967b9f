"""`vivek` on a system that has neither bubblewrap nor Landlock nor namespaces of a user: a real filter takes them."""

import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests import bare_system
from tests.cli.terminal import running
from tests.end_to_end.conftest import environment
from tests.engine.forced import ForcedEngine
from vivek.config.folders import config_folder

BARE = bare_system.__file__

pytestmark = [
    pytest.mark.engine,
    pytest.mark.pty,
    pytest.mark.skipif(
        sys.platform != "linux" or platform.machine() not in ("x86_64", "aarch64"), reason="the filter is Linux's"
    ),
]


@pytest.fixture
def bare(tmp_path: Path) -> dict[str, str]:
    """Return the variables of a system without bubblewrap."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for program in ("git", "sh", "python3"):
        found = shutil.which(program)
        if found is not None:
            (folder / program).symlink_to(found)
    return {**environment(), "PATH": str(folder)}


def test_the_status_line_says_that_every_command_asks(
    workspace: Path, forced_engine: ForcedEngine, there: tuple[str, ...], bare: dict[str, str]
) -> None:
    arguments = (BARE, sys.executable, "-m", "vivek", *there)
    with running(*arguments, folder=workspace, columns=120, rows=40, variables=bare) as terminal:
        terminal.shows("no sandbox: every command asks")
        terminal.child.send("/run ls\r")
        terminal.shows("[y/N")
        assert "prices.py" not in "\n".join(terminal.lines())
        terminal.child.send("n\r")
        terminal.child.send("\x04")
        assert terminal.ends() == 0


def test_where_a_sandbox_is_required_nothing_starts(
    workspace: Path, there: tuple[str, ...], bare: dict[str, str]
) -> None:
    settings = config_folder() / "config.toml"
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text("[session]\nsandbox_required = true\n")
    command = [sys.executable, BARE, sys.executable, "-m", "vivek", "ask", "What is it?", *there]

    ended = subprocess.run(
        command, cwd=workspace, env={**os.environ, **bare}, capture_output=True, text=True, check=False, timeout=60
    )

    assert ended.returncode == 2
    assert "session.sandbox_required" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert ended.stdout == ""
