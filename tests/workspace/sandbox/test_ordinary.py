"""The walls once more as an ordinary user, who has no rights that the sandbox would have to take away."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.workspace.forking import NOBODY
from tests.workspace.rungs import NAMES, ON_EVERY_RUNG, wide_folder
from vivek.workspace.sandbox.ladder import LADDER, Rung

__all__ = ["wide_folder"]

REPOSITORY = Path(__file__).resolve().parents[3]
SCRIPT = """
import asyncio, json, os, sys
from pathlib import Path
from vivek.workspace.sandbox.ladder import LADDER, probe
from vivek.workspace.staging.tree import StagedTree
base, number = Path(sys.argv[1]), int(sys.argv[2])
root, cache = base / "project", base / "cache"
status = probe(root, cache, ladder=(LADDER[number],))
if not status.confines:
    sys.exit(print(json.dumps({"reason": status.reason})))
def run(script):
    return asyncio.run(tree.run(["/bin/sh", "-c", script], timeout=20))
said = {}
with StagedTree.open(root, status=status, cache_folder=cache) as tree:
    tree.put({"a.txt": b"after", "gone.txt": None})
    said["sees"] = run("cat a.txt; test ! -e gone.txt && touch made").output.decode()
    said["wrote"] = [[trace.kind, trace.path] for trace in tree.written()]
    for name in (base / "home" / "x", "/tmp/x-" + str(os.getpid()), ".git/config", ".git/hooks/x", ".vivek/x"):
        run(f"echo owned > {name}")
    run("mv .git g; umount .; unshare -Urm umount .; kill -9 " + str(os.getpid()))
    said["capabilities"] = run("grep CapEff /proc/self/status").output.decode().split()[1]
    said["net"] = run("grep -c : /proc/net/dev").output.decode().strip()
said["left"] = [str(path) for path in (cache / "stages").iterdir()]
print(json.dumps(said))
"""


@pytest.fixture
def ours(wide_folder: Path) -> Iterator[Path]:
    """Return a folder with a project that belongs to an ordinary user."""
    for name in ("project/.git/hooks", "project/.vivek", "home"):
        (wide_folder / name).mkdir(parents=True)
    for name in ("a.txt", "gone.txt", ".git/config"):
        (wide_folder / "project" / name).write_text("before", encoding="utf-8")
    if os.geteuid() == 0:
        for path in (wide_folder, *wide_folder.rglob("*")):
            os.chown(path, NOBODY, NOBODY)
    yield wide_folder
    shutil.rmtree(wide_folder, ignore_errors=True)


def python_of_everybody() -> str:
    """Return an interpreter of the same version that an ordinary user may start."""
    for place in (sys.executable, "/usr/bin/python3"):
        asked = [place, "-c", "import sys; print(sys.version_info[:2])"]
        try:
            said = subprocess.run(
                asked, capture_output=True, check=False, text=True, user=NOBODY, group=NOBODY, extra_groups=[]
            )
        except PermissionError:
            continue
        if said.stdout.strip() == str(sys.version_info[:2]):
            return place
    pytest.skip("no interpreter of this version that an ordinary user may start")


@ON_EVERY_RUNG
@pytest.mark.skipif(os.geteuid() != 0, reason="all the other tests run as an ordinary user already")
def test_an_ordinary_user_is_held_back_in_the_same_way(ours: Path, rung: Rung) -> None:
    packages = next(path for path in sys.path if path.endswith("site-packages"))
    before = {path: path.read_bytes() for path in (ours / "project").rglob("*") if path.is_file()}

    ran = subprocess.run(
        [python_of_everybody(), "-c", SCRIPT, str(ours), str(LADDER.index(rung))],
        check=False,
        env={
            "PATH": "/usr/bin:/bin",
            "HOME": str(ours / "home"),
            "PYTHONPATH": f"{REPOSITORY}:{packages}",
            "PYTHONDONTWRITEBYTECODE": "1",
        },
        user=NOBODY,
        group=NOBODY,
        extra_groups=[],
        capture_output=True,
        text=True,
        cwd="/",
    )

    assert ran.returncode == 0, ran.stderr
    said = json.loads(ran.stdout)
    if "reason" in said:
        pytest.skip(f"{NAMES[rung]} does not work here: {said['reason']}")
    assert said["sees"] == "after"
    assert said["wrote"] == [["new", "made"]]
    assert int(said["capabilities"], 16) == 0
    assert (said["net"] == "1") == rung[2]
    assert said["left"] == []
    assert {path: path.read_bytes() for path in (ours / "project").rglob("*") if path.is_file()} == before
    assert list((ours / "home").iterdir()) == []
