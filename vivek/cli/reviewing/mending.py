"""Goes through the fixes of a review: shows each, asks, and lets it be tried. Decides nothing about a fix itself."""

import asyncio
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from vivek.cli.keys import Interrupts, Keyboard, SignalledError
from vivek.cli.options import look_at_terminal
from vivek.cli.render.questions import framed, trust_of
from vivek.cli.render.review import by_file, place_of
from vivek.cli.render.review_text import finding_lines
from vivek.cli.render.safe_text import FRAME, one_line, problem, visible
from vivek.cli.reports import draw_lines
from vivek.cli.turn.asking import Asker, choose
from vivek.cli.turn.permission import ask_trust
from vivek.errors import ConfigError, TurnCancelledError, VivekError
from vivek.schema.approval import Decision
from vivek.schema.events import CheckStarted, Event, Notice
from vivek.schema.findings import Finding, FixOutcome

if TYPE_CHECKING:
    from vivek.schema.changes import Changes
    from vivek.session.doors.fixing import FixDoor, Offer
    from vivek.session.place import Place

_LETTERS = ("y", "n", "e", "a", "q")
_HELP = f"""\
{FRAME} y  apply it; it is checked first, and dropped when a check is against it
{FRAME} n  leave the code as it is
{FRAME} e  edit the file with the fix in it first, in $VISUAL or $EDITOR
{FRAME} a  apply it and all that follow of this rule, without asking; files that deserve a second look are asked about
{FRAME} q  end here; what was kept stays
{FRAME} ?  this text
{FRAME} `vivek undo` takes all fixes of this walk back."""


@dataclass(frozen=True, slots=True)
class Mended:
    """What came of a walk.

    Attributes:
        outcomes: What became of each fix, in the order they were gone through.
        stopped: Whether Ctrl-C ended it.
    """

    outcomes: tuple[FixOutcome, ...]
    stopped: bool = False


def needs_terminal(*, yes: bool) -> None:
    """Refuse to ask where nobody can answer.

    Raises:
        ConfigError: If that is so.
    """
    if not (yes or look_at_terminal().asks):
        msg = "`--fix` asks about each fix, and there is no terminal to ask on."
        raise ConfigError(msg, hint="Add `--yes` to apply every fix that its checks let pass.")


def mend(place: "Place", changes: "Changes", findings: Sequence[Finding], *, yes: bool) -> Mended:
    """Go through the findings that have a fix.

    Args:
        place: The project.
        changes: What was reviewed.
        findings: What was found.
        yes: Whether nothing is asked.

    Raises:
        ConfigError: If this is no project.
        ThreadError: If another process goes through fixes here.
        WorkspaceError: If the disk or the data folder cannot be used.
        SignalledError: If a signal asks the process to end.
    """
    from vivek.session.doors.fixing import FixDoor
    from vivek.session.options import Choices

    mendable = [finding for finding in by_file(findings) if finding.fix is not None]
    if not mendable:
        _tell("there is nothing to fix: no finding comes with a fix")
        return Mended(())
    with FixDoor(place, changes, Choices(interactive=not yes), _emit) as door:
        for said in door.settled:
            _tell(said)
        return asyncio.run(walk(door, mendable, None if yes else Keyboard()))


async def walk(door: "FixDoor", findings: Sequence[Finding], asker: Asker | None) -> Mended:
    """Go through fixes one after another.

    Args:
        door: Tries them.
        findings: Whose they are.
        asker: Who is asked, None to take all.
    """
    steps = _Walk(door, asker, Interrupts(time.monotonic))
    for number, finding in enumerate(findings, 1):
        try:
            going_on = await steps.take(finding, f"fix {number} of {len(findings)}")
        except SignalledError:
            raise
        except (TurnCancelledError, KeyboardInterrupt):
            return Mended(tuple(steps.outcomes), stopped=True)
        if not going_on:
            break
    return Mended(tuple(steps.outcomes))


@dataclass(slots=True)
class _Walk:
    """One walk: what became of the fixes so far, and which rules need no question any more."""

    door: "FixDoor"
    asker: Asker | None
    interrupts: Interrupts
    outcomes: list[FixOutcome] = field(default_factory=list)
    rules: set[str] = field(default_factory=set)
    asked_trust: bool = False

    async def take(self, finding: Finding, counted: str) -> bool:
        """Go through one fix; False when the user wants no more."""
        offer = self.door.offer(finding)
        if not isinstance(offer, FixOutcome):
            draw_lines([("", ""), ("dim", counted), *finding_lines(finding, fixed=False)] if self.asker else [])
            answer, offer = await self._decided(offer)
            if answer == "q":
                return False
            if answer == "a":
                self.rules.add(finding.rule)
        if not isinstance(offer, FixOutcome):
            await self._ask_trust()
            offer = await self.interrupts.run(self.door.mend(offer))
        self.outcomes.append(offer)
        why = f": {visible(offer.told)}" if offer.told else ""
        _tell(f"{offer.result} {place_of(finding)} [{one_line(finding.rule)}]{why}")
        self.interrupts.leave()
        return True

    async def _decided(self, offer: "Offer") -> "tuple[str, Offer | FixOutcome]":
        """Return what the user says, and the offer as they want it; or what became of it instead."""
        if self.asker is None:
            if offer.look_twice:
                return "n", offer.outcome("declined", f"{offer.look_twice}: it has to be looked at")
            return "y", offer
        while True:
            _draw(offer.diff)
            known = offer.finding.rule in self.rules and not offer.look_twice
            answer = "y" if known else await _answer(self.asker, offer)
            if answer == "n":
                return "n", offer.outcome("declined")
            if answer != "e":
                return answer, offer
            edited = await self._edited(offer)
            if isinstance(edited, FixOutcome):
                return "e", edited
            offer = edited

    async def _edited(self, offer: "Offer") -> "Offer | FixOutcome":
        from vivek.session.doors.editing import edit_text, name_of

        try:
            text = await edit_text(offer.text, name_of(offer.path))
        except VivekError as error:
            _tell(problem(error.message, error.hint))
            return offer
        return self.door.edited(offer, text)

    async def _ask_trust(self) -> None:
        """Ask once whether the project's own checks may run."""
        if self.asker is None or self.asked_trust:
            return
        self.asked_trust = True
        question = await self.door.question()
        if question is None:
            return
        _tell(trust_of(question))
        decision = await ask_trust(self.asker, _tell)
        self.door.answer(question, decision or Decision(approved=False))


async def _answer(asker: Asker, offer: "Offer") -> str:
    """Return y, n, e, a or q."""
    if offer.look_twice:
        _tell(framed(f"Look twice: {one_line(offer.path)} {one_line(offer.look_twice, 500)}"))
    asker.discard()
    while True:
        try:
            answer = await choose(asker, "Apply?", _LETTERS, "n" if offer.look_twice else "y")
        except EOFError:
            return "q"
        if answer in _LETTERS:
            return answer
        _tell(_HELP)


def _draw(diff: str) -> None:
    """Draw a diff with the words that changed marked, or plainly where nothing is drawn."""
    if not look_at_terminal().draws:
        sys.stdout.write(visible(diff))
        return
    from rich.console import Console

    from vivek.cli.render.diff import diff_text
    from vivek.session.doors.editing import mark_words

    Console(highlight=False).print(diff_text(mark_words(diff)))
    sys.stdout.flush()


def _tell(text: str) -> None:
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def _emit(event: Event) -> None:
    match event:
        case CheckStarted():
            _tell(f"checking: {one_line(event.command)}")
        case Notice():
            _tell(problem(event.text, event.hint))
