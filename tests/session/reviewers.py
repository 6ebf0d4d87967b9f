"""A model that reviews by what it is asked, a change with a defect, and ways to have it reviewed."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests.conftest import PRICES, REPORT
from vivek.prompts.finders import finders
from vivek.providers.adapters.scripted import ScriptedProvider, ScriptedReply
from vivek.schema.changes import ScopeWish
from vivek.schema.chunk import Chunk, Usage
from vivek.schema.findings import ReviewReport
from vivek.schema.models import ModelInfo
from vivek.schema.request import Request
from vivek.schema.reviewing import ReviewEffort, ReviewEnded
from vivek.session.doors.review import collect_changes, review_static
from vivek.session.options import Choices
from vivek.session.piecewise.review import Review, ReviewEvent, open_review
from vivek.session.place import open_place

SKIPS = REPORT.replace("for price in prices", "for price in prices[1:]").replace("Add up", "Sum up")
"""The first price is left out; the file with the most changed lines is the riskiest, and read first."""

QUOTE = "    return sum(discount(price, percent) for price in prices[1:])"
DEFECT = {
    "quote": QUOTE,
    "scenario": "With the prices 5 and 7 and no discount the first one is skipped, and 7 comes back in place of 12.",
    "title": "The first price is left out.",
    "matter": "wrong-result",
    "severity": "high",
    "confidence": "high",
    "fix": QUOTE.replace("[1:]", ""),
}
HOLDS = {"trace": "The slice drops the first element.", "verdict": "holds", "counter": ""}
SAID = {"changed": "The total leaves something out.", "promise": ""}


def is_second_look(asked: str) -> bool:
    """Tell whether a question is to trace a claim again."""
    return "A reviewer claims the defect above" in asked


def asks(finder: str, asked: str) -> bool:
    """Tell whether a question is that of this name."""
    return next(each.text for each in finders("deep") if each.id == finder) in asked


def is_summary(asked: str) -> bool:
    """Tell whether a question is what the change does."""
    return "Say what the change does" in asked


class Reviewer(ScriptedProvider):
    """Finds the defect wherever it is shown the lines, confirms it, and says what the change does.

    Attributes:
        verdict: What it says at a second look.
        says: Returns another reply for what it is asked, None for the usual one; it may raise.
    """

    def __init__(self, window: int = 16_384) -> None:
        super().__init__([], window)
        self.verdict: dict[str, str] = HOLDS
        self.says: Callable[[str], str | ScriptedReply | None] = lambda asked: None

    @property
    def asked(self) -> list[str]:
        """Return what every request asks: all but the system text."""
        return [_asked(request) for request in self.requests]

    def _next(self, request: Request) -> ScriptedReply:
        self.requests.append(request)
        asked = _asked(request)
        said = self.says(asked)
        if said is not None:
            return said if isinstance(said, ScriptedReply) else ScriptedReply(said)
        if is_second_look(asked):
            return ScriptedReply(json.dumps(self.verdict))
        if is_summary(asked):
            return ScriptedReply(json.dumps(SAID))
        return ScriptedReply(json.dumps({"findings": [DEFECT] if f"+{QUOTE}" in asked else []}))


def _asked(request: Request) -> str:
    return "\n".join(message.content for message in request.messages[1:])


def spoil(root: Path) -> None:
    """Change two files, one of them for the worse."""
    (root / "till/report.py").write_text(SKIPS)
    (root / "till/prices.py").write_text(PRICES.replace("percentage", "share"))


@dataclass
class Reviewed:
    """What came of a review.

    Attributes:
        events: All it told.
        review: The review itself, closed by now.
    """

    review: Review
    events: list[ReviewEvent] = field(default_factory=list)

    @property
    def report(self) -> ReviewReport:
        """Return the report, which is the last event."""
        last = self.events[-1]
        assert isinstance(last, ReviewEnded), last
        return last.report

    def of(self, kind: type) -> list[ReviewEvent]:
        """Return the events of one kind."""
        return [event for event in self.events if isinstance(event, kind)]


@asynccontextmanager
async def opened(
    root: Path, provider: ScriptedProvider, *, effort: ReviewEffort = "quick", thread: str | None = None
) -> AsyncIterator[Review]:
    """Open a new review of the working tree."""
    place = open_place(root)
    changes = collect_changes(place, ScopeWish())
    static = review_static(place, changes)
    async with open_review(
        place, Choices(), changes, static, effort=effort, thread=thread, provider=provider
    ) as review:
        yield review


async def reviewed(
    root: Path,
    provider: ScriptedProvider,
    *,
    effort: ReviewEffort = "quick",
    thread: str | None = None,
    hear: Callable[[ReviewEvent], None] = lambda event: None,
) -> Reviewed:
    """Review the working tree; `hear` is told every event as it comes."""
    async with opened(root, provider, effort=effort, thread=thread) as review:
        heard = Reviewed(review)
        async for event in review.run():
            hear(event)
            heard.events.append(event)
        return heard


async def resumed(root: Path, provider: ScriptedProvider, thread: str) -> Reviewed:
    """Go on with a review."""
    async with open_review(open_place(root), Choices(), thread=thread, provider=provider) as review:
        return Reviewed(review, [event async for event in review.run()])


class Slotted(Reviewer):
    """Works on several prompts at a time; of those the first to be asked are the last to be answered.

    Args:
        slots: How many.

    Attributes:
        lag: Seconds by which one that is asked alone is answered; the more there are, the sooner the newest.
        slower_together: How much longer a reply takes for each other one that is worked on.
        running: How many are worked on now.
        most: How many were at a time, at most.
        stopped: How many replies were broken off.
    """

    def __init__(self, slots: int, window: int = 65_536) -> None:
        super().__init__(window)
        self.slots, self.lag, self.slower_together = slots, 0.04, 0.0
        self.running = self.most = self.stopped = 0

    async def describe(self, model: str) -> ModelInfo:
        """Return that there are several slots."""
        return replace(await super().describe(model), at_once=self.slots)

    async def stream(self, request: Request) -> AsyncIterator[Chunk]:
        """Yield the reply after those that were asked later, where they may be worked on side by side."""
        self.running += 1
        self.most = max(self.most, self.running)
        try:
            await asyncio.sleep(self.lag / self.running)
            async for piece in super().stream(request):
                usage = piece.usage
                others = self.slower_together * (self.running - 1)
                yield piece if usage is None else replace(piece, usage=_timed(usage, 1 + others))
        except (asyncio.CancelledError, GeneratorExit):
            self.stopped += 1
            raise
        finally:
            self.running -= 1


def _timed(usage: Usage, slower: float) -> Usage:
    """Return figures of a server that reads at once and writes slowly: then its slots are worth using."""
    return replace(usage, cached_tokens=0, completion_tokens=40, prefill_seconds=0.01, decode_seconds=2.0 * slower)
