"""Puts a chat together: the line, the session behind it, and what draws."""

import asyncio
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

from vivek.cli.completing import Arguments, Mentioning, build_completer
from vivek.cli.folding import Folds
from vivek.cli.history import ProjectHistory
from vivek.cli.line import Line
from vivek.cli.options import Terminal
from vivek.cli.repl import Chat
from vivek.cli.slash.own import Known
from vivek.cli.slash.registry import SLASHES
from vivek.cli.turn.bell import Bell, notify_of, ring_terminal
from vivek.cli.turn.ending import Ending, Stepping
from vivek.cli.turn.once import choose_view, tell_terminal
from vivek.cli.turn.opening import Opening, load_warm
from vivek.cli.turn.parties import Opener
from vivek.cli.turn.picking import Picker

if TYPE_CHECKING:
    from vivek.session.options import Choices
    from vivek.session.place import Place

_NO_HISTORY = "What is typed cannot be kept for the next chat: {}."


def start_chat(
    place: "Place",
    choices: "Choices",
    terminal: Terminal,
    *,
    first: str | None,
    resume: bool = False,
    stream: bool = True,
    load: Callable[[], Opener] = load_warm,
) -> int:
    """Run a chat on the terminal; return the exit code.

    Args:
        place: The project.
        choices: What the command line asked for.
        terminal: Facts of the terminal.
        first: What to send before anything is typed.
        resume: Go on with the open turn before anything is typed.
        stream: Whether answers show as they come.
        load: Gives what opens a session; runs in a thread.

    Raises:
        VivekError: If the session does not close well.
        SignalledError: If a signal asks the process to end.
    """

    async def chat(mentions: Mentioning) -> int:
        ending = Ending(time.monotonic)
        folds = Folds()
        line = Line(
            ProjectHistory(place.data, whole=folds.whole, failed=lambda why: tell_terminal(_NO_HISTORY.format(why))),
            build_completer(Known(place, SLASHES), mentions, Arguments(place, mentions)),
            hurried=ending.recent,
            tell=tell_terminal,
            folds=folds,
        )
        bell = Bell(time.monotonic, lambda: notify_of(place, choices), ring_terminal) if terminal.draws else None
        return await Chat(
            place,
            replace(choices, resident=True),
            opening=Opening(place, load, Picker(place, line, tell_terminal).settle),
            line=line,
            interrupts=ending,
            make_view=lambda: Stepping(choose_view("text", terminal, stream=stream, chat=True), ending),
            tell=tell_terminal,
            bell=bell,
        ).chat(first, resume=resume)

    with closing(Mentioning(place, choices.profile)) as mentions:
        return asyncio.run(chat(mentions))
