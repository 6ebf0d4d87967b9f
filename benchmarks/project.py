"""The project that benchmarks work in: a git repository of a given number of Python files."""

import random
import subprocess
from pathlib import Path

WORDS = ("amber", "bolt", "cedar", "delta", "ember", "fjord", "grove", "heron", "inlet", "jetty", "kiln", "larch")

MODULE = '''"""Part {number}."""


def part_{number}(value: int) -> int:
    """Add {number}."""
    return value + {number}
'''


def prose(size: int, seed: int) -> str:
    """Return text of about `size` bytes, different for each seed, in lines of a dozen words."""
    chosen = random.Random(seed)
    lines: list[str] = []
    while sum(map(len, lines)) < size:
        lines.append(" ".join(f"{chosen.choice(WORDS)}{chosen.randrange(1000)}" for _ in range(12)) + "\n")
    return "".join(lines)[:size]


def make_project(root: Path, files: int) -> Path:
    """Make a repository with one commit of `files` small modules and return its root."""
    package = root / "shop"
    package.mkdir(parents=True)
    for number in range(files):
        (package / f"part_{number:02}.py").write_text(MODULE.format(number=number), encoding="utf-8")
    identity = ["-c", "user.name=Bench", "-c", "user.email=bench@example.org"]
    for command in (["init", "-q", "-b", "main"], ["add", "-A"], [*identity, "commit", "-q", "-m", "Add a shop"]):
        subprocess.run(["git", *command], cwd=root, check=True)
    return root
