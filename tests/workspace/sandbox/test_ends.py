"""Nothing of a sandboxed command outlives it, and it cannot take more of the machine than its share."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil  # type: ignore[import-untyped] # brings no types
import pytest

from tests.workspace.rungs import BARE, ON_EVERY_RUNG, Yard, wide_folder, yard
from vivek.workspace.sandbox.ladder import LADDER, Rung

__all__ = ["wide_folder", "yard"]

QUIET = ">/dev/null 2>&1 &"
DAEMON = f"setsid sh -c 'trap \"\" TERM HUP; exec sleep {{0}}' {QUIET} nohup sleep {{0}} {QUIET} sleep 0.2"
BOMB = """
import posix, _signal
count = 0
while True:
    try:
        if not posix.fork():
            _signal.pause()
    except OSError as error:
        print(count, error)
        break
    count += 1
"""
ON_ONE_OF_EACH_KIND = pytest.mark.parametrize("rung", [LADDER[0], LADDER[1], BARE], ids=str)


def sleepers(seconds: str) -> list[int]:
    """Return the processes that sleep for a certain time, which names them."""
    return [
        process.pid
        for process in psutil.process_iter(["cmdline", "status"])
        if process.info["cmdline"] == ["sleep", seconds] and process.info["status"] != psutil.STATUS_ZOMBIE
    ]


def wait_until_gone(seconds: str, limit: float = 2.0) -> None:
    deadline = time.monotonic() + limit
    while left := sleepers(seconds):
        assert time.monotonic() < deadline, f"{left} still run"
        time.sleep(0.02)


@pytest.mark.covers("S17", "F-G02")
@ON_EVERY_RUNG
def test_a_daemon_dies_with_the_command_that_started_it(yard: Yard) -> None:
    number = f"1{os.getpid()}.17"

    ran = yard.shell(DAEMON.format(number) + "; echo left")

    assert ran.output == b"left\n"
    wait_until_gone(number)


@pytest.mark.covers("S18", "F-G02")
@ON_EVERY_RUNG
def test_everything_ends_within_two_seconds_of_the_time_limit(yard: Yard) -> None:
    number = f"1{os.getpid()}.18"
    began = time.monotonic()

    ran = yard.shell(
        f"echo begun; {DAEMON.format(number)}; trap '' TERM; while :; do sleep {number}; done", timeout=0.7
    )

    assert time.monotonic() - began < 0.7 + 2
    assert ran.timed_out
    assert ran.output.startswith(b"begun\n")
    wait_until_gone(number)


@pytest.mark.kill
@pytest.mark.covers("S17", "S18")
@ON_ONE_OF_EACH_KIND
def test_everything_ends_when_vivek_is_killed(yard: Yard, tmp_path: Path) -> None:
    number = f"1{os.getpid()}.9"
    code = f"""
import asyncio, sys
from pathlib import Path
from vivek.schema.sandbox import SandboxStatus
from vivek.workspace.staging.tree import StagedTree
tree = StagedTree.open(Path({str(yard.root)!r}), status={yard.status!r}, cache_folder=Path({str(yard.cache)!r}))
asyncio.run(tree.run(["sh", "-c", {DAEMON.format(number) + f"; sleep {number}"!r}], timeout=60))
"""
    vivek = subprocess.Popen([sys.executable, "-c", code])
    deadline = time.monotonic() + 20
    while len(sleepers(number)) < 3:
        assert time.monotonic() < deadline
        time.sleep(0.02)

    vivek.send_signal(signal.SIGKILL)
    vivek.wait()

    wait_until_gone(number)


@ON_ONE_OF_EACH_KIND
async def test_a_cancelled_command_leaves_nothing_running(
    yard: Yard, rung: Rung, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = f"1{os.getpid()}.5"
    running = asyncio.create_task(yard.tree.run(["sh", "-c", f"{DAEMON.format(number)}; sleep 60"], timeout=60))
    while len(sleepers(number)) < 2:
        await asyncio.sleep(0.02)

    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running

    wait_until_gone(number)


@pytest.mark.covers("S19")
@ON_ONE_OF_EACH_KIND
def test_a_file_cannot_fill_the_disk(yard: Yard) -> None:
    ran = yard.python("import posix; posix.truncate(posix.open('big', 66, 384), 10 << 30)")

    assert ran.returncode != 0
    assert not (yard.root / "big").exists()


@pytest.mark.covers("S19")
@ON_ONE_OF_EACH_KIND
def test_a_command_cannot_take_all_memory(yard: Yard) -> None:
    most = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")

    ran = yard.python(f"bytearray({most * 85 // 100})")  # not touched, so that nothing is really taken

    assert ran.returncode == 1
    assert b"MemoryError" in ran.output


@pytest.mark.covers("S19")
@ON_ONE_OF_EACH_KIND
def test_the_command_is_what_ends_when_memory_runs_out(yard: Yard) -> None:
    assert yard.shell("cat /proc/self/oom_score_adj; ulimit -c").output == b"1000\n0\n"


@pytest.mark.covers("S19")
@ON_ONE_OF_EACH_KIND
def test_a_fork_bomb_is_bounded_and_leaves_the_machine_usable(yard: Yard, rung: Rung) -> None:
    if rung == BARE and os.geteuid() == 0:
        pytest.skip("without namespaces root's processes are not counted; the time limit ends them")
    before = len(psutil.pids())

    ran = yard.python(BOMB)

    count, said = ran.output.split(maxsplit=1)
    assert b"Resource temporarily unavailable" in said
    assert 3000 < int(count) <= 4096
    assert len(psutil.pids()) < before + 100


@pytest.mark.covers("F-G06")
@ON_EVERY_RUNG
def test_the_exit_status_of_the_command_is_kept(yard: Yard) -> None:
    assert yard.shell("exit 3").returncode == 3
    assert yard.shell("kill -SEGV $$").returncode in (139, -11)
    assert yard.shell("yes | head -1").output == b"y\n"


@pytest.mark.covers("F-G01")
@ON_EVERY_RUNG
def test_a_missing_command_is_told_as_a_shell_does(yard: Yard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    ran = yard.run("no-such-program")

    assert ran.returncode == 127
    assert ran.output.startswith(b"no-such-program: ")
