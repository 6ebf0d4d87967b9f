"""The rungs of the sandbox on Linux, each as this machine has it, and a project outside of `/tmp` to try them on."""

import asyncio
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from vivek.schema.commands import Ran
from vivek.schema.sandbox import SandboxStatus
from vivek.workspace.sandbox.ladder import LADDER, Rung, probe
from vivek.workspace.staging.tree import StagedTree

NAMES = {rung: f"{rung[0]}-{rung[1]}" for rung in LADDER}
APART = tuple(rung for rung in LADDER if rung[2])
OVERLAYS = tuple(rung for rung in LADDER if rung[1] == "overlay")
BARE = LADDER[-1]

ON_EVERY_RUNG = pytest.mark.parametrize("rung", LADDER, ids=NAMES.get)
ON_RUNGS_APART = pytest.mark.parametrize("rung", APART, ids=NAMES.get)
ON_OVERLAYS = pytest.mark.parametrize("rung", OVERLAYS, ids=NAMES.get)

_known: dict[Rung, SandboxStatus] = {}  # probed once a process: every test has a project of its own on the same disk


class Yard:
    """A project, a home and a neighbour, and commands that run in the sandbox.

    Attributes:
        root: The project, a git repository.
        home: The user's home folder.
        beside: A folder beside the project.
        tree: The staged tree.
    """

    def __init__(self, base: Path, rung: Rung) -> None:
        self.base = base
        self.root, self.home, self.beside = base / "project", base / "home", base / "beside"
        self.cache = base / "cache"
        for folder in (self.root, self.home / ".ssh", self.beside):
            folder.mkdir(parents=True, exist_ok=True)
        (self.home / ".ssh" / "id_ed25519").write_text("CANARY-KEY\n", encoding="utf-8")
        (self.root / "a.txt").write_text("before\n", encoding="utf-8")
        (self.beside / "b.txt").write_text("theirs\n", encoding="utf-8")
        for name in ("objects", "refs/heads", "hooks"):
            (self.root / ".git" / name).mkdir(parents=True, exist_ok=True)
        (self.root / ".git" / "HEAD").write_text("ref: refs/heads/main\n", encoding="ascii")
        (self.root / ".git" / "config").write_text("[core]\n\tbare = false\n", encoding="ascii")
        (self.root / ".vivek").mkdir(exist_ok=True)
        (self.root / ".vivek" / "config.toml").write_text("mode = 'peer'\n", encoding="utf-8")
        self.status = status_on(rung, self.root, self.cache)
        self.tree = StagedTree.open(self.root, status=self.status, cache_folder=self.cache)

    def run(
        self, *argv: str, timeout: float = 20.0, network: bool = False, write: bool = True, folder: str = ""
    ) -> Ran:
        """Run a command on the staged tree."""
        return asyncio.run(self.tree.run(argv, timeout=timeout, network=network, write=write, folder=folder))

    def shell(self, script: str, *arguments: Path | str, timeout: float = 20.0, write: bool = True) -> Ran:
        """Run a shell script; its arguments are `$1`, `$2`, ..."""
        return self.run("/bin/sh", "-c", script, "sh", *map(str, arguments), timeout=timeout, write=write)

    def python(self, code: str, *arguments: Path | str, network: bool = False) -> Ran:
        """Run Python code; its arguments are `sys.argv[1:]`."""
        # Not the interpreter of this run: its environment may lie in `/tmp`, of which a command has one of its own.
        return self.run(sys._base_executable, "-I", "-S", "-c", code, *map(str, arguments), network=network)

    def snapshot(self) -> dict[str, bytes | None]:
        """Return everything in the project, the home and the neighbour."""
        return contents_of(self.root, self.home, self.beside)


def contents_of(*roots: Path) -> dict[str, bytes | None]:
    """Return the bytes of all files beneath some folders, None for folders."""
    return {
        str(path): path.read_bytes() if path.is_file() and not path.is_symlink() else None
        for root in roots
        for path in sorted(root.rglob("*"))
    }


def status_on(rung: Rung, root: Path, cache: Path) -> SandboxStatus:
    """Return a rung as it is here; the test is skipped, with the reason, where it does not work."""
    if sys.platform != "linux":
        pytest.skip("the rungs of Linux")
    if rung not in _known:
        _known[rung] = probe(root, cache, ladder=(rung,))
    if not _known[rung].confines:
        pytest.skip(f"{NAMES[rung]} does not work here: {_known[rung].reason}")
    return replace(_known[rung], scratch=str(cache))


@pytest.fixture
def wide_folder() -> Iterator[Path]:
    """Return a folder that no private `/tmp` hides."""
    folder = Path(tempfile.mkdtemp(prefix="vivek-tests-", dir="/var/tmp"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def yard(wide_folder: Path, rung: Rung, monkeypatch: pytest.MonkeyPatch) -> Iterator[Yard]:
    """Return a project on the rung that the test names."""
    monkeypatch.setenv("HOME", str(wide_folder / "home"))
    made = Yard(wide_folder, rung)
    yield made
    made.tree.close()
