"""`/run`, `/jobs` and `!`: commands of the user, judged and held back like the model's.

The model sees nothing of them, unless the user gives it the output of a `!`. What has to be read exactly is written as
it is: the chat's own lines are broken between words.
"""

import math
import re
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from vivek.cli.keys import SignalledError
from vivek.cli.render.commands import LiveOutput, job_line, job_started, jobs_table, outcome_text
from vivek.cli.render.safe_text import one_line, visible
from vivek.cli.slash.agreeing import agrees
from vivek.cli.slash.desk import Desk
from vivek.cli.turn.permission import ask_typed
from vivek.errors import ToolDeniedError, TurnCancelledError
from vivek.schema.commands import Ran
from vivek.schema.wishes import Attached

if TYPE_CHECKING:
    from vivek.session.doors.run import CommandDoor, Explained

_ASIDE = re.compile(r"(?<![&|<>\\])&$")  # one `&` of its own at the end, as in a shell
_RUN_USAGE = "hint: `/run pytest -q` runs a command, `/run npm run dev &` runs it in the background"
_JOBS_USAGE = "hint: `/jobs` lists the background jobs, `/jobs output 1` reads one, `/jobs stop 1` ends one"


async def run_command(desk: Desk, words: str) -> None:
    """Run a command as `vivek run` does; with `&` at the end in the background.

    Raises:
        ToolDeniedError: If it is refused.
        WorkspaceError: If the sandbox cannot be made, or it cannot run in the background.
    """
    await _run(desk, words)


async def run_bang(desk: Desk, words: str) -> None:
    """Run a command and offer its output to the conversation; it goes with the next message then.

    Raises:
        ToolDeniedError: If it is refused.
        WorkspaceError: If the sandbox cannot be made, or it cannot run in the background.
    """
    ran = await _run(desk, words)
    if ran is None or not ran.output.strip():
        return
    await desk.asker.settle(desk.tell)  # what was begun meanwhile answers no question
    if await agrees(desk, "Give this output to the model with your next message?", default=False):
        written = _ASIDE.sub("", words).strip()
        label = f"Output of `{one_line(written, 200)}`, {ran.ending}:"
        desk.attach(Attached(label, ran.output.decode(errors="replace")))
        desk.tell("It goes with your next message.")


async def _run(desk: Desk, words: str) -> Ran | None:
    """Run a command; return how it ended, None where it did not run, goes on or was stopped."""
    from vivek.session.doors.run import CommandDoor

    written = _ASIDE.sub("", words).strip()
    if not written:
        desk.tell(_RUN_USAGE)
        return None
    door = CommandDoor(desk.place, replace(desk.choices, interactive=True))
    said = await door.explain(written)
    if not await _may_run(desk, door, said):
        desk.tell("not run")
        return None
    if _ASIDE.search(words):
        job = desk.jobs.held().start(door, said)
        desk.tell(job_started(job, said.sandbox))
        return None
    return await _run_here(desk, door, written)


async def jobs(desk: Desk, words: str) -> None:
    """List the background jobs, read one, or stop one.

    Raises:
        WorkspaceError: If there is no such job.
    """
    held = desk.jobs.held()
    match words.split():
        case []:
            desk.tell(jobs_table(held.list()) or f"No job was started.\n{_RUN_USAGE}")
        case ["output", number] if _is_number(number):
            _write((visible(held.output(int(number))).rstrip("\n") or "It has written nothing.") + "\n")
        case ["stop", number] if _is_number(number):
            desk.tell(job_line(await held.stop(int(number))))
        case _:
            desk.tell(_JOBS_USAGE)


async def _may_run(desk: Desk, door: "CommandDoor", said: "Explained") -> bool:
    """Tell whether a command may run; who has to be asked is asked.

    Raises:
        ToolDeniedError: If it is refused.
    """
    if said.judged.verdict == "refuse":
        raise ToolDeniedError(f"`{said.written}` is not run. {said.judged.reason}", hint=f"Rule: {said.judged.rule}.")
    if said.judged.verdict == "allow":
        return True
    try:
        answer = await ask_typed(said, desk.asker, lambda text: _write(text + "\n"))
    except SignalledError:
        raise
    except KeyboardInterrupt:  # Ctrl-C at the question leaves the question, not the chat
        return False
    if answer == "a":
        door.allow(said.judged.remember)
    return answer != "n"


async def _run_here(desk: Desk, door: "CommandDoor", command: str) -> Ran | None:
    """Run a command in the foreground and show its output as it comes; only the user sets it a time limit."""
    shown, ran = LiveOutput(), None
    try:
        running = door.run(command, timeout=math.inf, on_output=lambda piece: _write(shown.feed(piece)))
        tried = await desk.stoppable(running)
        ran, told = tried.ran, outcome_text(tried.ran, tried.dropped)
    except TurnCancelledError:
        told = "stopped"
    finally:
        _write(shown.finish() + ("\n" if shown.in_line else ""))
    desk.tell(told)
    return ran


def _write(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10
