from dataclasses import replace

import pytest

from tests.cli.fakes import FakeAsker
from vivek.cli.render.safe_text import FRAME
from vivek.cli.turn.permission import ask_command, ask_trust
from vivek.schema.approval import Decision
from vivek.schema.commands import Judgement
from vivek.schema.questions import CommandRequested

COMMAND = CommandRequested(
    "git commit", (("git", "commit"),), "table", "It writes.", "bubblewrap", remember="git commit"
)


def quiet(_text: str) -> None:
    """Show nothing."""


@pytest.mark.parametrize(
    ("answers", "decision"),
    [
        (["y"], Decision(approved=True)),
        (["a"], Decision(approved=True, always=True)),
        (["never "], Decision(approved=False, always=True)),
        ([""], Decision(approved=False)),
        (["what?", "y"], Decision(approved=True)),
        ([EOFError()], None),
        ([KeyboardInterrupt()], None),
    ],
)
async def test_trust_is_given_once_always_never_or_not_now(
    answers: list[str | BaseException], decision: Decision | None
) -> None:
    asker = FakeAsker(*answers)

    assert await ask_trust(asker, quiet) == decision
    assert asker.questions[0] == f"{FRAME} [y] once [a] always in this folder [n] never [Enter] not now: "
    assert (asker.discarded, asker.answers) == (1, [])


@pytest.mark.covers("X12", "X14")
@pytest.mark.parametrize(
    ("answers", "decision"),
    [
        (["", ""], Decision(approved=False)),
        (["y"], Decision(approved=True)),
        (["a"], Decision(approved=True, always=True)),
        (["n", "use pytest"], Decision(approved=False, reason="use pytest")),
        (["?", "y"], Decision(approved=True)),
        ([KeyboardInterrupt()], None),
    ],
)
async def test_a_command_is_not_run_by_enter_alone(
    answers: list[str | BaseException], decision: Decision | None
) -> None:
    asker, told = FakeAsker(*answers), list[str]()

    assert await ask_command(COMMAND, asker, told.append) == decision
    assert asker.questions[0] == f"{FRAME} Run it? [y/N/a/?] "
    assert told[0] == f"{FRAME} a: always `git commit` in this thread"
    assert asker.discarded == 1


@pytest.mark.covers("C30")
@pytest.mark.parametrize("command", [replace(COMMAND, remember=""), replace(COMMAND, destructive=True)])
async def test_what_is_destructive_or_has_no_name_is_never_remembered(command: CommandRequested) -> None:
    asker = FakeAsker("a", "", "")

    assert await ask_command(command, asker, quiet) == Decision(approved=False)
    assert asker.questions[:2] == [f"{FRAME} Run it? [y/N/?] "] * 2


def test_a_question_is_made_from_a_judgement() -> None:
    judged = Judgement("ask", "git-history", "It rewrites history.", (("git", "reset"),), ("w",), True, "git reset")

    asked = CommandRequested.of("git reset", judged, "none", "from README.md")

    assert (asked.rule, asked.warnings, asked.sandbox, asked.origin) == (
        "git-history",
        ("w",),
        "none",
        "from README.md",
    )
    assert asked.remember == ""
