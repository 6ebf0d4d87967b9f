"""Going through fixes: what each answer does, and what is left when somebody ends it."""

from pathlib import Path

import pytest

from tests.cli.fakes import FakeAsker
from vivek.cli.reviewing.mending import Mended, walk
from vivek.schema.changes import ScopeWish
from vivek.session.doors.fixing import FixDoor
from vivek.session.doors.review import collect_changes, review_static
from vivek.session.options import Choices
from vivek.session.place import open_place

MODULES = ("till/a.py", "till/conftest.py")
LOOSE = "import os\nimport sys\n\nX = 1\n"


@pytest.fixture
def loose(workspace: Path) -> Path:
    for name in MODULES:
        (workspace / name).write_text(LOOSE)
    return workspace


async def walked(root: Path, *answers: str | BaseException) -> tuple[Mended, FakeAsker]:
    place = open_place(root)
    changes = collect_changes(place, ScopeWish("files", paths=MODULES))
    findings = [each for each in review_static(place, changes).findings if each.fix is not None]
    asker = FakeAsker(*answers)
    with FixDoor(place, changes, Choices(), lambda _: None) as door:
        return await walk(door, findings, asker), asker


async def test_each_fix_is_shown_and_asked_about(loose: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mended, asker = await walked(loose, "y", "n", "", "?", "yes")

    assert [(each.path, each.result) for each in mended.outcomes] == [
        (MODULES[0], "kept"),
        (MODULES[0], "declined"),
        (MODULES[1], "declined"),
        (MODULES[1], "kept"),
    ]
    assert not mended.stopped
    assert (loose / MODULES[0]).read_text() == LOOSE.removeprefix("import os\n")
    assert (loose / MODULES[1]).read_text() == LOOSE.replace("import sys\n", "")
    assert [question.partition("[")[2] for question in asker.questions] == [
        *["Y/n/e/a/q/?] "] * 2,
        *["y/N/e/a/q/?] "] * 3,
    ], "what runs by itself later is not applied by Enter"
    assert asker.discarded == 4, "what was typed before a question is no answer to it"
    out, err = capsys.readouterr()
    assert "fix 1 of 4" in out
    assert "-import os\n" in out
    assert "`vivek undo` takes all fixes of this walk back." in err
    assert f"Look twice: {MODULES[1]} runs by itself later" in err


async def test_all_of_a_rule_go_unasked_but_for_files_that_deserve_a_second_look(loose: Path) -> None:
    mended, asker = await walked(loose, "a", "n", "n")

    assert [each.result for each in mended.outcomes] == ["kept", "kept", "declined", "declined"]
    assert len(asker.questions) == 3


@pytest.mark.parametrize(("end", "stopped"), [("q", False), (EOFError(), False), (KeyboardInterrupt(), True)])
async def test_who_ends_it_keeps_what_was_kept(loose: Path, end: str | BaseException, stopped: bool) -> None:
    mended, _ = await walked(loose, "y", end)

    assert [each.result for each in mended.outcomes] == ["kept"]
    assert mended.stopped is stopped
    assert (loose / MODULES[0]).read_text() == LOOSE.removeprefix("import os\n")


async def test_a_fix_is_edited_before_it_is_applied(loose: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VISUAL", "")
    monkeypatch.setenv("EDITOR", "sed -i 's/X = 1/X = 2/'")

    mended, _ = await walked(loose, "e", "y", "q")

    assert [(each.result, each.edited) for each in mended.outcomes] == [("kept", True)]
    assert (loose / MODULES[0]).read_text() == "import sys\n\nX = 2\n"


async def test_an_editor_that_fails_leaves_the_fix_as_it_was(
    loose: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("VISUAL", "false")

    mended, _ = await walked(loose, "e", "y", "q")

    assert [(each.result, each.edited) for each in mended.outcomes] == [("kept", False)]
    assert "`false" in capsys.readouterr().err
