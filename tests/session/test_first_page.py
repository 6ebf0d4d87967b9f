"""Commands of a project are tried behind the gate and in the sandbox: what is said of each is what became of it."""

import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from vivek.project.tooling.commands import CommandKind, ProjectCommand
from vivek.schema.first_page import Outcome
from vivek.session.doors.first_page import try_commands
from vivek.session.doors.run import CommandDoor, Explained
from vivek.session.options import Choices
from vivek.session.place import open_place

needs_sandbox = pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap is not installed")


def command(code: str, kind: CommandKind = "test") -> ProjectCommand:
    return ProjectCommand(kind, ("python3", "-c", code), "pyproject.toml")


def answering(*, yes: bool) -> Callable[[Explained], Awaitable[bool]]:
    async def ask(said: Explained) -> bool:
        assert said.judged.verdict == "ask"
        return yes

    return ask


@pytest.fixture
def door(workspace: Path) -> CommandDoor:
    return CommandDoor(open_place(workspace), Choices(interactive=True))


@needs_sandbox
async def test_a_command_that_was_allowed_is_run_and_its_end_is_told(door: CommandDoor, workspace: Path) -> None:
    good, bad = command("open('left', 'w').write('x')"), command("raise SystemExit(3)", "lint")
    told: list[tuple[str, ...]] = []

    found = await try_commands(door, (good, bad), answering(yes=True), told.append)

    assert found == {
        good.argv: Outcome(worked=True, told="worked"),
        bad.argv: Outcome(worked=False, told="failed here with exit code 3"),
    }
    assert told == [good.argv, bad.argv]
    assert not (workspace / "left").exists(), "it ran on a view"


@pytest.mark.parametrize("ask", [None, answering(yes=False)])
async def test_a_command_that_nobody_allows_is_not_run(
    door: CommandDoor, ask: Callable[[Explained], Awaitable[bool]] | None
) -> None:
    told: list[tuple[str, ...]] = []

    (outcome,) = (await try_commands(door, [command("pass")], ask, told.append)).values()

    assert outcome == Outcome(worked=False, told="not run: nobody allowed it")
    assert told == []


async def test_what_changes_files_or_takes_too_long_did_not_work(door: CommandDoor) -> None:
    slow, formatting = command("import time; time.sleep(60)"), command("pass", "format")

    found = await try_commands(door, (slow, formatting), answering(yes=True), lambda _: None, timeout=0.5)

    assert found[slow.argv] == Outcome(worked=False, told="did not end here within 0.5 seconds")
    assert found[formatting.argv].told == "not run: it changes files"
