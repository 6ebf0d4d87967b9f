"""Starts sandboxed commands: through a launcher that is loaded once and forks for each, or with one of their own."""

import asyncio
import os
import socket
import sys
from asyncio import SubprocessProtocol, SubprocessTransport
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from signal import SIGKILL

from vivek.errors import WorkspaceError
from vivek.schema.commands import Ran
from vivek.schema.sandbox import SandboxStatus
from vivek.workspace.process import start_companion, start_merged
from vivek.workspace.sandbox.command import launcher
from vivek.workspace.sandbox.confine_orders import LARGEST, NUMBER_SIZE

_NOT_MADE = 125
_LAUNCHER_SAYS, _WRAPPER_SAYS = b"vivek-confine: ", b"bwrap: "
_NO_SUCH_PROGRAM = b"bwrap: execvp "
_PIECE = 65_536


class Launchers:
    """Starts commands, also many at one time.

    The launcher that forks starts with `load`, or the first command, and ends with `close`, or with vivek. Where it
    cannot be had, or is gone, a command gets a launcher of its own.
    """

    def __init__(self) -> None:
        self._door: socket.socket | None = None
        self._process = 0

    def load(self) -> None:
        """Start the launcher that forks ahead of the first command."""
        if self._door is None:
            with suppress(OSError, WorkspaceError):  # or each command gets a launcher of its own
                self._open_door()

    async def start(
        self, protocol: Callable[[], SubprocessProtocol], argv: Sequence[str], *, cwd: Path, env: Mapping[str, str]
    ) -> SubprocessTransport:
        """Start a command as `start_merged` does.

        Args:
            protocol: Makes what listens to it.
            argv: A command line that `build_command` wrote.
            cwd: Where it runs; a launcher goes to the folder that it is told.
            env: Its whole environment.

        Raises:
            OSError: If it cannot be started.
            ValueError: If an argument holds a NUL.
        """
        own = launcher()
        if list(argv[: len(own)]) == own:
            words = argv[len(own) :]
            told = [str(len(words)), *words, *(f"{name}={value}" for name, value in env.items())]
            if not any("\0" in word for word in told):
                forked = await self._fork(os.fsencode("\0".join(told)), protocol)
                if forked is not None:
                    return forked
        return await start_merged(protocol, argv, cwd=cwd, env=env)

    def close(self) -> None:
        """End the launcher, and what it started; a command that comes later starts another one."""
        if self._door is not None:
            self._door.close()
            self._door = None
            with suppress(ProcessLookupError, ChildProcessError):
                os.kill(self._process, SIGKILL)
                os.waitpid(self._process, 0)

    async def _fork(self, orders: bytes, protocol: Callable[[], SubprocessProtocol]) -> "_Forked | None":
        """Have a command forked; return None, with nothing started, where that does not work."""
        if len(orders) > LARGEST:
            return None
        output, writing = os.pipe()
        news, telling = os.pipe()
        try:
            door = self._door or self._open_door()
            socket.send_fds(door, [orders], [writing, telling])
        except (OSError, WorkspaceError) as error:
            if isinstance(error, BrokenPipeError | ConnectionResetError):
                self.close()  # it is gone; the next command loads another one
            os.close(output)
            os.close(news)
            return None
        finally:
            os.close(writing)
            os.close(telling)
        forked = _Forked(protocol(), output, news)
        try:
            begun = await forked.begun
        except asyncio.CancelledError:  # the loop ends: nobody will hear of the command any more
            self.close()
            forked.give_up()
            raise
        return forked if begun else None

    def _open_door(self) -> socket.socket:
        """Start the launcher that forks.

        Raises:
            OSError: If the system gives no more sockets.
            WorkspaceError: If it cannot be started.
        """
        door, inner = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            self._process = start_companion(launcher("confine_forking"), inner.fileno())
        except WorkspaceError:
            door.close()
            raise
        finally:
            inner.close()
        door.setblocking(False)
        self._door = door
        return door


def judge_end(ran: Ran, status: SandboxStatus) -> Ran:
    """Return how a command ended, as a shell would tell it, and tell it from a sandbox that could not be made.

    Raises:
        WorkspaceError: If it could not.
    """
    if status.confinement == "bubblewrap" and ran.returncode == 1 and ran.output.startswith(_NO_SUCH_PROGRAM):
        missing = b"No such file" in ran.output
        return Ran(127 if missing else 126, ran.output.removeprefix(_NO_SUCH_PROGRAM), seconds=ran.seconds)
    launcher = ran.returncode == _NOT_MADE and ran.output.startswith(_LAUNCHER_SAYS)
    if launcher or (ran.returncode == 1 and ran.output.startswith(_WRAPPER_SAYS)):
        said = ran.output.partition(b"\n")[0].decode("utf-8", "replace")
        msg = f"The sandbox could not be made ({said})."
        raise WorkspaceError(msg, hint="Run `vivek doctor`: it looks which sandbox works here.")
    return ran


class _Forked(SubprocessTransport):
    """A command that a launcher forked; it is the launcher's child, so its end comes as news through a pipe.

    Attributes:
        begun: Whether there is a command at all.
    """

    def __init__(self, protocol: SubprocessProtocol, output: int, news: int) -> None:
        super().__init__()
        self._loop = asyncio.get_running_loop()
        self._protocol = protocol
        self._output, self._news = output, news
        self._heard = b""
        self._pid: int | None = None
        self._returncode: int | None = None
        self.begun: asyncio.Future[bool] = self._loop.create_future()
        os.set_blocking(news, False)
        self._loop.add_reader(news, self._hear_news)

    def get_pid(self) -> int:
        """Return the number of its first process, which is its group's as well.

        Raises:
            ProcessLookupError: If it has not begun.
        """
        if self._pid is None:
            raise ProcessLookupError
        return self._pid

    def get_returncode(self) -> int | None:
        """Return its exit status, negative for a signal, None while it runs."""
        return self._returncode

    def close(self) -> None:
        """Hear no more of its output; its end is awaited all the same."""
        if self._output >= 0:
            self._loop.remove_reader(self._output)
            os.close(self._output)
            self._output = -1
            self._protocol.pipe_connection_lost(1, None)
            self._let_go()

    def give_up(self) -> None:
        """Hear nothing any more."""
        for handle in (self._output, self._news):
            if handle >= 0:
                self._loop.remove_reader(handle)
                os.close(handle)
        self._output = self._news = -1

    def _hear_news(self) -> None:
        """Take its number, then how it ended; nothing more comes when its launcher is gone, and it with it."""
        piece = os.read(self._news, 2 * NUMBER_SIZE)
        self._heard += piece
        number, ended = self._heard[:NUMBER_SIZE], self._heard[NUMBER_SIZE:]
        if self._pid is None and len(number) == NUMBER_SIZE:
            self._pid = int.from_bytes(number, sys.byteorder)
            os.set_blocking(self._output, False)
            self._protocol.connection_made(self)
            self._loop.add_reader(self._output, self._hear_output)
            self.begun.set_result(True)
        if len(ended) == NUMBER_SIZE:
            self._end(os.waitstatus_to_exitcode(int.from_bytes(ended, sys.byteorder)))
        elif not piece:
            self._end(-SIGKILL)

    def _hear_output(self) -> None:
        piece = os.read(self._output, _PIECE)
        if piece:
            self._protocol.pipe_data_received(1, piece)
        else:
            self.close()

    def _end(self, returncode: int) -> None:
        self._loop.remove_reader(self._news)
        os.close(self._news)
        self._news = -1
        if self._pid is None:
            os.close(self._output)
            self.begun.set_result(False)
            return
        self._returncode = returncode
        self._protocol.process_exited()
        self._let_go()

    def _let_go(self) -> None:
        if self._output < 0 and self._news < 0:
            self._protocol.connection_lost(None)
