"""Runs one command to its end, or to its time limit: its output as it comes, bounded, and then nothing left of it."""

import asyncio
import errno
import itertools
import os
import signal
import time
from asyncio import SubprocessProtocol, SubprocessTransport
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from vivek.errors import WorkspaceError
from vivek.schema.commands import Ran
from vivek.workspace.keeper import guarded
from vivek.workspace.process import end_group, start_merged
from vivek.workspace.strays import VARIABLE, end_strays
from vivek.workspace.tails import HeadAndTail, Latest

KEEP = 65_536
"""Bytes of output that are kept."""

GRACE = 1.0
"""Seconds between asking a command to end and ending it."""

NOT_FOUND, NOT_EXECUTABLE = 127, 126
"""What shells return for a command that is not there, or that cannot be run."""

Start = Callable[..., Coroutine[None, None, SubprocessTransport]]
"""Starts a command, as `start_merged` does, with the same arguments."""

_numbers = itertools.count(1)
_PACE = 0.03  # seconds between two pieces for a listener
_MADE_UP = 255
_LAST_WORDS = 0.5  # seconds to wait for output once the command itself has ended


async def run_command(
    argv: Sequence[str],
    *,
    cwd: Path,
    env: Mapping[str, str],
    timeout: float,
    on_output: Callable[[bytes], None] | None = None,
    keep: int = KEEP,
    start: Start = start_merged,
) -> Ran:
    """Run a command in a group of its own with nothing to read; when it ends, all it started ends.

    A command that cannot be started is no exception: it returns 127 or 126 and says why, as in a shell.

    Args:
        argv: Program and arguments; no shell sees them.
        cwd: Where it runs.
        env: Its whole environment.
        timeout: Seconds it may take; then it is asked to end, and is ended a second later.
        on_output: Is called with what it wrote on both streams, in order; what a slow listener misses is told in
            the output it gets.
        keep: Bytes of output kept; of more, the middle goes.
        start: How it is started.

    Raises:
        WorkspaceError: If the folder is gone, or the system starts no process any more.
    """
    begin = time.monotonic()
    number = f"{os.getpid()}-{next(_numbers)}"
    protocol = _Listening(keep, listens=on_output is not None)
    starting = start(lambda: protocol, argv, cwd=cwd, env={**env, VARIABLE: number})
    try:
        transport = await _whole_start(starting, protocol)
    except (OSError, ValueError) as error:
        return _not_started(argv[0], cwd, error)
    timed_out = True
    try:
        with guarded(transport.get_pid()):
            timed_out = await _to_its_end(transport, protocol, timeout, on_output)
    finally:
        end_group(transport.get_pid(), signal.SIGKILL)
        if timed_out or not protocol.silent.is_set():  # it was stopped, or somebody outside the group still writes
            end_strays(number)
        seen = transport.get_returncode()
        transport.close()
        await _let_go(protocol)
    reaped = getattr(transport.get_extra_info("subprocess"), "returncode", None)
    return Ran(
        returncode=_status(seen, transport.get_returncode(), reaped),
        output=protocol.output.value(),
        omitted=protocol.output.omitted,
        seconds=time.monotonic() - begin,
        timed_out=timed_out,
    )


def _status(seen: int | None, told: int | None, reaped: int | None) -> int:
    """Return how a command ended.

    Whatever is closed while it runs is looked at by two who both want to be the first to see its end. The one who
    comes second makes a number up: the loop that waits for it 255, the one who closes 0.

    Args:
        seen: What was known before closing, by the loop alone; None where nothing was.
        told: What the loop knows now.
        reaped: What the one who closed knows.
    """
    if seen is not None:
        return seen
    if reaped:
        return reaped
    if told is None:
        return -signal.SIGKILL
    return 0 if told == _MADE_UP else told


async def _whole_start(
    starting: Coroutine[None, None, SubprocessTransport], protocol: "_Listening"
) -> SubprocessTransport:
    """Start a command; when that is cancelled, the command and all it started by then ends, and that is waited for.

    asyncio would end the command alone; and a loop that closes first would leave it behind as a zombie.
    """
    task = asyncio.ensure_future(starting)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        with suppress(OSError, ValueError):
            transport = await task
            end_group(transport.get_pid(), signal.SIGKILL)
            transport.close()
            await _let_go(protocol)
        raise


class _Listening(SubprocessProtocol):
    """Takes output as it comes and tells when the command and its pipe have ended."""

    def __init__(self, keep: int, *, listens: bool) -> None:
        self.output = HeadAndTail(keep)
        self.news = Latest(KEEP) if listens else None
        self.arrived, self.ended = asyncio.Event(), asyncio.Event()
        self.silent, self.let_go = asyncio.Event(), asyncio.Event()

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        """Take what it wrote."""
        self.output.add(data)
        if self.news is not None:
            self.news.add(data)
            self.arrived.set()

    def pipe_connection_lost(self, fd: int, exc: Exception | None) -> None:
        """Note that nothing more will come."""
        self.silent.set()

    def process_exited(self) -> None:
        """Note the end of the command, whoever still holds its pipe."""
        self.ended.set()

    def connection_lost(self, exc: Exception | None) -> None:
        """Note that everything is let go."""
        self.let_go.set()


async def _to_its_end(
    transport: SubprocessTransport,
    protocol: _Listening,
    timeout: float,
    on_output: Callable[[bytes], None] | None,
) -> bool:
    """Wait for the end; tell whether it took too long."""
    timed_out = False
    telling = asyncio.create_task(_tell(protocol, on_output))
    try:
        timed_out = not await _ends(protocol.ended, timeout, telling)
        if timed_out:
            end_group(transport.get_pid(), signal.SIGTERM)
            await _ends(protocol.ended, GRACE, telling)
        end_group(transport.get_pid(), signal.SIGKILL)
        await _ends(protocol.silent, _LAST_WORDS, telling)
    finally:
        telling.cancel()
        await asyncio.wait([telling])
        if not telling.cancelled():
            telling.result()
    if on_output is not None and protocol.news is not None and (rest := protocol.news.take()):
        on_output(rest)
    return timed_out


async def _ends(event: asyncio.Event, timeout: float, telling: "asyncio.Task[None]") -> bool:
    """Wait for an event, at most so many seconds, or until the listener fails; tell whether it happened."""
    waiting = asyncio.create_task(event.wait())
    try:
        await asyncio.wait([waiting, telling], timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
    finally:
        waiting.cancel()
    return event.is_set()


async def _tell(protocol: _Listening, on_output: Callable[[bytes], None] | None) -> None:
    while True:
        await protocol.arrived.wait()
        protocol.arrived.clear()
        if on_output is not None and protocol.news is not None:
            on_output(protocol.news.take())
        await asyncio.sleep(_PACE)


async def _let_go(protocol: _Listening) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(GRACE):
            await protocol.let_go.wait()


def _not_started(program: str, cwd: Path, error: OSError | ValueError) -> Ran:
    """Return what a shell would say.

    Raises:
        WorkspaceError: If it is not the command's fault.
    """
    if isinstance(error, ValueError):
        return Ran(NOT_EXECUTABLE, f"{program!r}: an argument holds a NUL character\n".encode())
    if not cwd.is_dir():
        msg = f"The folder {cwd} is gone."
        raise WorkspaceError(msg, hint="Bring it back, or start vivek in a folder that exists.") from error
    if isinstance(error, FileNotFoundError):
        if "/" in program and (cwd / program).exists():
            return Ran(NOT_EXECUTABLE, f"{program}: its interpreter is not installed\n".encode())
        return Ran(NOT_FOUND, f"{program}: command not found\n".encode())
    if isinstance(error, PermissionError | NotADirectoryError | IsADirectoryError) or error.errno in (
        errno.ENOEXEC,
        errno.E2BIG,
        errno.ELOOP,
        errno.ENAMETOOLONG,
    ):
        return Ran(NOT_EXECUTABLE, f"{program}: cannot be run: {error.strerror}\n".encode())
    msg = f"`{program}` cannot be started: {error.strerror}."
    raise WorkspaceError(msg, hint="The system starts no more processes: close some programs.") from error
