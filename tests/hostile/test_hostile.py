"""Opening a hostile repository runs nothing of it, reaches nobody, writes nowhere else, before the user trusts it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.cli.terminal import running
from tests.hostile.file_traps import _MODULES
from tests.hostile.repos import LAST, TRAPS, make_hostile
from tests.hostile.scene import Scene
from tests.hostile.visits import ROOT, Visit, visit

COUNT = 50
GIT_TRAPS = (
    *("fsmonitor", "fsmonitor_included", "fsmonitor_of_worktree", "fsmonitor_on_condition", "filters"),
    *("filter_process", "diffs", "hooks", "hooks_elsewhere", "helpers", "moved_git"),
)


def visited(scenes: Sequence[Scene]) -> list[Visit]:
    """Visit repositories in two processes, with `.` on the PATH."""
    halves = [half for half in (scenes[::2], scenes[1::2]) if half]
    with ThreadPoolExecutor(len(halves)) as pool:
        parts = pool.map(lambda half: visit([scene.area for scene in half], extra_path="."), halves)
        return [each for part in parts for each in part]


@pytest.mark.covers("T04", "T05", "T07", "T23", "T24", "G01", "G05", "G06", "G07", "G08", "G11", "G14", "U02", "U03")
def test_nothing_of_fifty_hostile_repositories_happens(tmp_path: Path) -> None:
    made = [make_hostile(tmp_path / f"{seed}", seed) for seed in range(COUNT)]
    laid = {scene.area: traps for scene, traps in made}

    visits = visited([scene for scene, _ in made])

    assert len(visits) == COUNT
    assert [(laid[each.area], each) for each in visits if not each.clean] == []
    assert not [each for each in visits if "Unexpected" in each.said or "Traceback" in each.said]
    assert sum(each.gits for each in visits) > COUNT
    assert {trap for traps in laid.values() for trap in traps} == {*TRAPS, *LAST}


@pytest.mark.covers("T01", "T06", "T17", "T18", "T19", "T20")
@pytest.mark.parametrize("traps", [("settings", "trust", "spoken_notes", "nested_notes"), ("linked_notes",)])
def test_a_hostile_project_is_worked_on_all_the_same(traps: tuple[str, ...], tmp_path: Path) -> None:
    scene, _ = make_hostile(tmp_path / "0", 0, traps)

    [found] = visited([scene])

    assert found.clean, found
    assert list(found.codes.values())[:2] == [0, 0]
    assert "A price is a whole number." in found.said
    assert "PRIVATE" not in found.said


@pytest.mark.parametrize("trap", GIT_TRAPS)
def test_git_used_carelessly_springs_the_trap(trap: str, tmp_path: Path) -> None:
    scene, _ = make_hostile(tmp_path / "0", 0, [trap])
    identity = ("-c", "user.name=T", "-c", "user.email=t@example.org")

    for command in (["status"], ["diff"], ["add", "-A"], ["commit", "-q", "-m", "x"], ["-p", "ls-files"]):
        subprocess.run(
            ["git", *identity, *command], cwd=scene.root, timeout=60, check=False, capture_output=True, stdin=-3
        )

    assert [each.name for each in scene.marks.iterdir()] == [trap]


def test_python_started_carelessly_springs_the_trap(tmp_path: Path) -> None:
    scene, _ = make_hostile(tmp_path / "0", 0, ["modules"])
    for name in _MODULES:
        (scene.marks / "modules").unlink(missing_ok=True)
        code = f"import importlib; importlib.import_module({name!r})"
        # Without `-S` a measured run has imported most of them already.
        subprocess.run([sys.executable, "-S", "-c", code], cwd=scene.root, check=False, capture_output=True)
        sprung = (scene.marks / "modules").exists()
        assert sprung or name in ("encodings", "sitecustomize"), name


def test_what_must_not_happen_is_seen(tmp_path: Path) -> None:
    scene, _ = make_hostile(tmp_path / "0", 0, ["modules"])
    watch = Path(__file__).with_name("watch.py")
    (tmp_path / "watch.py").write_text(
        watch.read_text().replace(
            "    for arguments in commands",
            "    import socket, subprocess\n"
            "    subprocess.run(['git', 'status'], capture_output=True)\n"
            "    open('/tmp/../' + str(area / 'home' / 'written'), 'w').close()\n"
            "    socket.socket().connect_ex(('127.0.0.1', 9))\n"
            "    for arguments in commands",
        )
    )

    [found] = visit([scene.area], watch=tmp_path / "watch.py")

    assert found.started == [["git", "git", "status"]], found.started
    assert [talk[0] for talk in found.talked] == ["socket.connect"]
    assert "home/written" in found.written
    assert not found.clean


@pytest.mark.pty
@pytest.mark.covers("U03", "C12")
def test_the_program_itself_opens_a_chat_there_and_runs_nothing_of_it(tmp_path: Path) -> None:
    program = Path(sys.executable).with_name("vivek")
    if not program.exists():
        pytest.skip("vivek is not installed as a program here")
    traps = [name for name in TRAPS if name not in ("broken_settings", "linked_notes", "diffs", "names")]
    scene, _ = make_hostile(tmp_path / "0", 0, traps)
    (tmp_path / "answer.jsonl").write_text('"A price is a whole number."\n')
    shutil.rmtree(scene.root / ".vivek")
    variables = {"HOME": str(scene.home), "PATH": f".:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    arguments = (str(program), "chat", "--model", f"scripted/{tmp_path}/answer.jsonl")

    with running(*arguments, folder=scene.root, variables=variables) as chat:
        chat.shows("scripted/")
        chat.child.send("What is a price?\r")
        chat.shows("A price is a whole number")
        chat.child.send("\x04")
        status = chat.ends()

    assert status == 0
    assert list(scene.marks.iterdir()) == []
