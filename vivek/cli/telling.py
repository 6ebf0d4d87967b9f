"""Has a model tell of what was measured, shows how it goes, and keeps what was told when it is stopped."""

import asyncio
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vivek.cli.following import find_model, follow, tell
from vivek.cli.keys import Interrupts
from vivek.cli.options import look_at_terminal
from vivek.cli.render.narrating import telling_line, told_line
from vivek.cli.render.safe_text import problem
from vivek.errors import ConfigError, ModelAPIError, TurnCancelledError
from vivek.schema.architecture import Architecture
from vivek.schema.narrative import Narrative, NarrativeEnded, PassageWritten

if TYPE_CHECKING:
    from vivek.session.options import Choices
    from vivek.session.piecewise.narrative import Narration
    from vivek.session.place import Place

    Open = Callable[..., AbstractAsyncContextManager[Narration]]

INCOMPLETE, INTERRUPTED = 5, 130


@dataclass(frozen=True, slots=True)
class Told:
    """What came of asking a model; `stopped` where the user ended it."""

    narrative: Narrative
    stopped: bool = False

    @property
    def code(self) -> int:
        """Return the exit code."""
        if self.stopped:
            return INTERRUPTED
        return INCOMPLETE if self.narrative.status == "incomplete" else 0


def have_told(
    place: "Place",
    report: Architecture,
    choices: "Choices",
    *,
    thread: str | None = None,
    opener: "Open | None" = None,
) -> Told:
    """Return what a model tells, from earlier where it told of the same facts; where none can, why.

    Args:
        place: The project.
        report: What was measured.
        choices: What the command line says of the model.
        thread: The narrative that is gone on with, None for a new one.
        opener: What opens a narrative, None for the usual one.

    Raises:
        ThreadError: If the thread cannot be gone on with.
        SignalledError: If a signal asks the process to end.
    """
    from vivek.session.doors.narrative_kept import finished_narrative, kept_narrative
    from vivek.session.settings import load_settings

    if thread is not None:
        done = finished_narrative(place, thread)
    else:
        done = kept_narrative(place, report, choices.model or load_settings(place, choices).model.name)
    if done is not None:
        return Told(done)
    interrupts = Interrupts(time.monotonic)
    course = _Course(opener or _opened, interrupts)
    asyncio.run(course.tell(place, report, choices, thread))
    interrupts.leave()
    if course.narrative is None:
        return Told(Narrative(status="incomplete", told=("No model told of it: it was stopped before.",)), stopped=True)
    return Told(course.narrative, stopped=course.stopped)


def go_on_telling(place: "Place", choices: "Choices", thread: str, form: str, *, seconds: float | None) -> int:
    """Go on with a narrative as `vivek threads resume` does, and return the exit code.

    Raises:
        ConfigError: If it is asked for in a way that only turns have.
        VivekError: If it cannot be gone on with.
    """
    from vivek.cli.render.architecture_text import report_lines
    from vivek.cli.reports import draw_lines, progress
    from vivek.session.doors.analyze import analyze

    if form != "text" or seconds is not None:
        msg = f"Thread {thread} tells of a project: it has neither the forms nor the time limit of a turn."
        raise ConfigError(msg, hint=f"`vivek analyze --thread {thread}` knows `--format json` and others.")
    with progress() as tell:
        report = analyze(place, on_progress=tell)
    told = have_told(place, report, choices, thread=thread)
    draw_lines(report_lines(report, "all", narrative=told.narrative))
    return told.code


class _Course:
    """One narrative on its way."""

    def __init__(self, opener: "Open", interrupts: Interrupts) -> None:
        self._open = opener
        self._interrupts = interrupts
        self.narrative: Narrative | None = None
        self.stopped = False

    async def tell(self, place: "Place", report: Architecture, choices: "Choices", thread: str | None) -> None:
        """Ask the model that is named, else the best one that is found here."""
        with suppress(TurnCancelledError):
            try:
                found = choices if thread is not None else await self._interrupts.run(find_model(place, choices))
                if found is None:
                    self._fail("no model was found here")
                    return
                opened = self._open(place, found, None if thread else report, thread=thread)
                await self._interrupts.run(self._follow(opened))
            except ModelAPIError as error:
                self._fail(error.message)

    async def _follow(self, opened: "AbstractAsyncContextManager[Narration]") -> None:
        live = look_at_terminal().shows

        def take(event: object) -> Narrative | None:
            if isinstance(event, PassageWritten) and live:
                tell(told_line(event))
            return event.narrative if isinstance(event, NarrativeEnded) else None

        async with opened as narration:
            first = telling_line(narration.cost, narration.model)
            self.narrative, self.stopped = await follow(narration, first, tell, take)

    def _fail(self, why: str) -> None:
        told = f"No model tells of it: {why.rstrip('.')}."
        tell(problem(told))
        self.narrative = Narrative(status="incomplete", told=(told,))


def _opened(
    place: "Place", choices: "Choices", report: Architecture | None, *, thread: str | None
) -> "AbstractAsyncContextManager[Narration]":
    """Open a narrative; what it needs is loaded now and not before, because there may be no model to ask."""
    from vivek.session.piecewise.narrative import open_narrative

    return open_narrative(place, choices, report, thread=thread)
