import pytest

from tests.cli.fakes import CHANGE, REQUEST, FakeAsker
from vivek.cli.turn.approval import ask_approval, is_risky
from vivek.schema.approval import Decision
from vivek.schema.edits import EditKind, FileChange
from vivek.schema.events import ApprovalRequested

OTHER = FileChange("lib/other.py", "create", 4, 0, applied=False)
GONE = FileChange("old.py", "delete", 0, 9, applied=False)


def request(*changes: FileChange) -> ApprovalRequested:
    return ApprovalRequested("", changes, ())


@pytest.mark.parametrize(
    ("answers", "decision"),
    [
        (["y"], Decision(approved=True)),
        (["YES "], Decision(approved=True)),
        ([""], Decision(approved=True)),
        (["a"], Decision(approved=True, always=True)),
        (["n", ""], Decision(approved=False)),
        (["no", " use a loop "], Decision(approved=False, reason="use a loop")),
        (["?", "what", "y"], Decision(approved=True)),
        ([EOFError()], None),
        ([KeyboardInterrupt()], None),
        (["n", KeyboardInterrupt()], None),
    ],
)
async def test_answers_become_decisions(answers: list[str | BaseException], decision: Decision | None) -> None:
    asker = FakeAsker(*answers)

    assert await ask_approval(REQUEST, asker, lambda _text: None) == decision
    assert asker.questions[0] == "Apply? [Y/n/f/a/?] "
    assert asker.answers == []


async def test_a_question_mark_explains_the_letters() -> None:
    told: list[str] = []

    await ask_approval(REQUEST, FakeAsker("?", "n", ""), told.append)

    assert len(told) == 1
    assert "file by file" in told[0]


@pytest.mark.parametrize(
    ("answers", "decision"),
    [
        (["f", "y", "n"], Decision(approved=True, files=("app.py",))),
        (["f", "", ""], Decision(approved=True)),
        (["f", "n", "no"], Decision(approved=False)),
    ],
)
async def test_files_can_be_decided_one_by_one(answers: list[str | BaseException], decision: Decision) -> None:
    asker = FakeAsker(*answers)

    assert await ask_approval(request(CHANGE, OTHER), asker, lambda _text: None) == decision
    assert asker.questions[1:] == ["app.py +1 -1 [Y/n] ", "lib/other.py (new) +4 -0 [Y/n] "]


async def test_a_risky_change_is_not_applied_by_enter_alone() -> None:
    told: list[str] = []
    asker = FakeAsker("", "")

    decision = await ask_approval(request(CHANGE, GONE), asker, told.append)

    assert decision == Decision(approved=False)
    assert asker.questions[0] == "Apply? [y/N/f/a/?] "
    assert told == ["Look twice: old.py (deleted) +0 -9"]


async def test_a_risky_file_needs_its_own_yes() -> None:
    asker = FakeAsker("f", "", "")

    decision = await ask_approval(request(CHANGE, GONE), asker, lambda _text: None)

    assert decision == Decision(approved=True, files=("app.py",))


@pytest.mark.parametrize(
    ("path", "kind", "risky"),
    [
        ("app.py", "modify", False),
        ("docs/guide.md", "create", False),
        ("app.py", "delete", True),
        (".github/workflows/ci.yml", "modify", True),
        ("src/.env", "create", True),
        ("tests/conftest.py", "create", True),
        ("pyproject.toml", "modify", True),
        ("scripts/run.SH", "modify", True),
        ("Makefile", "modify", True),
    ],
)
def test_what_deserves_a_second_look(path: str, kind: EditKind, risky: bool) -> None:
    assert is_risky(FileChange(path, kind, 1, 0, applied=False)) is risky
