"""Jobs in the background: read while they run, told when they end, gone when the session is."""

import asyncio
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.workspace.test_process import is_gone, soon_gone
from tests.workspace.test_running import ENV, appears, sh
from vivek.errors import WorkspaceError
from vivek.schema.commands import Job, Ran
from vivek.workspace.jobs import KEPT, MOST, Heard, Jobs, Start
from vivek.workspace.process import run_captured
from vivek.workspace.running import run_command


def script(text: str, folder: Path) -> Start:
    def start(on_output: Callable[[bytes], None]) -> asyncio.Task[Ran]:
        return asyncio.ensure_future(run_command(sh(text), cwd=folder, env=ENV, timeout=600, on_output=on_output))

    return start


async def until(true: Callable[[], object]) -> None:
    async with asyncio.timeout(30):
        while not true():
            await asyncio.sleep(0.01)


def loudly(_job: Job) -> None:
    raise AssertionError("nothing ends by itself here")


async def test_a_job_is_read_piece_by_piece_and_tells_its_end(tmp_path: Path) -> None:
    ended: list[Job] = []
    async with Jobs(ended.append) as jobs:
        job = jobs.start(
            "the script", script("echo one; until [ -e go ]; do sleep 0.02; done; echo two; exit 3", tmp_path)
        )
        assert (job.id, job.command, job.status) == (1, "the script", "running")

        await until(lambda: jobs.output(1).output)
        first = jobs.output(1)
        assert first == Heard(b"one\n", 4)
        assert jobs.output(1, first.next).output == b""
        assert not ended

        (tmp_path / "go").touch()
        await until(lambda: ended)

        assert jobs.output(1, first.next) == Heard(b"two\n", 8)
        assert [(job.id, job.status, job.size) for job in ended] == [(1, "exit 3", 8)]
        assert jobs.list() == tuple(ended)


@pytest.mark.kill
async def test_a_stopped_job_ends_with_all_it_started_and_no_note(tmp_path: Path) -> None:
    async with Jobs(loudly) as jobs:
        jobs.start("server", script("trap '' TERM; sleep 600 & echo $$ $! > pid; echo up; wait", tmp_path))
        pids = [int(word) for word in (await appears(tmp_path / "pid")).split()]
        await until(lambda: jobs.output(1).output)

        assert (await jobs.stop(1)).status == "stopped"

        assert [await soon_gone(pid) for pid in pids] == [True, True]
        assert jobs.output(1).output == b"up\n", "what it said can still be read"
        assert (await jobs.stop(1)).status == "stopped", "stopping twice is no error"


@pytest.mark.kill
async def test_no_job_outlives_its_session(tmp_path: Path) -> None:
    async with Jobs(loudly) as jobs:
        for name in ("a", "b"):
            jobs.start(name, script(f"echo $$ > {name}; sleep 600", tmp_path))
        pids = [int(await appears(tmp_path / name)) for name in ("a", "b")]
        assert not any(is_gone(pid) for pid in pids)

    assert [await soon_gone(pid) for pid in pids] == [True, True]


@pytest.mark.kill
async def test_no_job_outlives_vivek_killed(tmp_path: Path) -> None:
    code = f"""
import asyncio, os, signal
from pathlib import Path
from tests.workspace.test_jobs import appears, script
from vivek.workspace.jobs import Jobs
async def main():
    here = Path({str(tmp_path)!r})
    async with Jobs(print) as jobs:
        jobs.start("server", script("trap '' TERM HUP; sleep 600 & echo $$ $! > pid; wait", here))
        await appears(here / "pid")
        await asyncio.sleep(0.1)
        os.kill(os.getpid(), signal.SIGKILL)
asyncio.run(main())
"""
    finished = run_captured([sys.executable, "-c", code], cwd=Path.cwd(), timeout=60)

    assert finished.returncode == -signal.SIGKILL, finished.stderr
    pids = [int(word) for word in (tmp_path / "pid").read_text().split()]
    assert [await soon_gone(pid) for pid in pids] == [True, True]


async def test_what_cannot_be_started_is_an_end_with_its_reason(tmp_path: Path) -> None:
    ended: list[Job] = []
    async with Jobs(ended.append) as jobs:
        jobs.start("nowhere", script("true", tmp_path / "absent"))
        await until(lambda: ended)

        assert ended[0].status == "exit 126"
        assert b"is gone" in jobs.output(1).output


async def test_old_output_goes_and_is_counted() -> None:
    go = asyncio.Event()

    async def start(on_output: Callable[[bytes], None]) -> Ran:
        for number in range(10):
            on_output(bytes([48 + number]) * 100_000)
        await go.wait()
        return Ran(0, b"")

    async with Jobs(loudly) as jobs:
        jobs.start("talker", start)
        await until(lambda: jobs.output(1).output)

        heard = jobs.output(1, since=50)
        assert len(heard.output) == KEPT
        assert heard.output.endswith(b"9" * 100_000)
        assert (heard.next, heard.missing) == (1_000_000, 1_000_000 - KEPT - 50)
        assert jobs.output(1, since=999_990) == Heard(b"9" * 10, 1_000_000)
        assert jobs.output(1, since=2_000_000) == Heard(b"", 1_000_000)


async def test_there_are_only_so_many_jobs() -> None:
    async def start(_on_output: Callable[[bytes], None]) -> Ran:
        await asyncio.sleep(600)
        return Ran(0, b"")

    async with Jobs(loudly) as jobs:
        for number in range(MOST):
            assert jobs.start("wait", start).id == number + 1
        with pytest.raises(WorkspaceError, match="8 background jobs"):
            jobs.start("one more", start)

        await jobs.stop(3)
        assert jobs.start("one more", start).id == MOST + 1


async def test_a_job_that_is_not_there_is_named() -> None:
    async with Jobs(loudly) as jobs:
        with pytest.raises(WorkspaceError, match="no job 4"):
            jobs.output(4)
        with pytest.raises(WorkspaceError, match="no job 4"):
            await jobs.stop(4)


async def test_a_job_says_how_long_it_runs_and_how_long_it_ran() -> None:
    now, go = [10.0], asyncio.Event()

    async def start(_on_output: Callable[[bytes], None]) -> Ran:
        await go.wait()
        return Ran(0, b"")

    async with Jobs(lambda _job: None, lambda: now[0]) as jobs:
        assert jobs.start("wait", start).seconds == 0
        now[0] = 13.5
        assert jobs.list()[0].seconds == 3.5
        go.set()
        await until(lambda: jobs.list()[0].ran)
        now[0] = 99.0

        assert jobs.list()[0].seconds == 3.5
