from dataclasses import replace

import pytest

from tests.cli.fakes import CHANGE, REQUEST, FakeAsker
from vivek.cli.render.safe_text import FRAME
from vivek.cli.turn.approval import ask_approval
from vivek.errors import WorkspaceError
from vivek.schema.approval import Decision
from vivek.schema.concerns import Concern
from vivek.schema.edits import FileChange
from vivek.schema.events import ApprovalRequested

OTHER = FileChange("lib/other.py", "create", 4, 0, applied=False)
GONE = FileChange("old.py", "delete", 0, 9, applied=False)
FLOW = FileChange(".github/workflows/ci.yml", "modify", 1, 1, applied=False)
DOUBT = Concern("V02", "ask", "app.py", "`totl` is not defined", 3)


def request(*changes: FileChange, concerns: tuple[Concern, ...] = ()) -> ApprovalRequested:
    return ApprovalRequested("", changes, (), concerns)


def quiet(_text: str) -> None:
    """Show nothing."""


@pytest.mark.parametrize(
    ("answers", "decision"),
    [
        (["y"], Decision(approved=True)),
        (["YES "], Decision(approved=True)),
        ([""], Decision(approved=True)),
        (["a"], Decision(approved=True, always=True)),
        (["n", ""], Decision(approved=False)),
        (["no", " use a loop "], Decision(approved=False, reason="use a loop")),
        (["?", "what", "e", "y"], Decision(approved=True)),
        ([EOFError()], None),
        ([KeyboardInterrupt()], None),
        (["n", KeyboardInterrupt()], None),
    ],
)
async def test_answers_become_decisions(answers: list[str | BaseException], decision: Decision | None) -> None:
    asker = FakeAsker(*answers)

    assert await ask_approval(REQUEST, asker, quiet) == decision
    assert asker.questions[0] == f"{FRAME} Apply? [Y/n/f/a/?] "
    assert asker.answers == []


@pytest.mark.covers("X14")
async def test_what_was_typed_before_the_question_is_forgotten_once() -> None:
    asker = FakeAsker("f", "y", "y")

    await ask_approval(request(CHANGE, OTHER), asker, quiet)

    assert asker.discarded == 1


async def test_a_question_mark_explains_the_letters() -> None:
    told: list[str] = []

    await ask_approval(REQUEST, FakeAsker("?", "n", ""), told.append)

    assert len(told) == 1
    assert "file by file" in told[0]


@pytest.mark.parametrize(
    ("answers", "decision"),
    [
        (["f", "y", "n"], Decision(approved=True, files=("app.py",))),
        (["f", "", "?", ""], Decision(approved=True)),
        (["f", "n", "no"], Decision(approved=False)),
    ],
)
async def test_files_can_be_decided_one_by_one(answers: list[str | BaseException], decision: Decision) -> None:
    asker = FakeAsker(*answers)

    assert await ask_approval(request(CHANGE, OTHER), asker, quiet) == decision
    assert asker.questions[1] == f"{FRAME} app.py +1 -1. Apply it? [Y/n/?] "
    assert asker.questions[-1] == f"{FRAME} lib/other.py (new) +4 -0. Apply it? [Y/n/?] "


@pytest.mark.parametrize(
    ("changes", "concerns"),
    [
        ((CHANGE, GONE), ()),
        ((FLOW,), ()),
        ((CHANGE,), (DOUBT,)),
        ((CHANGE,), (Concern("V05", "block", "app.py", "x"),)),
    ],
)
async def test_a_change_that_deserves_a_second_look_is_not_applied_by_enter_alone(
    changes: tuple[FileChange, ...], concerns: tuple[Concern, ...]
) -> None:
    asker = FakeAsker("", "")

    assert await ask_approval(request(*changes, concerns=concerns), asker, quiet) == Decision(approved=False)
    assert asker.questions[0] == f"{FRAME} Apply? [y/N/f/a/?] "


async def test_notes_alone_do_not_change_the_default() -> None:
    note = Concern("V11", "note", "app.py", "runs a text as code")

    assert await ask_approval(request(CHANGE, concerns=(note,)), FakeAsker(""), quiet) == Decision(approved=True)


async def test_why_a_file_deserves_a_second_look_is_said() -> None:
    told: list[str] = []

    await ask_approval(request(CHANGE, GONE, FLOW, concerns=(DOUBT,)), FakeAsker("", ""), told.append)

    assert told == [
        f"{FRAME} Look twice:\n"
        f"{FRAME}   app.py +1 -1: `totl` is not defined\n"
        f"{FRAME}   old.py (deleted) +0 -9: is deleted\n"
        f"{FRAME}   .github/workflows/ci.yml +1 -1: is hidden from listings"
    ]


@pytest.mark.covers("P18", "V09")
@pytest.mark.parametrize(
    ("answers", "decision"),
    [
        (["y", ""], Decision(approved=True, files=("app.py", "lib/other.py"))),
        (["y", "y"], Decision(approved=True)),
        (["a", ""], Decision(approved=True, files=("app.py", "lib/other.py"), always=True)),
        (["a", "y"], Decision(approved=True, always=True)),
    ],
)
async def test_a_file_that_runs_later_is_never_applied_along_with_others(
    answers: list[str | BaseException], decision: Decision
) -> None:
    asker = FakeAsker(*answers)

    assert await ask_approval(request(CHANGE, FLOW, OTHER), asker, quiet) == decision
    assert asker.questions[1:] == [
        f"{FRAME} .github/workflows/ci.yml +1 -1: is hidden from listings. Apply it? [y/N/?] "
    ]


@pytest.mark.covers("P18")
async def test_always_does_not_cover_deleting_or_doubtful_files() -> None:
    asker = FakeAsker("a", "", "")

    decision = await ask_approval(request(CHANGE, GONE, concerns=(DOUBT,)), asker, quiet)

    assert decision == Decision(approved=False)
    assert len(asker.questions) == 3


async def test_a_yes_to_one_sensitive_file_alone_is_its_own() -> None:
    asker = FakeAsker("y")

    assert await ask_approval(request(FLOW), asker, quiet) == Decision(approved=True)


HASHES = (("app.py", "aa" * 32), ("lib/other.py", "bb" * 32))


class FakeEditor:
    """Gives texts, None for unchanged ones, errors to raise."""

    def __init__(self, *results: str | WorkspaceError | None) -> None:
        self.results = list(results)
        self.asked: list[tuple[str, str]] = []

    async def __call__(self, path: str, digest: str) -> str | None:
        self.asked.append((path, digest))
        result = self.results.pop(0)
        if isinstance(result, WorkspaceError):
            raise result
        return result

    def difference(self, change: FileChange, text: str) -> tuple[str, FileChange]:
        return f"+{text}", replace(change, added=1, removed=7)


async def test_an_edited_text_is_part_of_the_decision() -> None:
    editor, told = FakeEditor("x = 2\n"), list[str]()
    asker = FakeAsker("e", "y")
    asked = ApprovalRequested("", (CHANGE,), (), contents=HASHES[:1])

    decision = await ask_approval(asked, asker, told.append, editor)

    assert decision == Decision(approved=True, edited=(("app.py", "x = 2\n"),))
    assert asker.questions == [f"{FRAME} Apply? [Y/n/e/f/a/?] "] * 2
    assert editor.asked == [HASHES[0]]
    assert told == [f"{FRAME} app.py is taken as you left it, 1 lines."]


async def test_the_diff_of_an_edited_text_is_drawn_before_the_next_question() -> None:
    drawn: list[ApprovalRequested | str] = []
    asked = ApprovalRequested("", (CHANGE, OTHER), (), contents=HASHES)
    asker = FakeAsker("e", "2", "y")

    await ask_approval(asked, asker, drawn.append, FakeEditor("x = 2\n"), drawn.append)

    listed, shown, told = drawn
    assert shown == ApprovalRequested("+x = 2\n", (replace(OTHER, added=1, removed=7),), ())
    assert "Which file?" in str(listed)
    assert "is taken as you left it" in str(told)


async def test_of_several_files_one_is_named_and_only_approved_ones_count() -> None:
    editor = FakeEditor("one\n", "two\n")
    asked = ApprovalRequested("", (CHANGE, OTHER), (), contents=HASHES)

    decision = await ask_approval(asked, FakeAsker("e", "2", "e", "9", "e", "1", "f", "y", "n"), quiet, editor)

    assert editor.asked == [HASHES[1], HASHES[0]]
    assert decision == Decision(approved=True, files=("app.py",), edited=(("app.py", "two\n"),))


async def test_an_editor_that_fails_or_changes_nothing_leaves_the_change_as_it_was() -> None:
    told: list[str] = []
    editor = FakeEditor("first\n", WorkspaceError("No editor.", hint="Set EDITOR."), None)
    asked = ApprovalRequested("", (CHANGE,), (), contents=HASHES[:1])

    decision = await ask_approval(asked, FakeAsker("e", "e", "e", "y"), told.append, editor)

    assert decision == Decision(approved=True)
    assert told[1:] == ["No editor.\nhint: Set EDITOR.", f"{FRAME} app.py stays as the model wrote it."]
