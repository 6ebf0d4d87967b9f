"""A repository that somebody made for others to open, with everything around it that it must not reach."""

import random
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import mkdtemp


@dataclass(frozen=True)
class Scene:
    """Where a trap is laid.

    Attributes:
        area: Holds all of it.
        chance: Draws numbers.
    """

    area: Path
    chance: random.Random

    @property
    def root(self) -> Path:
        """The repository."""
        return self.area / "repo"

    @property
    def home(self) -> Path:
        """The home folder of whoever opens it."""
        return self.area / "home"

    @property
    def marks(self) -> Path:
        """Where everything that is started leaves a file of its name."""
        return self.area / "marks"

    def write(self, name: str, text: str, *, runs: bool = False) -> Path:
        """Write a file of the repository."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        if runs:
            path.chmod(0o755)
        return path

    def shell(self, trap: str) -> str:
        """Return a shell command that leaves the mark of a trap."""
        return f": > '{self.marks}/{trap}'"

    def program(self, trap: str, name: str = "") -> Path:
        """Write a program into the repository that leaves the mark of a trap."""
        return self.write(name or f"tools/{trap}.sh", f"#!/bin/sh\n{self.shell(trap)}\ncat\nexit 0\n", runs=True)

    def python(self, trap: str) -> str:
        """Return Python source that leaves the mark of a trap."""
        return f"open({str(self.marks / trap)!r}, 'w').close()\n"

    def configure(self, text: str) -> None:
        """Add to the repository's own settings of git."""
        with (self.root / ".git" / "config").open("a") as file:
            file.write(text)


def make_scene(area: Path, seed: int) -> Scene:
    """Make the surroundings and an honest repository with one change that is not committed."""
    scene = Scene(area, random.Random(seed))
    shutil.copytree(_honest(), scene.root, symlinks=True)
    scene.marks.mkdir()
    (scene.home / ".ssh").mkdir(parents=True, mode=0o700)
    (scene.home / ".ssh" / "id_rsa").write_text("PRIVATE\n")
    scene.write("prices.py", "PRICE = 3\n")
    return scene


@cache
def _honest() -> Path:
    root = Path(mkdtemp(prefix="honest-")) / "repo"
    root.mkdir()
    (root / "prices.py").write_text("PRICE = 2\n")
    (root / "README.md").write_text("# Prices\n")
    name = ("-c", "user.name=Tess", "-c", "user.email=tess@example.org")
    for command in (["init", "-q", "--template="], ["add", "-A"], [*name, "commit", "-q", "-m", "Begin"]):
        subprocess.run(["git", *command], cwd=root, check=True, timeout=60)
    return root
