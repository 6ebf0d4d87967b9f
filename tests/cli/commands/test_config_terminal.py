"""What `vivek config edit` and `vivek init` ask on a real terminal."""

import os
import sys
from pathlib import Path

import pytest

from tests.cli.terminal import running

pytestmark = pytest.mark.pty

EDITOR = """\
import pathlib, sys
path = pathlib.Path(sys.argv[1])
text = path.read_text()
path.write_text(text.replace("deep", "fast") if "deep" in text else text + 'depth = "deep"\\n')
"""


def test_a_bad_edit_is_offered_to_be_mended(workspace: Path, tmp_path: Path) -> None:
    folder = Path(os.environ["XDG_CONFIG_HOME"]) / "vivek"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text("[session]\n")
    (tmp_path / "editor.py").write_text(EDITOR)
    variables = {"EDITOR": f"{sys.executable} {tmp_path / 'editor.py'}"}

    with running("-m", "vivek", "config", "edit", folder=workspace, columns=200, variables=variables) as terminal:
        terminal.shows("Edit it again? [Y/n]", seconds=60)
        terminal.shows("must be one of `fast`")
        terminal.child.send(b"\r")
        terminal.shows("in force:", seconds=60)

    assert (folder / "config.toml").read_text() == '[session]\ndepth = "fast"\n'


def test_init_asks_what_no_file_says_and_nothing_else(workspace: Path) -> None:
    variables = {"OLLAMA_HOST": "http://models.example:11434"}

    with running("-m", "vivek", "init", folder=workspace, columns=200, variables=variables) as terminal:
        terminal.shows("What is this project, in a sentence?", seconds=60)
        terminal.child.send(b"A till for small shops.\r")
        terminal.shows("written:", seconds=60)

    assert "\nA till for small shops.\n" in (workspace / "vivek.md").read_text()
