"""Both launchers of bubblewrap do the same: that of small programs, and that in Python where those are missing."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.workspace.rungs import ON_OVERLAYS, Yard, wide_folder, yard
from vivek.errors import WorkspaceError
from vivek.workspace.sandbox.ladder import LADDER, Rung
from vivek.workspace.sandbox.shell import has_shell_launcher
from vivek.workspace.staging.tree import StagedTree

__all__ = ["wide_folder", "yard"]

WALLS = """
cat a.txt
echo owned > "$1"/.bashrc || echo home
echo owned > .git/config || echo git
mv .git .git2 || echo moved
unshare -U true || echo nested
grep -c CapEff:.0000000000000000 /proc/self/status
cat /proc/self/oom_score_adj
ulimit -c
exit 7
"""
ON_BUBBLEWRAP = pytest.mark.parametrize("rung", LADDER[:1], ids=str)


@pytest.mark.parametrize("quick", [True, False])
@ON_BUBBLEWRAP
def test_both_launchers_make_the_same_sandbox(yard: Yard, *, quick: bool) -> None:
    if quick and not yard.status.quick:
        pytest.skip("the small programs do not work here")
    yard.tree.status = replace(yard.status, quick=quick)
    yard.tree.put({"a.txt": b"after\n"})
    before = yard.snapshot()

    ran = yard.shell(WALLS, yard.home)

    said = [line for line in ran.output.decode().splitlines() if "cannot" not in line and ": " not in line]
    assert said == ["after", "home", "git", "moved", "nested", "1", "1000", "0"]
    assert ran.returncode == 7
    assert yard.snapshot() == before


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


def test_paths_that_split_options_are_left_to_python() -> None:
    assert not has_shell_launcher([Path("/a,b")])
    assert not has_shell_launcher([Path("/a:b")])


@pytest.mark.parametrize("quick", [True, False])
@ON_BUBBLEWRAP
def test_a_sandbox_that_cannot_be_made_is_an_error_not_a_failed_command(yard: Yard, *, quick: bool) -> None:
    yard.tree.close()
    broken = replace(yard.status, quick=quick)
    with StagedTree.open(yard.root, status=broken, cache_folder=yard.cache) as tree:
        yard.tree = tree
        (tree._stage.path / "changes").rmdir()
        with pytest.raises(WorkspaceError, match="sandbox could not be made"):
            yard.run("true")
