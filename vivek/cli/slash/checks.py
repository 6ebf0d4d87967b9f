"""`/test` and `/lint`: the project's own commands, run for the user; the model sees nothing of it."""

from dataclasses import replace
from typing import TYPE_CHECKING

from vivek.cli.render.commands import own_text
from vivek.cli.render.safe_text import visible
from vivek.cli.slash.desk import Desk
from vivek.errors import TurnCancelledError

if TYPE_CHECKING:
    from vivek.session.doors.run import OwnKind


async def run_tests(desk: Desk, _words: str) -> None:
    """Run the project's own tests."""
    await _run(desk, "test")


async def run_linter(desk: Desk, _words: str) -> None:
    """Run the project's own linter."""
    await _run(desk, "lint")


async def _run(desk: Desk, kind: "OwnKind") -> None:
    from vivek.session.doors.run import CommandDoor

    door = CommandDoor(desk.place, replace(desk.choices, interactive=True))
    desk.tell(own_text(*door.own_command(kind)))
    try:
        told, tried = await desk.stoppable(door.run_own(kind))
    except TurnCancelledError:
        desk.tell("stopped")
        return
    desk.tell(visible("\n".join(line for line in (told.strip(), tried.ran.ending) if line)))
