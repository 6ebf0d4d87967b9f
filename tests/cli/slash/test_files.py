from pathlib import Path

import pytest

from tests.cli.commands.test_undo import apply_turn
from tests.cli.fakes import FakePlace
from tests.cli.slash.test_registry import FakeDesk
from vivek.cli.slash.registry import run_slash
from vivek.errors import ThreadError


def desk_in(root: Path) -> FakeDesk:
    return FakeDesk(place=FakePlace(root, root / ".vivek"))


async def test_undo_closes_the_session_and_restores_the_files_and_redo_brings_them_again(workspace: Path) -> None:
    apply_turn(workspace, "calm-otter-7", {"README.md": "# Changed\n", "new.py": "x = 1\n"})
    (workspace / "new.py").write_text("mine\n")
    desk = desk_in(workspace)

    await run_slash(desk, "/undo")
    assert (workspace / "README.md").read_text().startswith("# Till")
    await run_slash(desk, "/redo")

    assert desk.done == ["release", "release"]
    assert [told.splitlines() for told in desk.told] == [
        [
            "restored README.md (+3 -1)",
            "kept new.py: it was changed since",
            "took back turn 1 of calm-otter-7; `/redo` brings it again",
        ],
        ["changed README.md (+1 -3)", "brought again turn 1 of calm-otter-7; `/undo` takes it back"],
    ]
    assert (workspace / "README.md").read_text() == "# Changed\n"


async def test_undo_of_a_turn_takes_its_number(workspace: Path) -> None:
    apply_turn(workspace, "calm-otter-7", {"new.py": "x = 1\n"})
    desk = desk_in(workspace)

    await run_slash(desk, "/undo the last one")
    with pytest.raises(ThreadError, match="Turn 2") as refused:
        await run_slash(desk, "/undo 2")
    assert "These have: 1" in refused.value.hint
    assert (workspace / "new.py").exists()
    await run_slash(desk, "/undo 1")

    assert "hint" in desk.told[0]
    assert not (workspace / "new.py").exists()


async def test_commit_tells_what_it_took_and_what_it_left(workspace: Path) -> None:
    (workspace / "README.md").write_text("# Mine\n")
    apply_turn(workspace, "calm-otter-7", {"README.md": "# Changed\n", "new.py": "x = 1\n"})
    desk = desk_in(workspace)

    await run_slash(desk, "/commit --private Add a file")
    await run_slash(desk, "/commit Add a file")

    assert desk.done == ["release", "release"]
    private, own = (told.splitlines() for told in desk.told)
    assert private[0].endswith(" Add a file")
    assert private[1:] == [
        "  new.py",
        "on refs/vivek/calm-otter-7/1",
        "left out README.md: it had changes of yours that are not committed",
    ]
    assert own[1:3] == ["  new.py", "on main"]
