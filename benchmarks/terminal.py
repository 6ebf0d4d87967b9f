"""A vivek in a real terminal, driven from outside."""

import os
import select
import signal
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import pexpect

# What prompt_toolkit writes whenever it draws its whole prompt anew: lines are not to wrap, all below is erased.
PROMPT = b"\x1b[?7l\x1b[0m\x1b[J"


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

    def watch(self, seconds: float) -> int:
        """Read what is drawn for a while and return how many bytes that was."""
        size, end = 0, time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            size += len(self._read(left))
        return size

    def interrupt(self, timeout: float = 60.0, *, key: str = "\x03") -> float:
        """Press Ctrl-C, or another key, and return the seconds until a prompt is drawn.

        Raises:
            TimeoutError: If none comes.
        """
        began, tail = time.monotonic(), b""
        self._child.send(key)
        while time.monotonic() - began < timeout:
            tail = tail[-len(PROMPT) :] + self._read(1.0)
            if PROMPT in tail:
                return time.monotonic() - began
        msg = f"no prompt within {timeout} s of {key!r}"
        raise TimeoutError(msg)

    def _read(self, seconds: float) -> bytes:
        ready, _, _ = select.select([self._child.child_fd], [], [], seconds)
        return os.read(self._child.child_fd, 65_536) if ready else b""

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
