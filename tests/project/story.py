"""Writes repositories with a history of its own, one process for all of its commits."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

START = 1_700_000_000
HOUR = 3_600


class Story:
    """Commits to be written, on `main`; each is named by a number from 1 on.

    Args:
        root: The folder of the repository.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._told: list[bytes] = []
        self._count = 0

    def commit(
        self,
        files: Mapping[str, str | bytes | None],
        *,
        author: str = "Tess Ter <tess@example.org>",
        time: int | None = None,
        parents: Sequence[int] | None = None,
        message: str = "change",
    ) -> int:
        """Tell of a commit and return its number; a file without a text goes.

        Args:
            files: What it changes.
            author: Who made it.
            time: When; an hour after the one before by default.
            parents: What it is built on; the one before by default.
            message: What it says of itself.
        """
        self._count += 1
        number = self._count
        when = START + number * HOUR if time is None else time
        on = [number - 1] * (number > 1) if parents is None else parents
        lines = ["commit refs/heads/main", f"mark :{number}", f"committer {author} {when} +0000"]
        self._told.append("\n".join([*lines, f"data {len(message.encode())}", message, ""]).encode())
        self._told += [f"{'merge' if at else 'from'} :{each}\n".encode() for at, each in enumerate(on)]
        for path, text in files.items():
            quoted = b'"%s"' % os.fsencode(path).replace(b"\\", rb"\\").replace(b'"', rb"\"").replace(b"\n", rb"\n")
            if text is None:
                self._told.append(b"D %s\n" % quoted)
            else:
                data = text if isinstance(text, bytes) else os.fsencode(text)
                self._told.append(b"M 100644 inline %s\ndata %d\n%s\n" % (quoted, len(data), data))
        return number

    def write(self, *, check_out: bool = False) -> Path:
        """Write what was told since the last time; return the repository's folder."""
        if not (self.root / ".git").exists():
            self.root.mkdir(parents=True, exist_ok=True)
            self.git("init", "-q", "-b", "main")
        marks = ["--import-marks-if-exists=.git/marks", "--export-marks=.git/marks"]
        self.git("fast-import", "--quiet", "--force", *marks, told=b"".join(self._told))
        self._told = []
        if check_out:
            self.git("reset", "-q", "--hard")
        return self.root

    def git(self, *arguments: str, told: bytes | None = None) -> str:
        """Run git in the repository and return what it wrote."""
        finished = subprocess.run(
            ["git", *arguments], cwd=self.root, input=told, capture_output=True, check=True, timeout=60
        )
        return os.fsdecode(finished.stdout)

    def files(self) -> list[str]:
        """Return the files of the last commit."""
        return self.git("ls-tree", "-r", "-z", "--name-only", "HEAD").split("\0")[:-1]


def text(*lines: object) -> str:
    """Return lines as a text, between others that make it long enough to be known again under another name."""
    around = [f"line {number}" for number in range(12)]
    return "".join(f"{line}\n" for line in [*around, *lines, *around[::-1]])
