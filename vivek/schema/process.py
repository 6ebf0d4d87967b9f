"""How a child process is asked for; `workspace/process.py` is who starts it."""

from collections.abc import Mapping, Sequence
from typing import Protocol


class Child(Protocol):
    """A running child with lines on its standard streams."""

    @property
    def pid(self) -> int:
        """The process id."""
        ...

    async def write_line(self, line: bytes) -> None:
        """Send one line to its standard input."""
        ...

    async def read_line(self, timeout: float) -> bytes:
        """Return the next line of its standard output, b"" at the end.

        Raises:
            TimeoutError: If none came within `timeout` seconds.
        """
        ...

    def diagnostics(self) -> str:
        """Return the tail of its standard error, at most 8,000 characters."""
        ...

    def returncode(self) -> int | None:
        """Return its exit status, negative for a signal, None while it runs."""
        ...

    async def wait(self, timeout: float) -> int | None:
        """Wait for its end, at most `timeout` seconds; return its exit status or None."""
        ...

    async def stop(self, grace: float = 2.0) -> None:
        """End it and its whole group: TERM, then KILL after `grace` seconds."""
        ...

    def release(self) -> None:
        """Let it live on without this process: close its streams, and neither wait for it nor end it."""
        ...


class Launcher(Protocol):
    """Starts a child in a session of its own; no shell."""

    async def __call__(self, argv: Sequence[str], *, env: Mapping[str, str] | None = None) -> Child:
        """Start `argv` with the caller's environment plus `env`.

        Raises:
            WorkspaceError: If it cannot be started.
        """
        ...
