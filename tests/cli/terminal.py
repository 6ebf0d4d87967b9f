"""A child on a pseudo-terminal, its screen played back."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pexpect
import pyte


class Terminal:
    """A child and what its terminal shows."""

    def __init__(self, child: "pexpect.spawn[bytes]", columns: int, rows: int) -> None:
        self.child = child
        self._screen = pyte.HistoryScreen(columns, rows, history=5_000)
        self._stream = pyte.ByteStream(self._screen)
        self._columns = columns
        self.raw = b""

    def lines(self) -> list[str]:
        """Return everything on the terminal, scrollback included."""
        top = ["".join(line[x].data for x in range(self._columns)).rstrip() for line in self._screen.history.top]
        lines = top + [line.rstrip() for line in self._screen.display]
        while lines and not lines[-1]:
            lines.pop()
        return lines

    @property
    def cursor(self) -> bool:
        """Whether the cursor is shown."""
        return not self._screen.cursor.hidden

    def resize(self, columns: int, rows: int) -> None:
        """Change the size of the terminal while the child runs."""
        self.child.setwinsize(rows, columns)
        self._screen.resize(rows, columns)
        self._columns = columns

    def feed(self, seconds: float = 0.05) -> bool:
        """Take in what the child wrote; False at its end."""
        try:
            data = self.child.read_nonblocking(65_536, timeout=seconds)
            self.raw += data
            self._stream.feed(data)
        except pexpect.TIMEOUT:
            pass
        except pexpect.EOF:
            return False
        return True

    def shows(self, text: str, *, times: int = 1, seconds: float = 30) -> None:
        """Wait until the terminal shows a text so often."""
        end = time.monotonic() + seconds
        while "\n".join(self.lines()).count(text) < times:
            alive = self.feed()
            if time.monotonic() > end or not alive:
                assert "\n".join(self.lines()).count(text) >= times, "\n".join(self.lines())

    def ends(self, *, seconds: float = 60) -> int:
        """Wait for the end; return the exit status."""
        end = time.monotonic() + seconds
        while self.feed(1):
            assert time.monotonic() < end, "\n".join(self.lines())
        self.child.close()
        return int(self.child.exitstatus if self.child.exitstatus is not None else -(self.child.signalstatus or 0))


@contextmanager
def running(
    *arguments: str, folder: Path, columns: int = 80, rows: int = 24, variables: dict[str, str] | None = None
) -> Iterator[Terminal]:
    environment = os.environ | {"TERM": "xterm-256color"} | (variables or {})
    child = pexpect.spawn(
        sys.executable, list(arguments), dimensions=(rows, columns), env=environment, cwd=str(folder), timeout=30
    )
    try:
        yield Terminal(child, columns, rows)
    finally:
        child.close(force=True)
