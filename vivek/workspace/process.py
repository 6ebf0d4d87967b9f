"""Starts processes; nothing else in vivek does. No shell; each in a session of its own, so that its group can be ended.

`run_captured` needs no asyncio, and importing this module loads neither asyncio nor subprocess.
"""

import os
import signal
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from vivek.errors import WorkspaceError

if TYPE_CHECKING:
    from asyncio import SubprocessProtocol, SubprocessTransport

    from vivek.workspace.child import RunningChild


@dataclass(frozen=True, slots=True)
class Finished:
    """What a process left behind; a negative return code is the signal that ended it."""

    returncode: int
    stdout: bytes
    stderr: bytes


async def launch(argv: Sequence[str], *, env: Mapping[str, str] | None = None) -> "RunningChild":
    """Start a child with pipes; the caller stops it. It is a `schema.process.Launcher`.

    A child whose parent dies reads the end of its standard input.

    Raises:
        WorkspaceError: If it cannot be started.
    """
    import asyncio
    import subprocess

    from vivek.workspace.child import ChildProtocol, RunningChild

    environment = _environment(env or {})
    try:
        # Not create_subprocess_exec: it hides the transport, and closing that is the only way to let go of pipes that
        # a grandchild still holds.
        transport, protocol = await asyncio.get_running_loop().subprocess_exec(
            ChildProtocol,
            *(_program(argv[0], environment), *argv[1:]),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            env=environment,
        )
    except OSError as error:
        raise _cannot_start(argv[0], error) from error
    return RunningChild(transport, protocol, end_group)


async def start_merged(
    protocol: "Callable[[], SubprocessProtocol]",
    argv: Sequence[str],
    *,
    cwd: Path,
    env: Mapping[str, str],
) -> "SubprocessTransport":
    """Start a command that has nothing to read and writes both streams, in order, to one pipe.

    Args:
        protocol: Makes what listens to it.
        argv: Program and arguments; the program is looked up in the PATH of `env`.
        cwd: Where it runs.
        env: Its whole environment.

    Raises:
        OSError: If it cannot be started.
        ValueError: If an argument holds a NUL.
    """
    import asyncio
    import subprocess

    transport, _ = await asyncio.get_running_loop().subprocess_exec(
        protocol,
        *(_program(argv[0], env), *argv[1:]),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        cwd=cwd,
        env=dict(env),
    )
    return transport


def start_companion(argv: Sequence[str], stdin: int) -> int:
    """Start a small companion in a group of its own, with an empty environment, and return its number.

    Args:
        argv: Program and arguments.
        stdin: The descriptor that becomes its standard input; it has no output.

    Raises:
        WorkspaceError: If it cannot be started.
    """
    streams = [(os.POSIX_SPAWN_DUP2, stdin, 0)]
    silent = [(os.POSIX_SPAWN_OPEN, stream, os.devnull, os.O_WRONLY, 0) for stream in (1, 2)]
    try:
        return os.posix_spawn(argv[0], list(argv), {}, file_actions=[*streams, *silent], setpgroup=0)
    except OSError as error:
        raise _cannot_start(argv[0], error) from error


def start_apart(argv: Sequence[str]) -> None:
    """Start a program that is to outlive vivek: in a group of its own, with nothing to read and nobody to write to.

    Raises:
        WorkspaceError: If it cannot be started.
    """
    environment = _environment(None)
    nowhere = [(os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0)]
    nowhere += [(os.POSIX_SPAWN_OPEN, stream, os.devnull, os.O_WRONLY, 0) for stream in (1, 2)]
    try:
        program = _program(argv[0], environment)
        os.posix_spawn(program, [program, *argv[1:]], environment, file_actions=nowhere, setpgroup=0)
    except OSError as error:
        raise _cannot_start(argv[0], error) from error


async def run_on_terminal(argv: Sequence[str], *, cwd: Path) -> int:
    """Run a program that has the terminal to itself, such as an editor; return its exit status.

    It stays in vivek's own group, else the terminal would not be its; Ctrl-C meanwhile is its affair alone.

    Raises:
        WorkspaceError: If it cannot be started.
    """
    import asyncio

    environment = _environment(None)
    held = signal.signal(signal.SIGINT, lambda _number, _frame: None)
    try:
        process = await asyncio.create_subprocess_exec(
            _program(argv[0], environment), *argv[1:], cwd=cwd, env=environment
        )
        try:
            return await process.wait()
        finally:
            if process.returncode is None:
                process.terminate()
    except OSError as error:
        raise _cannot_start(argv[0], error) from error
    finally:
        signal.signal(signal.SIGINT, held)


def run_captured(
    argv: Sequence[str],
    *,
    cwd: Path,
    input: bytes | None = None,  # noqa: A002 - as in subprocess
    timeout: float,
    env: Mapping[str, str | None] | None = None,
) -> Finished:
    """Run a process to its end and return what it wrote.

    Args:
        argv: Program and arguments.
        cwd: Where it runs.
        input: What it reads; nothing when None.
        timeout: Seconds it may take.
        env: Changes to vivek's own environment, None for variables that are to go.

    Raises:
        WorkspaceError: If it cannot be started or takes too long; then its whole group is killed.
    """
    import subprocess

    environment = _environment(env or {})
    try:
        process = subprocess.Popen(  # noqa: S603 - an argument list of ours, no shell
            [_program(argv[0], environment), *argv[1:]],
            cwd=cwd,
            env=environment,
            stdin=subprocess.DEVNULL if input is None else subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except OSError as error:
        raise _cannot_start(argv[0], error) from error
    with process:
        try:
            stdout, stderr = process.communicate(input, timeout)
        except subprocess.TimeoutExpired as error:
            msg = f"`{argv[0]}` took longer than {timeout:g} seconds."
            raise WorkspaceError(msg, hint=f"Try `{' '.join(argv)}` in {cwd} yourself.") from error
        finally:
            if process.returncode is None:
                end_group(process.pid, signal.SIGKILL)
    return Finished(process.returncode, stdout, stderr)


def end_group(leader: int, number: signal.Signals) -> None:
    """Send a signal to every process of a group; nothing happens when it is gone."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, number)


def _environment(changes: Mapping[str, str | None] | Mapping[str, str] | None) -> dict[str, str]:
    """Return vivek's variables with changes; keys are only for vivek itself, and for what the user's programs had."""
    kept = {
        name: None if changes is not None and name.endswith("_API_KEY") else os.environ[name] for name in os.environ
    }
    return {name: value for name, value in {**kept, **(changes or {})}.items() if value is not None}


def _program(name: str, environment: Mapping[str, str]) -> str:
    """Look a program up in the absolute folders of PATH: `.` in it must not let a project bring its own `git`.

    Raises:
        FileNotFoundError: If it is in none of them.
        PermissionError: If it is there, and may not be run.
    """
    if "/" in name:
        return name
    found = False
    for folder in os.get_exec_path(environment):
        candidate = Path(folder) / name
        if candidate.is_absolute() and candidate.is_file():
            if os.access(candidate, os.X_OK):
                return str(candidate)
            found = True
    if found:
        raise PermissionError(13, "found on the PATH, but may not be run", name)
    raise FileNotFoundError(2, "not found on the PATH", name)


def _cannot_start(program: str, error: OSError) -> WorkspaceError:
    msg = f"`{program}` cannot be started: {error.strerror}."
    return WorkspaceError(msg, hint="Check that it is installed and may be run.")
