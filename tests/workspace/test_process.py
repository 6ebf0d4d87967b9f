"""Starting processes, talking to them and ending their groups."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from vivek.errors import WorkspaceError
from vivek.schema.process import Child, Launcher
from vivek.workspace.process import Finished, launch, run_captured, start_apart

ECHO = """
import sys
print("ready", flush=True)
for line in sys.stdin:
    print("got", line.strip(), flush=True)
print("bye", flush=True)
"""
STUBBORN = """
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
                          "print('up', flush=True); time.sleep(600)"])
print(child.pid, flush=True)
time.sleep(600)
"""


def python(code: str, *arguments: str) -> list[str]:
    return [sys.executable, "-I", "-c", code, *arguments]


def is_gone(pid: int) -> bool:
    """Tell whether a process has ended; one that nobody waited for yet has."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return state.strip()[:1] in ("", "Z")


async def soon_gone(pid: int) -> bool:
    for _ in range(500):
        if is_gone(pid):
            return True
        await asyncio.sleep(0.01)
    return False


async def test_a_child_talks_in_lines() -> None:
    launcher: Launcher = launch
    child: Child = await launcher(python(ECHO))

    assert await child.read_line(30) == b"ready\n"
    await child.write_line(b"one")
    await child.write_line(b"two\n")
    assert [await child.read_line(30), await child.read_line(30)] == [b"got one\n", b"got two\n"]
    assert child.returncode() is None
    assert child.pid != os.getpid()
    assert os.getpgid(child.pid) == child.pid
    assert os.getsid(child.pid) == child.pid

    await child.stop()
    assert child.returncode() == -signal.SIGTERM
    assert await child.read_line(30) == b"", "an ended child has no more lines"


async def test_a_silent_child_times_out_and_its_line_is_not_lost() -> None:
    child = await launch(python("import sys; sys.stdin.readline(); print('late', flush=True); sys.stdin.readline()"))

    with pytest.raises(TimeoutError):
        await child.read_line(0.05)
    await child.write_line(b"go")

    assert await child.read_line(30) == b"late\n"
    await child.stop()


async def test_the_tail_of_standard_error_is_kept() -> None:
    code = "import sys; sys.stderr.write('x' * 300_000 + 'é the end'); sys.exit(3)"
    child = await launch(python(code))

    assert await child.wait(30) == 3
    assert child.diagnostics().endswith("é the end")
    assert len(child.diagnostics()) == 8_000
    assert len(child._tail) <= 8_000 * 4, "memory stays bounded"
    await child.stop()


async def test_waiting_ends_at_its_limit() -> None:
    child = await launch(python("import time; time.sleep(600)"))

    assert await child.wait(0.05) is None

    await child.stop()
    assert await child.wait(30) == -signal.SIGTERM


async def test_a_child_killed_by_a_signal_says_which() -> None:
    child = await launch(python("import os, signal; os.kill(os.getpid(), signal.SIGKILL)"))

    assert await child.wait(30) == -signal.SIGKILL
    with pytest.raises(WorkspaceError, match="does not read any more"):
        for _ in range(100):
            await child.write_line(b"x" * 100_000)
    await child.stop()


async def test_stop_ends_a_whole_group_that_ignores_the_polite_signal() -> None:
    child = await launch(python(STUBBORN))
    grandchild = int(await child.read_line(30))
    assert await child.read_line(30) == b"up\n"

    begin = time.monotonic()
    await child.stop(grace=0.1)

    assert child.returncode() == -signal.SIGKILL
    assert await soon_gone(grandchild)
    assert time.monotonic() - begin < 20
    await child.stop()


async def test_what_a_child_leaves_behind_ends_with_it() -> None:
    code = (
        "import subprocess, sys; "
        "print(subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']).pid, flush=True)"
    )
    child = await launch(python(code))
    grandchild = int(await child.read_line(30))

    assert await child.wait(30) == 0
    assert await soon_gone(grandchild)
    await child.stop()


async def test_stop_does_not_wait_for_a_grandchild_that_left_the_group() -> None:
    code = (
        "import subprocess, sys, time; print(subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'], "
        "start_new_session=True).pid, flush=True); time.sleep(600)"
    )
    child = await launch(python(code))
    grandchild = int(await child.read_line(30))

    async with asyncio.timeout(30):
        await child.stop(grace=0.1)

    os.kill(grandchild, signal.SIGKILL)


async def test_a_stop_that_is_cancelled_leaves_no_child() -> None:
    child = await launch(python(STUBBORN))
    int(await child.read_line(30))
    assert await child.read_line(30) == b"up\n"

    stopping = asyncio.create_task(child.stop(grace=600))
    await asyncio.sleep(0.05)
    stopping.cancel()
    with pytest.raises(asyncio.CancelledError):
        await stopping

    assert await child.wait(30) == -signal.SIGKILL
    await child.stop()


async def test_a_child_that_is_released_lives_on() -> None:
    child = await launch(python("import time; print('up', flush=True); time.sleep(600)"))
    assert await child.read_line(30) == b"up\n"

    child.release()
    await asyncio.sleep(0.1)

    assert not is_gone(child.pid)
    os.kill(child.pid, signal.SIGKILL)
    assert await soon_gone(child.pid)


async def test_a_line_without_end_is_an_error_and_not_all_of_the_memory() -> None:
    child = await launch(python("import sys; sys.stdout.write('x' * 3_000_000); sys.stdout.flush(); sys.stdin.read()"))

    with pytest.raises(WorkspaceError, match="too long"):
        await child.read_line(30)
    await child.stop()


async def test_a_child_reads_the_end_when_its_parent_is_killed(tmp_path: Path) -> None:
    code = f"""
import asyncio, os, signal, sys
from vivek.workspace.process import launch
async def main():
    child = await launch([sys.executable, "-I", "-c", "import sys; print('up', flush=True); sys.stdin.read()"])
    await child.read_line(30)
    open({str(tmp_path / "pid")!r}, "w").write(str(child.pid))
    os.kill(os.getpid(), signal.SIGKILL)
asyncio.run(main())
"""
    finished = run_captured([sys.executable, "-c", code], cwd=Path.cwd(), timeout=60)

    assert finished.returncode == -signal.SIGKILL, finished.stderr
    assert await soon_gone(int((tmp_path / "pid").read_text()))


async def test_a_child_gets_the_environment_and_what_is_added(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIVEN", "outside")
    child = await launch(python("import os; print(os.environ['GIVEN'], os.environ['ADDED'])"), env={"ADDED": "here"})

    assert await child.read_line(30) == b"outside here\n"
    await child.stop()


async def test_what_cannot_be_started_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "plain").touch()

    for program in ("no-such-program-of-anyone", str(tmp_path / "absent"), str(tmp_path / "plain")):
        with pytest.raises(WorkspaceError, match="cannot be started") as refused:
            await launch([program])
        assert refused.value.hint


def test_a_process_is_run_to_its_end(tmp_path: Path) -> None:
    code = (
        "import os, sys; sys.stderr.write(os.getcwd()); "
        "sys.stdout.buffer.write(sys.stdin.buffer.read()[::-1]); sys.exit(5)"
    )

    finished = run_captured(python(code), cwd=tmp_path, input=b"\x00abc\xff", timeout=60)

    assert finished == Finished(5, b"\xffcba\x00", os.fsencode(tmp_path.resolve()))


def test_without_input_there_is_nothing_to_read(tmp_path: Path) -> None:
    finished = run_captured(python("import sys; print(repr(sys.stdin.read()))"), cwd=tmp_path, timeout=60)

    assert finished.stdout == b"''\n"


def test_large_output_and_input_do_not_stand_still(tmp_path: Path) -> None:
    data = os.urandom(2_000_000)
    code = "import sys; data = sys.stdin.buffer.read(); sys.stdout.buffer.write(data); sys.stderr.buffer.write(data)"

    finished = run_captured(python(code), cwd=tmp_path, input=data, timeout=60)

    assert (finished.stdout, finished.stderr) == (data, data)


def test_variables_are_set_and_taken_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEPT", "1")
    monkeypatch.setenv("TAKEN", "1")
    code = "import os; print(sorted(set(os.environ) & {'KEPT', 'TAKEN', 'GIVEN'}))"

    finished = run_captured(python(code), cwd=tmp_path, timeout=60, env={"TAKEN": None, "GIVEN": "1", "ABSENT": None})

    assert finished.stdout == b"['GIVEN', 'KEPT']\n"


def test_what_takes_too_long_is_killed_with_all_it_started(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match=r"longer than 1\.5 seconds"):
        run_captured(["sh", "-c", "sleep 600 & echo $! > pid; wait"], cwd=tmp_path, timeout=1.5)

    grandchild = int((tmp_path / "pid").read_text())
    assert asyncio.run(soon_gone(grandchild))


def test_a_program_of_the_current_folder_is_not_found_through_the_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "tool").write_text("#!/bin/sh\ntouch started\n")
    (tmp_path / "tool").chmod(0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f".{os.pathsep}{os.pathsep}{os.environ['PATH']}")

    with pytest.raises(WorkspaceError, match="not found on the PATH"):
        run_captured(["tool"], cwd=tmp_path, timeout=60)
    assert not (tmp_path / "started").exists()

    run_captured(["tool"], cwd=tmp_path, timeout=60, env={"PATH": f"{tmp_path}:/usr/bin:/bin"})
    assert (tmp_path / "started").exists()


def test_a_folder_that_is_not_there_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="cannot be started"):
        run_captured(python("pass"), cwd=tmp_path / "absent", timeout=60)


def test_a_program_started_apart_has_nobody_to_write_to_and_goes_on(tmp_path: Path) -> None:
    done = tmp_path / "done"
    program = (
        f"import pathlib, sys; print('x' * 1_000_000); pathlib.Path({str(done)!r}).write_text(sys.stdin.read() + 'end')"
    )
    start_apart([sys.executable, "-c", program])

    deadline = time.monotonic() + 30
    while not (done.exists() and done.read_text()) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert done.read_text() == "end"


def test_a_program_that_is_not_there_cannot_be_started_apart() -> None:
    with pytest.raises(WorkspaceError):
        start_apart(["no-such-program-anywhere"])
