"""Asks about commands: one of the project's own after edits, one of the model's, and one that the user typed."""

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Literal, TextIO

from vivek.cli.keys import Keyboard, SignalledError
from vivek.cli.render.questions import command_of, framed, shown_command
from vivek.cli.render.safe_text import FRAME
from vivek.cli.turn.asking import Asker, choose
from vivek.schema.approval import Decision
from vivek.schema.questions import CommandRequested

if TYPE_CHECKING:
    from vivek.session.doors.run import CommandDoor, Explained

# Known commands that a sandbox holds back: a question about them needs no second thought.
_ORDINARY = ("untrusted",)
_TRUST_HELP = f"""\
{FRAME} y  run it in this session
{FRAME} a  run it after edits whenever you work in this folder, as long as the command stays the same
{FRAME} n  never run it in this folder, and do not ask again
{FRAME} Enter  not now"""
_COMMAND_HELP = f"""\
{FRAME} y  run it, once
{FRAME} n  do not run it; a reason, if you give one, goes back to the model
{FRAME} ?  this text
{FRAME} Ctrl-C leaves the question open: the turn waits."""


async def ask_trust(asker: Asker, tell: Callable[[str], None]) -> Decision | None:
    """Ask whether a command of the project may run after edits; None means that the question stays open."""
    asker.discard()
    try:
        while True:
            question = f"{FRAME} [y] once [a] always in this folder [n] never [Enter] not now: "
            match (await asker.ask(question)).strip().lower():
                case "y" | "yes":
                    return Decision(approved=True)
                case "a" | "always":
                    return Decision(approved=True, always=True)
                case "n" | "no" | "never":
                    return Decision(approved=False, always=True)
                case "":
                    return Decision(approved=False)
                case _:
                    tell(_TRUST_HELP)
    except SignalledError:
        raise
    except (EOFError, KeyboardInterrupt):
        return None


async def ask_command(request: CommandRequested, asker: Asker, tell: Callable[[str], None]) -> Decision | None:
    """Ask whether a command of the model may run; Enter means no. None means that the question stays open.

    Args:
        request: The command; it was shown in full.
        asker: Who answers.
        tell: Shows lines.
    """
    remembers = bool(request.remember) and not request.destructive
    if remembers:
        tell(framed(f"a: always `{shown_command(request.remember)}` in this thread"))
    asker.discard()
    try:
        while True:
            match await choose(asker, "Run it?", ("y", "n", *(["a"] if remembers else [])), "n"):
                case "y":
                    return Decision(approved=True)
                case "a":
                    return Decision(approved=True, always=True)
                case "n":
                    reason = await asker.ask(f"{FRAME} Why not? (Enter: no reason) ")
                    return Decision(approved=False, reason=reason.strip())
                case _:
                    tell(_COMMAND_HELP)
    except SignalledError:
        raise
    except (EOFError, KeyboardInterrupt):
        return None


async def ask_typed(said: "Explained", asker: Asker, tell: Callable[[str], None]) -> Literal["y", "n", "a"]:
    """Ask whether a command that the user typed may run; Enter means yes for an ordinary one, else no.

    Args:
        said: The command and what was found out about it.
        asker: Who answers; nobody means no.
        tell: Shows lines.

    Raises:
        KeyboardInterrupt: If they do not want to answer.
    """
    request = CommandRequested.of(said.written, said.judged, said.sandbox.confinement)
    tell(command_of(request, "You are about to run a command:"))
    if request.remember:
        tell(framed(f"a: always `{shown_command(request.remember)}` in this folder"))
    letters = ("y", "n", *(["a"] if request.remember else []))
    default = "y" if request.rule in _ORDINARY and not request.destructive else "n"
    asker.discard()
    try:
        while True:
            match await choose(asker, "Run it?", letters, default):
                case "y":
                    return "y"
                case "a":
                    return "a"
                case "n":
                    return "n"
    except EOFError:
        return "n"


async def ask_to_run(said: "Explained", door: "CommandDoor", out: TextIO | None = None) -> bool:
    """Ask in the terminal whether a command may run; what was typed before the question is no answer to it.

    Args:
        said: The command, with what is said of it.
        door: Remembers the answer, where it is to be remembered.
        out: Where the question is drawn; usually standard output.
    """
    drawn = out or sys.stdout

    def tell(text: str) -> None:
        drawn.write(text + "\n")
        drawn.flush()

    answer = await ask_typed(said, Keyboard(), tell)
    if answer == "a":
        door.allow(said.judged.remember)
    return answer != "n"
