"""The pages of the documentation are run: every command on them is typed, and prints what they show."""

import os
import subprocess
import time
from pathlib import Path

import pytest

from tests.cli.terminal import Terminal, running
from tests.end_to_end.conftest import ROOT, VIVEK, environment
from tests.end_to_end.pages import ANY, RUN, Names, Said, Typed, Written, difference, parts

PAGES = tuple(
    sorted(path.stem for path in (ROOT / "docs").glob("*.md") if RUN.search(path.read_text(encoding="utf-8")))
)
VARIABLES = {"COLUMNS": "100"}
CHAT = ("vivek", "vivek chat")
QUESTIONS = ("Apply? [Y/n/e/f/a/?]", "[y/N/?]")


class Reader:
    """Does what a page says, in a project of its own."""

    def __init__(self, folder: Path, scratch: Path) -> None:
        self.folder = folder
        self.names = Names()
        self._replies = scratch / "replies.jsonl"
        self._replies.write_text("")
        programs = scratch / "bin"
        programs.mkdir()
        program = programs / "vivek"
        program.write_text(f'#!/bin/sh\nexec {" ".join(VIVEK)} "$@"\n')
        program.chmod(0o755)
        path = os.pathsep.join([str(programs), os.environ["PATH"]])
        self._variables = environment({"PATH": path, "VIVEK_MODEL_NAME": f"scripted/{self._replies}"} | VARIABLES)

    def follow(self, page: str) -> None:
        for part in parts(page):
            match part:
                case Said(lines):
                    self._replies.write_text(lines)
                case Written(path, text):
                    target = self.folder / path
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_text(text)
                case Typed(command) if command.split(" -")[0] in CHAT:
                    self._talk(part)
                case Typed():
                    self._type(part)

    def _type(self, typed: Typed) -> None:
        done = subprocess.run(
            ["bash", "-c", self.names.real(typed.command)],
            cwd=self.folder,
            env=self._variables,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        whole = f"$ {typed.command}\n{done.stdout}{done.stderr}"
        assert done.returncode == typed.code, whole
        assert not difference(typed, done.stdout.splitlines(), done.stderr.splitlines(), self.names), whole

    def _talk(self, typed: Typed) -> None:
        """Chat on a terminal: type what the page types, once everything above it is on the screen."""
        arguments = self.names.real(typed.command).split()[1:]
        run = running("-m", "vivek", *arguments, folder=self.folder, columns=100, variables=self._variables)
        with run as terminal:
            seen = 0
            for line in typed.shown:
                asked = next((question for question in QUESTIONS if question in line), None)
                if line.startswith("> "):
                    self._prompted(terminal)
                    terminal.child.send(self.names.real(line[2:]) + "\r")
                elif line == "^D":
                    terminal.child.send("\x04")
                elif asked is not None:
                    before, _, keys = line.partition(asked)
                    terminal.shows(before + asked, seconds=90)
                    terminal.child.send(keys.strip() + "\r")
                elif line not in (ANY, ""):
                    seen = self._await(terminal, line, seen)
            assert terminal.ends(seconds=120) == typed.code, "\n".join(terminal.lines())

    def _prompted(self, terminal: Terminal) -> None:
        """Wait for an empty prompt on the last line."""
        end = time.monotonic() + 90
        while (terminal.lines() or [""])[-1].strip() != ">":
            assert terminal.feed() and time.monotonic() < end, "\n".join(terminal.lines())

    def _await(self, terminal: Terminal, line: str, seen: int) -> int:
        """Wait until a line is on the screen below the ones before; return where it ends."""
        end = time.monotonic() + 90
        while True:
            lines = terminal.lines()
            hit = next((at for at in range(seen, len(lines)) if self.names.meets(line, lines[at])), None)
            if hit is not None:
                return hit + 1
            alive = terminal.feed()
            assert alive and time.monotonic() < end, f"not shown: {line}\n" + "\n".join(lines)


@pytest.mark.pty
@pytest.mark.parametrize("name", PAGES)
def test_a_page_runs(name: str, workspace: Path, tmp_path: Path, _nothing_serves: None) -> None:
    Reader(workspace, tmp_path).follow((ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8"))


def test_pages_are_found() -> None:
    assert {"first-hour", "chat", "threads", "configuration", "scripts", "quickstart", "troubleshooting"} <= {*PAGES}
