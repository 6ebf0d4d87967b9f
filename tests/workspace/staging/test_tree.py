"""The staged tree: commands see the changes, and nothing they write reaches the project."""

import asyncio
import hashlib
import os
import shutil
import sys
from pathlib import Path

import pytest

from tests.workspace.rungs import BARE, ON_EVERY_RUNG, ON_OVERLAYS, Yard, status_on, wide_folder, yard
from vivek.errors import OutsideWorkspaceError, WorkspaceError
from vivek.schema.sandbox import SandboxStatus, Trace
from vivek.workspace.sandbox.ladder import LADDER, Rung
from vivek.workspace.staging.tree import StagedTree

__all__ = ["wide_folder", "yard"]


@ON_EVERY_RUNG
def test_a_command_sees_the_changes_and_the_project_does_not_have_them(yard: Yard) -> None:
    (yard.root / "gone.txt").write_text("old\n", encoding="utf-8")
    before = yard.snapshot()

    yard.tree.put({"a.txt": b"after\n", "new/deep/b.txt": b"new\n", "gone.txt": None})
    ran = yard.shell("cat a.txt new/deep/b.txt; ls gone.txt")

    assert ran.output.startswith(b"after\nnew\n")
    assert ran.returncode != 0
    assert yard.snapshot() == before


@ON_EVERY_RUNG
def test_the_command_runs_at_the_projects_own_path_where_that_is_possible(yard: Yard, rung: Rung) -> None:
    seen = Path(os.fsdecode(yard.shell("pwd").output.strip()))

    assert (seen == yard.root) == (rung != BARE)


@ON_EVERY_RUNG
def test_what_a_command_wrote_is_told_and_forgotten(yard: Yard) -> None:
    (yard.root / "run.sh").write_text("true\n", encoding="utf-8")
    (yard.root / "old.txt").write_text("old\n", encoding="utf-8")
    (yard.root / "same.txt").write_text("same\n", encoding="utf-8")
    yard.tree.put({"staged.txt": b"staged\n", "kept.txt": b"kept\n"})

    yard.shell(
        ": >> kept.txt; echo more >> a.txt; echo 1 > made.txt; rm old.txt staged.txt; chmod 755 run.sh; : >> same.txt"
    )

    assert sorted(yard.tree.written(), key=lambda trace: trace.path) == [
        Trace("write", "a.txt"),
        Trace("new", "made.txt"),
        Trace("delete", "old.txt"),
        Trace("mode", "run.sh"),
        Trace("delete", "staged.txt"),
    ]
    assert yard.shell("cat a.txt staged.txt old.txt; ls made.txt 2>/dev/null").output == b"before\nstaged\nold\n"
    assert yard.tree.written() == []


@ON_OVERLAYS
def test_a_folder_that_a_command_replaced_is_told(yard: Yard) -> None:
    (yard.root / "kept").mkdir()
    (yard.root / "kept" / "x.txt").write_text("x\n", encoding="utf-8")

    yard.shell("rm -r kept; mkdir kept; echo y > kept/y.txt; ln -s a.txt link")

    assert yard.tree.written() == [Trace("new", "link"), Trace("replace", "kept"), Trace("new", "kept/y.txt")]


@ON_EVERY_RUNG
def test_changes_of_the_same_file_replace_each_other(yard: Yard) -> None:
    yard.tree.put({"a.txt": None, "b/c.txt": b"1"})
    yard.tree.put({"a.txt": b"again\n", "b/c.txt": None})
    assert yard.shell("cat a.txt; ls b/c.txt").output.startswith(b"again\n")

    yard.tree.put({"b/c.txt": b"back\n"})
    assert yard.shell("cat b/c.txt").output == b"back\n"


@ON_EVERY_RUNG
def test_a_file_may_become_a_folder_and_a_folder_a_file(yard: Yard) -> None:
    (yard.root / "folder").mkdir()
    (yard.root / "folder" / "old.txt").write_text("old\n", encoding="utf-8")

    yard.tree.put({"a.txt": None, "folder/old.txt": None})
    yard.tree.put({"a.txt/inner.txt": b"inner\n"})
    assert yard.shell("cat a.txt/inner.txt; ls folder").output == b"inner\n"


@ON_EVERY_RUNG
def test_a_staged_file_keeps_its_mode(yard: Yard) -> None:
    (yard.root / "run.sh").write_text("echo old\n", encoding="utf-8")
    (yard.root / "run.sh").chmod(0o755)

    yard.tree.put({"run.sh": b"#!/bin/sh\necho new\n"})

    assert yard.run("./run.sh").output == b"new\n"


@ON_EVERY_RUNG
def test_a_change_of_a_linked_file_changes_what_it_leads_to(yard: Yard) -> None:
    (yard.root / "link.txt").symlink_to("a.txt")

    yard.tree.put({"link.txt": b"through\n"})

    assert yard.shell("cat a.txt; readlink link.txt").output == b"through\na.txt\n"


@pytest.mark.covers("P02", "P04")
@ON_EVERY_RUNG
def test_no_change_is_laid_outside_the_project(yard: Yard) -> None:
    (yard.root / "out").symlink_to(yard.beside)
    for path in ("../b.txt", "out/b.txt", "/etc/passwd", ".git/config"):
        with pytest.raises(OutsideWorkspaceError):
            yard.tree.put({path: b"x"})
            yard.run("true")


@ON_EVERY_RUNG
def test_the_environment_of_a_command_has_no_keys(yard: Yard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-canary")
    monkeypatch.setenv("LD_PRELOAD", "/evil.so")
    monkeypatch.setenv("PATH", f".:{os.environ['PATH']}:")

    said = yard.run("/usr/bin/env").output.decode()

    names = {line.partition("=")[0] for line in said.splitlines()}
    assert "canary" not in said
    assert {"PATH", "HOME", "TMPDIR"} <= names
    assert not names & {"LD_PRELOAD", "OPENAI_API_KEY", "PYTHONSTARTUP", "XDG_CONFIG_HOME"}
    assert ".:" not in said


@ON_EVERY_RUNG
def test_the_temporary_folder_is_private_and_gone_afterwards(yard: Yard) -> None:
    first = yard.shell('echo x > "$TMPDIR/mine" && ls "$TMPDIR"')
    second = yard.shell('ls "$TMPDIR"')

    assert b"mine" in first.output
    assert b"mine" not in second.output


@pytest.mark.covers("F-G11")
@ON_OVERLAYS
async def test_commands_at_the_same_time_take_turns(yard: Yard) -> None:
    script = "test ! -e busy && touch busy && sleep 0.05 && rm busy"

    ran = await asyncio.gather(*(yard.tree.run(["sh", "-c", script], timeout=10) for _ in range(3)))

    assert [one.returncode for one in ran] == [0, 0, 0]


@pytest.mark.parametrize("rung", [LADDER[0], LADDER[1], BARE], ids=str)
def test_on_the_project_itself_only_gits_and_viveks_files_are_kept(yard: Yard, rung: Rung) -> None:
    status = SandboxStatus(yard.status.confinement, "none", apart=yard.status.apart, scratch=yard.status.scratch)
    (yard.root / ".vivek" / "config.toml").unlink()
    (yard.root / ".vivek").rmdir()
    hook = yard.root / ".git" / "hooks" / "pre-commit"
    config = (yard.root / ".git" / "config").read_bytes()
    script = (
        f"echo new > a.txt; echo x > {yard.beside}/b.txt; echo evil > {hook}; echo '[x]' >> .git/config; mkdir .vivek"
    )

    with StagedTree.open(yard.root, status=status, cache_folder=yard.cache) as tree:
        asyncio.run(tree.run(["sh", "-c", script + "; echo 1 > .vivek/config.toml"], timeout=10))
        tampered = tree.tampered

    assert (yard.root / "a.txt").read_text(encoding="utf-8") == "new\n"
    assert (yard.beside / "b.txt").read_text(encoding="utf-8") == "theirs\n"
    assert (yard.root / ".git" / "config").read_bytes() == config
    assert not hook.exists()
    assert not (yard.root / ".vivek" / "config.toml").exists()
    assert bool(tampered) == (rung == BARE)
    if rung != BARE:
        assert not (yard.root / ".vivek").exists(), "the ghost is removed"


def test_without_a_view_changes_are_refused_with_a_way_on(wide_folder: Path) -> None:
    status = SandboxStatus("none", "none", reason="nothing works", hint="Install bubblewrap.")
    (wide_folder / "project").mkdir()

    with StagedTree.open(wide_folder / "project", status=status, cache_folder=wide_folder / "cache") as tree:
        assert not tree.shows_changes
        with pytest.raises(WorkspaceError, match="cannot be tried out") as raised:
            tree.put({"a": b""})
        assert asyncio.run(tree.run(["pwd"], timeout=10)).output.strip() == os.fsencode(wide_folder / "project")

    assert raised.value.hint == "Install bubblewrap."


def test_a_run_of_pytest_over_5000_files_leaves_the_project_as_it_was(wide_folder: Path) -> None:
    if Path(sys.executable).is_relative_to("/tmp"):
        pytest.skip("this interpreter lies in /tmp, of which a command has one of its own")
    root = wide_folder / "big"
    for number in range(50):
        folder = root / f"part{number:02}"
        folder.mkdir(parents=True)
        for file in range(100):
            (folder / f"m{file:02}.py").write_text(f"VALUE = {file}\n", encoding="utf-8")
    (root / "test_sum.py").write_text(
        "from part00.m01 import VALUE\n\ndef test_it(): assert VALUE == 7\n", encoding="utf-8"
    )
    (root / "conftest.py").write_text("", encoding="utf-8")
    before = fingerprint(root)
    status = status_on(LADDER[0], root, wide_folder / "cache")

    with StagedTree.open(root, status=status, cache_folder=wide_folder / "cache") as tree:
        command = [sys.executable, "-m", "pytest", "-q", "test_sum.py"]
        tree.put({"part00/m01.py": b"VALUE = 7\n"})
        green = asyncio.run(tree.run(command, timeout=120))
        wrote = {trace.path.partition("/")[0] for trace in tree.written()}

    assert green.returncode == 0, green.output
    assert {".pytest_cache", "__pycache__"} <= wrote
    assert fingerprint(root) == before
    shutil.rmtree(root)


def fingerprint(root: Path) -> str:
    """Return one hash over names, contents, modes and times."""
    sums = hashlib.sha256()
    for base, folders, files in os.walk(root):
        folders.sort()
        for name in sorted(files):
            path = f"{base}/{name}"
            status = os.lstat(path)
            sums.update(f"{path} {status.st_mode} {status.st_mtime_ns} {status.st_ino}".encode())
            sums.update(Path(path).read_bytes())
    return sums.hexdigest()
