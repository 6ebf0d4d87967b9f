"""The launcher that forks for each command does what one of its own would do, and its end is nobody's loss."""

import asyncio
import signal
import socket
import sys
import time
from asyncio import SubprocessProtocol, SubprocessTransport
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path

import psutil  # type: ignore[import-untyped] # brings no types
import pytest

from tests.workspace.rungs import BARE, ON_OVERLAYS, ON_RUNGS_APART, Yard, wide_folder, yard
from vivek.errors import WorkspaceError
from vivek.schema.commands import Ran
from vivek.schema.sandbox import Trace
from vivek.workspace.running import run_command
from vivek.workspace.sandbox.command import launcher
from vivek.workspace.sandbox.ladder import LADDER, Rung
from vivek.workspace.sandbox.launching import Launchers
from vivek.workspace.sandbox.view import hidden_paths
from vivek.workspace.staging.tree import StagedTree

__all__ = ["wide_folder", "yard"]

WALLS = """
cat a.txt
echo owned > "$1"/.bashrc || echo home
echo owned > .git/config || echo git
unshare -U true || echo nested
grep -e CapEff -e SigBlk -e Seccomp: -e NoNewPrivs /proc/self/status
grep SigIgn /proc/self/status | tail -c 8  # the upper half is the C library's own
cat /proc/self/oom_score_adj
ulimit -a | grep -v pending
readlink /proc/self/fd/0
ls /proc/self/fd | wc -l
pwd
umask
env | grep -v -e VIVEK -e PADDING -e TMPDIR -e GOCACHE -e LC_CTYPE | sort
exit 7
"""
TOO_LONG = {"PADDING": "x" * 70_000}
ON_ONE_OF_EACH_KIND = pytest.mark.parametrize("rung", [LADDER[0], LADDER[1], BARE], ids=str)


def loaded() -> list[psutil.Process]:
    """Return the launchers that this process has loaded and that fork."""
    return [one for one in psutil.Process().children() if alive(one) and "confine_forking" in " ".join(one.cmdline())]


def alive(process: psutil.Process) -> bool:
    return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)


def wait_until_gone(process: psutil.Process) -> None:
    deadline = time.monotonic() + 2
    while alive(process):
        assert time.monotonic() < deadline
        time.sleep(0.01)


async def plainly(launchers: Launchers, script: str, timeout: float = 20.0) -> Ran:
    """Run a script through launchers that confine nothing."""
    argv = [*launcher(), "folder", "/", "--", "/bin/sh", "-c", script]
    return await run_command(argv, cwd=Path("/"), env={"PATH": "/usr/bin:/bin"}, timeout=timeout, start=launchers.start)


@ON_ONE_OF_EACH_KIND
def test_a_forked_launcher_makes_the_same_sandbox_as_one_of_its_own(yard: Yard, rung: Rung) -> None:
    command = ["/bin/sh", "-c", WALLS, "sh", str(yard.home)]
    before = yard.snapshot()

    forked = asyncio.run(yard.tree.run(command, timeout=20))
    (server,) = loaded()
    seen = server.num_ctx_switches()
    own = asyncio.run(yard.tree.run(command, timeout=20, env=TOO_LONG))

    assert server.num_ctx_switches() == seen, "such a long command was not to be forked"
    assert forked.output.decode() == own.output.decode().replace("run-2", "run-1")
    assert forked.returncode == own.returncode == 7
    assert forked.output.startswith(b"before\n")
    assert yard.snapshot() == before


async def test_commands_at_one_time_have_nothing_of_each_other() -> None:
    launchers = Launchers()
    launchers.load()
    scripts = [f"exec 2>&1; ls /proc/self/fd | wc -l; echo {number}; sleep 0.1; exit {number}" for number in range(8)]

    ran = await asyncio.gather(*(plainly(launchers, script) for script in scripts))

    first = ran[0].output.split()[0]
    assert [one.output.split() for one in ran] == [[first, str(number).encode()] for number in range(8)]
    assert [one.returncode for one in ran] == [*range(8)]
    assert len(loaded()) == 1
    launchers.close()
    launchers.close()
    assert not loaded()


async def test_how_a_command_ended_is_told_as_for_any_other() -> None:
    launchers = Launchers()
    try:
        assert (await plainly(launchers, "kill -TERM $$")).returncode == 128 + signal.SIGTERM
        assert (await plainly(launchers, "exec no-such-program")).returncode == 127
        stopped = await plainly(launchers, "trap '' TERM; echo begun; sleep 60", timeout=0.2)
        assert (stopped.timed_out, stopped.output) == (True, b"begun\n")
        assert (await plainly(launchers, "a\0b")).output.endswith(b": an argument holds a NUL character\n")
        assert len(loaded()) == 1
    finally:
        launchers.close()


async def test_a_launcher_that_is_killed_takes_its_commands_along_and_the_next_one_runs() -> None:
    launchers = Launchers()
    try:
        running = asyncio.create_task(plainly(launchers, "echo $$; sleep 60 & exec sleep 60"))
        while not (loaded() and len(loaded()[0].children(recursive=True)) >= 4):
            await asyncio.sleep(0.01)
        below = loaded()[0].children(recursive=True)
        loaded()[0].kill()

        ran = await running

        assert ran.returncode == -signal.SIGKILL
        for process in below:
            wait_until_gone(process)
        assert (await plainly(launchers, "echo again")).output == b"again\n"
        assert b"confine_forking" in (await plainly(launchers, "tr '\\0' ' ' < /proc/$PPID/cmdline")).output
    finally:
        launchers.close()


@pytest.mark.kill
def test_a_launcher_that_waits_sleeps_and_ends_when_vivek_is_killed() -> None:
    code = (
        "import time; from vivek.workspace.sandbox.launching import Launchers as L; l = L(); l.load(); time.sleep(60)"
    )
    vivek = psutil.Popen([sys.executable, "-c", code])
    while not (waiting := vivek.children()):
        time.sleep(0.01)
    (server,) = waiting
    while server.status() != psutil.STATUS_SLEEPING or server.num_ctx_switches().voluntary < 1:
        time.sleep(0.01)

    vivek.kill()
    vivek.wait()

    wait_until_gone(server)


class Late(Launchers):
    """Starts a command when a file has gone that it was told to hide."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self._file = file

    async def start(
        self, protocol: Callable[[], SubprocessProtocol], argv: Sequence[str], *, cwd: Path, env: Mapping[str, str]
    ) -> SubprocessTransport:
        """Start it too late."""
        self._file.unlink(missing_ok=True)
        return await super().start(protocol, argv, cwd=cwd, env=env)


@ON_RUNGS_APART
def test_a_socket_that_goes_while_the_sandbox_is_made_does_not_stop_the_command(yard: Yard, rung: Rung) -> None:
    yard.tree.close()
    path = yard.beside / "agent.sock"
    with closing(socket.socket(socket.AF_UNIX)) as server:
        server.bind(str(path))
        server.listen()
        assert path in hidden_paths(yard.root)
        yard.tree = StagedTree.open(
            yard.root, status=yard.status, cache_folder=yard.cache, launchers=lambda: Late(path)
        )

        ran = yard.shell("echo once >> a.txt; cat a.txt")

    assert ran.output == b"before\nonce\n"
    assert yard.tree.written() == [Trace("write", "a.txt")]


@pytest.mark.parametrize("name", ["with,comma", "with:colon", "with\\backslash", 'with"quote', "with blank", "mit ü"])
@ON_OVERLAYS
def test_a_project_may_have_any_name(wide_folder: Path, monkeypatch: pytest.MonkeyPatch, rung: Rung, name: str) -> None:
    monkeypatch.setenv("HOME", str(wide_folder / "home"))
    (wide_folder / name).mkdir()
    made = Yard(wide_folder / name, rung)
    try:
        made.tree.put({"a.txt": b"after\n"})
        assert made.shell("cat a.txt; touch new").output == b"after\n"
        assert [trace.path for trace in made.tree.written()] == ["new"]
    finally:
        made.tree.close()


@ON_OVERLAYS
def test_a_sandbox_that_cannot_be_made_is_an_error_not_a_failed_command(yard: Yard, rung: Rung) -> None:
    (yard.tree._stage.path / "changes").rmdir()

    with pytest.raises(WorkspaceError, match="sandbox could not be made"):
        yard.run("true")
