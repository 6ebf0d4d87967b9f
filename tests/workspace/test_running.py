"""Running a command: what it wrote, how it ended, and that nothing of it is left."""

import asyncio
import gc
import os
import signal
import sys
import time
import warnings
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.workspace.test_process import soon_gone
from vivek.errors import WorkspaceError
from vivek.schema.commands import Ran
from vivek.workspace.process import run_captured
from vivek.workspace.running import _status, run_command

ENV = {"PATH": "/usr/bin:/bin"}


async def run(argv: Sequence[str], folder: Path, timeout: float = 60, **more: object) -> Ran:
    return await run_command(argv, cwd=folder, env=ENV, timeout=timeout, **more)  # type: ignore[arg-type] # as given


def sh(script: str) -> list[str]:
    return ["sh", "-c", script]


async def appears(path: Path) -> str:
    for _ in range(1000):
        if path.exists() and path.read_text().endswith("\n"):
            return path.read_text()
        await asyncio.sleep(0.01)
    raise AssertionError(path)


async def test_both_streams_come_in_the_order_they_were_written(tmp_path: Path) -> None:
    ran = await run(sh("echo one; echo two >&2; echo three; pwd; exit 3"), tmp_path)

    assert ran.output == b"one\ntwo\nthree\n" + os.fsencode(tmp_path.resolve()) + b"\n"
    assert (ran.returncode, ran.omitted, ran.timed_out, ran.ending) == (3, 0, False, "exit 3")
    assert 0 < ran.seconds < 60


async def test_a_command_sees_the_environment_it_is_given_and_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-canary")

    ran = await run([sys.executable, "-c", "import os; print('\\n'.join(os.environ))"], tmp_path)

    assert "OPENAI_API_KEY" not in ran.output.decode()
    assert "PATH" in ran.output.decode()


@pytest.mark.covers("F-G04")
def test_a_command_that_reads_gets_the_end_and_not_what_is_typed_to_vivek(tmp_path: Path) -> None:
    code = f"""
import asyncio
from pathlib import Path
from vivek.workspace.running import run_command
script = "cat; read -r word || echo nothing to read; [ -t 0 ] || echo no terminal"
ran = asyncio.run(run_command(["sh", "-c", script], cwd=Path({str(tmp_path)!r}), env={ENV!r}, timeout=20))
print(ran.output, ran.timed_out)
"""
    finished = run_captured([sys.executable, "-c", code], cwd=Path.cwd(), input=b"a password\n", timeout=60)

    assert finished.stdout == b"b'nothing to read\\nno terminal\\n' False\n", finished.stderr


@pytest.mark.covers("F-G01")
@pytest.mark.parametrize(
    ("program", "code", "told"),
    [
        ("no-such-program-of-anyone", 127, "command not found"),
        ("./absent", 127, "command not found"),
        ("./plain", 126, "Permission denied"),
        ("./strange", 126, "interpreter is not installed"),
        ("./data", 126, "Exec format error"),
        (".", 126, "cannot be run"),
    ],
)
async def test_what_cannot_be_run_says_so_as_a_shell_would(tmp_path: Path, program: str, code: int, told: str) -> None:
    (tmp_path / "plain").write_text("x")
    (tmp_path / "strange").write_text("#!/no/such/interpreter\n")
    (tmp_path / "data").write_bytes(b"\x00\x01\x02")
    for name in ("strange", "data"):
        (tmp_path / name).chmod(0o755)

    ran = await run([program if program != "." else "./", "x"], tmp_path)

    assert ran.returncode == code
    assert told in ran.output.decode()


@pytest.mark.covers("F-G01")
async def test_a_file_on_the_path_that_may_not_be_run_is_told_from_one_that_is_missing(tmp_path: Path) -> None:
    (tmp_path / "tool").write_text("x")

    ran = await run_command(["tool"], cwd=tmp_path, env={"PATH": str(tmp_path)}, timeout=20)

    assert (ran.returncode, ran.output) == (126, b"tool: cannot be run: found on the PATH, but may not be run\n")


async def test_an_argument_with_a_nul_is_refused(tmp_path: Path) -> None:
    ran = await run(["echo", "a\x00b"], tmp_path)

    assert (ran.returncode, b"NUL" in ran.output) == (126, True)


@pytest.mark.covers("F-G08")
async def test_a_folder_that_is_gone_is_named(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="is gone") as refused:
        await run(["true"], tmp_path / "absent")
    assert refused.value.hint


@pytest.mark.covers("F-G06")
@pytest.mark.parametrize(
    ("script", "ending"),
    [
        ("kill -SEGV $$", "killed by SIGSEGV"),
        ("kill -9 $$", "killed by SIGKILL"),
        ("sh -c 'kill -9 $$'; exit $?", "killed by SIGKILL"),
    ],
)
async def test_a_signal_is_named(tmp_path: Path, script: str, ending: str) -> None:
    assert (await run(sh(script), tmp_path)).ending == ending


def test_an_exit_status_above_every_signal_is_a_status() -> None:
    assert Ran(255, b"").ending == "exit 255"
    assert Ran(0, b"").ending == "exit 0"
    assert Ran(-15, b"", seconds=10.04, timed_out=True).ending == "stopped after 10 s"


@pytest.mark.kill
@pytest.mark.covers("F-G02", "S18")
async def test_a_command_that_ignores_the_polite_signal_ends_with_all_it_started(tmp_path: Path) -> None:
    begin = time.monotonic()
    ran = await run(sh("trap '' TERM; sleep 600 & echo $! > pid; echo up; sleep 600; sleep 600"), tmp_path, timeout=0.5)
    took = time.monotonic() - begin

    assert ran.timed_out
    assert ran.returncode == -signal.SIGKILL
    assert ran.output == b"up\n", "what it wrote is kept"
    assert took < 0.5 + 2
    assert await soon_gone(int((tmp_path / "pid").read_text()))


@pytest.mark.kill
@pytest.mark.covers("F-G02")
async def test_a_command_may_tidy_up_when_its_time_is_over(tmp_path: Path) -> None:
    ran = await run(sh("trap 'echo tidied; exit 4' TERM; while :; do sleep 0.05; done"), tmp_path, timeout=0.5)

    assert (ran.timed_out, ran.returncode) == (True, 4)
    assert ran.output.endswith(b"tidied\n")


@pytest.mark.kill
async def test_what_a_command_leaves_in_the_background_ends_with_it(tmp_path: Path) -> None:
    ran = await run(sh("sleep 600 & echo $! > pid; echo done"), tmp_path)

    assert ran.output == b"done\n"
    assert await soon_gone(int((tmp_path / "pid").read_text()))


@pytest.mark.kill
@pytest.mark.covers("F-G02", "S17")
@pytest.mark.parametrize(
    ("more", "timeout", "quiet"), [("", 30.0, ""), ("; sleep 600", 0.5, ""), ("; sleep 600", 0.5, ">/dev/null 2>&1")]
)
async def test_a_process_that_left_the_group_neither_holds_up_the_end_nor_outlives_it(
    tmp_path: Path, more: str, timeout: float, quiet: str
) -> None:
    script = (
        f"setsid sh -c 'sleep 600 & echo $$ $! > pid; wait' {quiet} & until [ -s pid ]; do sleep 0.01; done; echo done"
    )

    ran = await run(sh(script + more), tmp_path, timeout=timeout)

    assert ran.output == b"done\n"
    assert ran.seconds < 10
    assert ran.timed_out == bool(more)
    pids = [int(word) for word in (tmp_path / "pid").read_text().split()]
    assert [await soon_gone(pid) for pid in pids] == [True, True]


@pytest.mark.kill
async def test_a_cancelled_command_is_gone_at_once(tmp_path: Path) -> None:
    running = asyncio.create_task(run(sh("trap '' TERM; sleep 600 & echo $$ $! > pid; sleep 600"), tmp_path))
    pids = [int(word) for word in (await appears(tmp_path / "pid")).split()]

    begin = time.monotonic()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running

    assert time.monotonic() - begin < 5, "it would have slept for ten minutes"
    assert [await soon_gone(pid) for pid in pids] == [True, True]


@pytest.mark.kill
async def test_a_command_that_is_cancelled_while_it_starts_leaves_nothing(tmp_path: Path) -> None:
    running = asyncio.create_task(run(sh("sleep 600 & echo $$ $! > pid; wait"), tmp_path))
    for _ in range(3):
        await asyncio.sleep(0)
    for _ in range(1000):  # the loop stands still: the start cannot end before it is cancelled
        if (tmp_path / "pid").exists() and (tmp_path / "pid").read_text().endswith("\n"):
            break
        time.sleep(0.01)

    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running

    pids = [int(word) for word in (tmp_path / "pid").read_text().split()]
    assert [await soon_gone(pid) for pid in pids] == [True, True]


@pytest.mark.kill
async def test_a_command_ends_with_vivek_even_when_vivek_is_killed(tmp_path: Path) -> None:
    code = f"""
import asyncio
from pathlib import Path
from vivek.workspace.running import run_command
asyncio.run(run_command(["sh", "-c", "trap '' TERM HUP; sleep 600 & echo $$ $! > pid; sleep 0.5; kill -9 $PPID; wait"],
                        cwd=Path({str(tmp_path)!r}), env={ENV!r}, timeout=600))
"""
    finished = run_captured([sys.executable, "-c", code], cwd=Path.cwd(), timeout=60)

    assert finished.returncode == -signal.SIGKILL, finished.stderr
    pids = [int(word) for word in (await appears(tmp_path / "pid")).split()]
    assert [await soon_gone(pid) for pid in pids] == [True, True]


def test_a_command_that_is_cancelled_while_it_starts_is_reaped_before_the_loop_closes(tmp_path: Path) -> None:
    async def cancelled() -> None:
        task = asyncio.ensure_future(run(sh("sleep 600"), tmp_path))
        for _ in range(3):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])

    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        for _ in range(10):
            asyncio.run(cancelled())
            gc.collect()

    assert [str(each.message) for each in told if issubclass(each.category, ResourceWarning)] == []


async def test_nothing_is_left_open(tmp_path: Path) -> None:
    await run(["true"], tmp_path)
    before = len(list(Path("/dev/fd").iterdir()))

    for _ in range(5):
        await run(sh("echo x"), tmp_path)

    assert len(list(Path("/dev/fd").iterdir())) == before


@pytest.mark.parametrize(
    ("seen", "told", "reaped", "status"),
    [
        (4, 4, 4, 4),
        (255, 255, 255, 255),
        (None, 255, -9, -9),  # the one who closed was first
        (None, -9, 0, -9),  # the loop was first
        (None, 255, 0, 0),  # it ended by itself just then
        (None, None, None, -9),
        (None, None, 0, -9),
    ],
)
def test_whoever_sees_the_end_first_is_believed(
    seen: int | None, told: int | None, reaped: int | None, status: int
) -> None:
    assert _status(seen, told, reaped) == status
