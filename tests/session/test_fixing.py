"""Fixes of a review: tried one after another on the lines they were made for, checked, kept or dropped, taken back."""

from pathlib import Path

import pytest

from vivek.errors import ConfigError, ThreadError
from vivek.schema.approval import Decision
from vivek.schema.changes import Changes, ScopeWish
from vivek.schema.events import CheckStarted, Event
from vivek.schema.findings import Finding, Fix, FixOutcome
from vivek.schema.sandbox import SandboxStatus
from vivek.session.doors.fixing import FixDoor, Offer
from vivek.session.doors.review import collect_changes, review_static
from vivek.session.doors.undo import undo
from vivek.session.options import Choices
from vivek.session.place import Place, open_place

MODULE = "till/loose.py"
LOOSE = "import os\nimport sys\n\n\ndef twice(x: int) -> int:\n    return x + x\n"


class Walking:
    """A project with a file of two unused imports, and the door to its fixes."""

    def __init__(self, root: Path, data: bytes) -> None:
        self.path = root / MODULE
        self.path.write_bytes(data)
        self.place: Place = open_place(root)
        self.changes: Changes = collect_changes(self.place, ScopeWish("files", paths=(MODULE,)))
        self.findings = review_static(self.place, self.changes).findings
        self.events: list[Event] = []

    def door(self, *, interactive: bool = False) -> FixDoor:
        return FixDoor(self.place, self.changes, Choices(interactive=interactive), self.events.append)

    def finding(self, line: int, end_line: int, text: str) -> Finding:
        fix = Fix(MODULE, line, end_line, text)
        return Finding("finder/x", "high", "medium", MODULE, line, end_line, "", "Wrong.", fix=fix, fingerprint="f")

    async def mend(self, door: FixDoor, finding: Finding) -> FixOutcome:
        offer = door.offer(finding)
        return offer if isinstance(offer, FixOutcome) else await door.mend(offer)


@pytest.fixture
def walking(workspace: Path) -> Walking:
    return Walking(workspace, LOOSE.encode())


async def test_fixes_of_one_file_shift_each_other_and_are_taken_back_together(walking: Walking) -> None:
    assert [each.rule for each in walking.findings] == ["ruff/F401", "ruff/F401"]
    with walking.door() as door:
        outcomes = [await walking.mend(door, each) for each in walking.findings]
        outcomes.append(await walking.mend(door, walking.finding(6, 6, "    return x * 2\n")))

    assert [(each.result, each.line) for each in outcomes] == [("kept", 1), ("kept", 2), ("kept", 6)]
    assert walking.path.read_text() == "\n\ndef twice(x: int) -> int:\n    return x * 2\n"
    report = undo(walking.place, None)
    assert walking.path.read_text() == LOOSE
    assert [each.path for each in report.files] == [MODULE]


async def test_line_ends_encoding_and_a_missing_last_line_end_stay(workspace: Path) -> None:
    text = "# coding: latin-1\r\nimport os\r\nNAME = 'é'\r\nLAST = 1"
    walking = Walking(workspace, text.encode("latin-1"))

    with walking.door() as door:
        outcome = await walking.mend(door, walking.finding(2, 2, ""))
        strange = await walking.mend(door, walking.finding(3, 3, "NAME = '€'\n"))

    assert outcome.result == "kept"
    assert (strange.result, "lacks a character" in strange.told) == ("refused", True)
    assert walking.path.read_bytes() == text.replace("import os\r\n", "").encode("latin-1")


async def test_where_line_ends_are_mixed_each_line_keeps_its_own(workspace: Path) -> None:
    walking = Walking(workspace, b"import os\r\nA = 1\nB = 2\r\nC = 3\n")

    with walking.door() as door:
        outcomes = [await walking.mend(door, walking.finding(line, line, "")) for line in (2, 4)]

    assert [each.result for each in outcomes] == ["kept", "kept"]
    assert walking.path.read_bytes() == b"import os\r\nB = 2\r\n"


async def test_lines_that_changed_since_are_left_alone_and_others_found_again(walking: Walking) -> None:
    first, second = walking.findings
    with walking.door() as door:
        walking.path.write_text(f'"""New."""\n\nimport os  # kept\n{LOOSE.partition(chr(10))[2]}')
        outcomes = [await walking.mend(door, each) for each in (first, second)]
        waiting = door.offer(walking.finding(6, 6, "    return 0\n"))
        assert isinstance(waiting, Offer)
        walking.path.write_text("gone = 1\n")
        late = await door.mend(waiting)

    assert [each.result for each in outcomes] == ["refused", "kept"]
    assert outcomes[0].told == "its lines are not as they were reviewed"
    assert late.result == "refused"
    assert walking.path.read_text() == "gone = 1\n"


async def test_a_fix_that_breaks_the_file_is_dropped(walking: Walking) -> None:
    with walking.door() as door:
        broken = await walking.mend(door, walking.finding(5, 5, "def twice(x: int -> int:\n"))
        weaker = await walking.mend(door, walking.finding(6, 6, "    # ... rest of the code unchanged\n"))

    assert broken.result == "dropped"
    assert broken.told.startswith("parse: ")
    assert weaker.result == "dropped"
    assert walking.path.read_text() == LOOSE


@pytest.mark.parametrize("broken", ["", "raise SystemExit(1)\n"])
async def test_the_checks_of_the_project_decide_once_they_may_run(
    workspace: Path, sandbox: SandboxStatus, broken: str
) -> None:
    (workspace / "verify.py").write_text(f"from till.loose import twice\nassert twice(3) == 6\n{broken}")
    config = workspace / ".vivek" / "config.toml"
    config.parent.mkdir(exist_ok=True)
    config.write_text('[project]\ntest = "python3 verify.py"\n')
    walking = Walking(workspace, LOOSE.encode())

    with walking.door(interactive=True) as door:
        question = await door.question()
        assert question is not None
        door.answer(question, Decision(approved=True))
        again = await door.question()
        bad = await walking.mend(door, walking.finding(6, 6, "    return x + 1\n"))
        good = await walking.mend(door, walking.finding(6, 6, "    return 2 * x\n"))

    assert again is None
    assert CheckStarted("tests", "python3 verify.py") in walking.events
    assert (bad.result, bad.told.partition(":")[0]) == ("dropped", "tests")
    assert good.result == "kept", "what fails without it as well says nothing against it"
    assert ("in the same way without" in good.told) is bool(broken)


async def test_without_an_answer_the_checks_of_the_project_do_not_run(workspace: Path) -> None:
    (workspace / "pytest.ini").write_text("[pytest]\n")
    walking = Walking(workspace, LOOSE.encode())

    with walking.door() as door:
        outcome = await walking.mend(door, walking.findings[0])

    assert outcome.result == "kept"
    assert "nobody was asked yet whether they may run" in outcome.told
    assert walking.events == []


async def test_what_cannot_be_mended_is_said(walking: Walking) -> None:
    with walking.door() as door:
        plain = door.offer(Finding("x", "low", "high", MODULE, 1, 1, "", "No fix."))
        elsewhere = Finding("x", "low", "high", "other.py", 1, 1, "", "Y", fix=Fix("other.py", 1, 1, "z\n"))
        gone = door.offer(elsewhere)
        done = door.offer(walking.finding(1, 1, "import os\n"))

    told = [each.told for each in (plain, gone, done) if isinstance(each, FixOutcome)]
    assert told == ["it has no fix", "the file is gone", "the file has it already"]


async def test_a_fix_as_the_user_left_it_counts_as_theirs(walking: Walking) -> None:
    with walking.door() as door:
        offer = door.offer(walking.findings[0])
        assert isinstance(offer, Offer)
        edited = door.edited(offer, offer.text + "\nMORE = 1\n")
        assert isinstance(edited, Offer)
        outcome = await door.mend(edited)
        unchanged = door.edited(offer, walking.path.read_text())

    assert (outcome.result, outcome.edited) == ("kept", True)
    assert walking.path.read_text().endswith("MORE = 1\n")
    assert isinstance(unchanged, FixOutcome)
    assert unchanged.result == "declined"


def test_one_walk_at_a_time_and_only_in_a_project(walking: Walking, tmp_path: Path) -> None:
    with walking.door(), pytest.raises(ThreadError, match="in use"), walking.door():
        pass
    nowhere = Place(tmp_path, tmp_path / "data", restricted=True)
    with pytest.raises(ConfigError, match="is no project"), FixDoor(nowhere, walking.changes, Choices(), print):
        pass
