"""Replies drawn inside of tmux, which breaks its lines anew when it is resized, as most terminals do."""

import os
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.replies import CORPUS

CHILD = Path(__file__).parent / "drawing_child.py"

pytestmark = [pytest.mark.pty, pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")]


class Tmux:
    """A tmux of its own with one window."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._environment = {key: value for key, value in os.environ.items() if key not in ("TMUX", "TMUX_PANE")} | {
            "TERM": "xterm-256color",
            "LC_ALL": "C.UTF-8",
            "TMUX_TMPDIR": str(folder),
        }

    def run(self, *arguments: str) -> str:
        command = ["tmux", "-f", "/dev/null", *arguments]
        ran = subprocess.run(command, env=self._environment, cwd=self._folder, capture_output=True, check=True)
        return ran.stdout.decode()

    def start(self, command: str, columns: int, rows: int) -> None:
        self.run("new-session", "-d", "-x", str(columns), "-y", str(rows), "sh")
        self.run("set-option", "-g", "history-limit", "5000")
        self.run("send-keys", f"exec sh -c {shlex.quote(f'clear; {command}; sleep 60')}", "Enter")

    def text(self) -> str:
        """Return everything in the window, scrollback included; lines that tmux broke are joined."""
        return self.run("capture-pane", "-p", "-J", "-S", "-")

    def shows(self, text: str, seconds: float = 30) -> None:
        end = time.monotonic() + seconds
        while text not in self.text():
            assert time.monotonic() < end, self.text()
            time.sleep(0.05)


@pytest.fixture
def tmux(tmp_path: Path) -> Iterator[Tmux]:
    opened = Tmux(tmp_path)
    try:
        yield opened
    finally:
        opened.run("kill-server")


def command(reply: Path, *arguments: str) -> str:
    return shlex.join([sys.executable, str(CHILD), str(reply), *arguments])


@pytest.mark.parametrize(("before", "behind"), [(80, 80), (100, 40), (40, 100), (200, 40)])
def test_each_line_of_a_reply_is_there_once_whatever_the_size_becomes(
    tmux: Tmux, tmp_path: Path, before: int, behind: int
) -> None:
    reply = tmp_path / "reply.md"
    reply.write_text(CORPUS["many lines"] + "The last paragraph is not yet at its end, " * 12)
    tmux.start(command(reply, "5", "3200"), before, 24)
    tmux.shows("writing")
    tmux.shows("not yet at its end")
    tmux.run("resize-window", "-x", str(behind), "-y", "24")
    time.sleep(0.5)
    tmux.run("resize-window", "-x", str(before - 7), "-y", "20")
    time.sleep(0.3)
    tmux.run("resize-window", "-x", str(behind), "-y", "24")
    time.sleep(0.5)
    tmux.run("send-keys", "Enter")
    tmux.shows("[the end]")

    shown = tmux.text()
    squeezed = "".join(shown.split())
    for number in range(60):
        assert squeezed.count(f"Line{number}ofalongreply,whichisaparagraph.") == 1
    assert squeezed.count("notyetatitsend") == 12
    assert "writing" not in shown
    assert "scripted/one" not in shown
