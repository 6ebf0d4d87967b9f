"""A vivek in a real terminal, driven from outside."""

import os
import signal
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import pexpect

# prompt_toolkit switches bracketed paste on whenever it draws its prompt.
PROMPT = b"\x1b[?2004h"


class Terminal:
    """A process in a pseudo-terminal of 100 columns."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], folder: Path) -> None:
        self._child = pexpect.spawn(
            command[0], list(command[1:]), env=dict(environment), cwd=str(folder), dimensions=(30, 100), timeout=60
        )

    @property
    def pid(self) -> int:
        """Return the id of the process."""
        return int(self._child.pid)

    def wait_for_prompt(self) -> None:
        """Wait until a prompt is drawn.

        Raises:
            RuntimeError: If the process ends first.
        """
        if self._child.expect_exact([PROMPT, pexpect.EOF]) == 1:
            msg = f"vivek ended before its prompt: {self._child.before.decode(errors='replace')}"
            raise RuntimeError(msg)

    def say(self, text: str) -> None:
        """Type a line and press Enter; a pause keeps the Enter from being read as part of a paste."""
        self._child.send(text)
        time.sleep(0.05)
        self._child.send("\r")

    def kill(self) -> float:
        """Kill the process and return the CPU seconds that it and its children used until now."""
        os.kill(self.pid, signal.SIGKILL)
        _, _, usage = os.wait4(self.pid, 0)
        self._child.ptyproc.terminated = True  # it has been waited for: pexpect must not try again
        return usage.ru_utime + usage.ru_stime

    def close(self) -> None:
        """Leave nothing behind."""
        self._child.close(force=True)


@contextmanager
def terminal(command: Sequence[str], *, environment: Mapping[str, str], folder: Path) -> Iterator[Terminal]:
    """Start a process in a terminal; it ends with the block."""
    opened = Terminal(command, environment, folder)
    try:
        yield opened
    finally:
        opened.close()
