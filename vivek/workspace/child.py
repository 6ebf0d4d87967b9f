"""A running child: lines on its pipes, the tail of what it says on the side, and the end of its whole group."""

import asyncio
import signal
from asyncio.subprocess import SubprocessStreamProtocol  # noqa: TID251 - only listens; process.py starts
from collections.abc import Callable

from vivek.errors import WorkspaceError

LINE_LIMIT = 1024 * 1024
"""Bytes of the longest line that is read from a child."""

TAIL = 8_000
"""Characters of the standard error that are kept."""

_BYTES_PER_CHARACTER = 4
_PIECE = 65_536
_LAST_WORDS = 1.5  # seconds to wait for the rest of the standard error once the child has ended


class ChildProtocol(SubprocessStreamProtocol):
    """Also tells when the child itself has ended, whoever still holds its pipes, and when everything is let go."""

    def __init__(self) -> None:
        super().__init__(limit=LINE_LIMIT, loop=asyncio.get_running_loop())
        self.ended = asyncio.Event()
        self.let_go = asyncio.Event()

    def process_exited(self) -> None:
        """Note the end of the child."""
        self.ended.set()
        super().process_exited()

    def connection_lost(self, exc: Exception | None) -> None:
        """Note the end of its pipes."""
        super().connection_lost(exc)
        self.let_go.set()


class RunningChild:
    """A `schema.process.Child`. Its standard output must be read, or it stands still when the pipe is full.

    When the child ends, by itself or not, what is left of its group is killed at once: later its number may belong
    to somebody else.
    """

    def __init__(
        self,
        transport: asyncio.SubprocessTransport,
        protocol: ChildProtocol,
        end_group: Callable[[int, signal.Signals], None],
    ) -> None:
        self._transport = transport
        self._protocol = protocol
        self._end_group = end_group
        self._tail = bytearray()
        self._listening = asyncio.create_task(self._listen())
        self._ending = asyncio.create_task(self._see_it_end())

    @property
    def pid(self) -> int:
        """The process id, which is its group's as well."""
        return self._transport.get_pid()

    async def write_line(self, line: bytes) -> None:
        """Send one line to its standard input; the line end is added when it is missing.

        Raises:
            WorkspaceError: If it does not read any more.
        """
        pipe = self._protocol.stdin
        try:
            if pipe is None or pipe.is_closing():
                raise BrokenPipeError
            pipe.write(line if line.endswith(b"\n") else line + b"\n")
            await pipe.drain()
        except (BrokenPipeError, ConnectionResetError) as error:
            raise self._gone("does not read any more") from error

    async def read_line(self, timeout: float) -> bytes:
        r"""Return the next line of its standard output with its `\n`, b"" at the end.

        Raises:
            TimeoutError: If none came within `timeout` seconds; the next call waits for the same line.
            WorkspaceError: If the line is longer than a megabyte.
        """
        pipe = self._protocol.stdout
        if pipe is None:
            return b""
        try:
            async with asyncio.timeout(timeout):
                return await pipe.readline()
        except ValueError as error:
            raise self._gone("sent a line that is too long") from error

    def diagnostics(self) -> str:
        """Return the tail of its standard error, at most 8,000 characters."""
        return self._tail.decode("utf-8", "replace")[-TAIL:]

    def returncode(self) -> int | None:
        """Return its exit status, negative for a signal, None while it runs."""
        return self._transport.get_returncode()

    async def wait(self, timeout: float) -> int | None:
        """Wait for its end, at most `timeout` seconds; return its exit status or None."""
        await asyncio.wait([self._ending], timeout=timeout)
        return self._transport.get_returncode()

    async def stop(self, grace: float = 2.0) -> None:
        """End it and its whole group: TERM, then KILL after `grace` seconds. A second call does nothing."""
        try:
            if self._transport.get_returncode() is None:
                self._end_group(self.pid, signal.SIGTERM)
                await asyncio.wait([self._ending], timeout=grace)
        finally:
            # A cancelled stop must not leave it running either.
            if self._transport.get_returncode() is None:
                self._end_group(self.pid, signal.SIGKILL)
        await self._ending
        self._transport.close()
        await self._protocol.let_go.wait()

    def release(self) -> None:
        """Let it live on without this process: close its streams, and neither wait for it nor end it."""
        self._listening.cancel()
        self._ending.cancel()
        popen = self._transport.get_extra_info("subprocess")
        if popen.returncode is None:
            popen.returncode = 0  # a transport that is closed kills what seems to run
        self._transport.close()

    async def _listen(self) -> None:
        pipe = self._protocol.stderr
        while pipe is not None and (piece := await pipe.read(_PIECE)):
            self._tail += piece
            del self._tail[: -TAIL * _BYTES_PER_CHARACTER]

    async def _see_it_end(self) -> None:
        await self._protocol.ended.wait()
        self._end_group(self.pid, signal.SIGKILL)
        await asyncio.wait([self._listening], timeout=_LAST_WORDS)
        self._listening.cancel()

    def _gone(self, what: str) -> WorkspaceError:
        msg = f"The process {self.pid} {what}."
        return WorkspaceError(msg, hint=self.diagnostics()[-200:])
