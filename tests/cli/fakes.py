"""Doubles of what the command line talks to: a clock, a conversation, an answerer, a view."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from vivek.cli.turn.parties import Opener
from vivek.schema.approval import ApprovalPolicy, Decision
from vivek.schema.checks import Check
from vivek.schema.context import ContextReport
from vivek.schema.edits import FileChange
from vivek.schema.events import (
    ApprovalRequested,
    CheckDone,
    EditApplied,
    EditStaged,
    Event,
    NodeStarted,
    Notice,
    PhaseChanged,
    PlanReady,
    PrefillProgress,
    Question,
    TextDelta,
    TurnDone,
    TurnStarted,
)
from vivek.schema.plan import Plan
from vivek.schema.reopening import Reopening
from vivek.schema.report import TurnReport, TurnUsage
from vivek.schema.wishes import AS_USUAL, TurnWish

THREAD = "calm-otter-7"
DIFF = """\
diff --git a/app.py b/app.py
--- a/app.py
+++ b/app.py
@@ -1,2 +1,2 @@
 def area(width, height):
-    return width + height
+    return width * height
"""
CHANGE = FileChange("app.py", "modify", 1, 1, applied=False)
PARSED = Check("parse", "passed")
UNTESTED = Check("tests", "skipped", "no tests found")
USAGE = TurnUsage(1_024, 900, 56, calls=1, seconds=5.1, time_to_first_token=0.8, tokens_per_second=12.3)


class FakeClock:
    """Seconds that pass only when told."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


async def until(condition: Callable[[], object]) -> None:
    """Wait until something holds, at most ten seconds."""
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.005)


def answered(text: str, *, pieces: int = 4) -> list[Event]:
    """Return the events of a turn that answers."""
    size = max(1, len(text) // pieces)
    deltas: list[Event] = [TextDelta("executor", text[at : at + size]) for at in range(0, len(text), size)]
    return [
        TurnStarted(THREAD, "scripted/one", 4_096, "given"),
        NodeStarted("planner"),
        PlanReady(Plan("answer", ("Answer",)), made=False),
        NodeStarted("executor"),
        PhaseChanged("executor", "prefill"),
        PrefillProgress("executor", 512, 1_024, 256, 3.0),
        PhaseChanged("executor", "decode"),
        *deltas,
        TurnDone(TurnReport(THREAD, "done", answer=text, usage=USAGE, model="scripted/one")),
    ]


REQUEST = ApprovalRequested(DIFF, (CHANGE,), (PARSED, UNTESTED))
WAITING = TurnReport(
    THREAD, "needs_approval", changes=(CHANGE,), diff=DIFF, checks=(PARSED, UNTESTED), usage=USAGE, model="scripted/one"
)
REPLY = "The sum should be a product.\n\napp.py\n```python\ndef area(width, height):\n    return width * height\n```\n"


def edited() -> list[Event]:
    """Return the events of a turn up to its question."""
    return [
        TurnStarted(THREAD, "scripted/one", 4_096, "given"),
        NodeStarted("planner"),
        PlanReady(Plan("change", ("Mend area",), files=("app.py",)), made=True),
        NodeStarted("executor"),
        *[TextDelta("executor", char) for char in REPLY],
        NodeStarted("stage"),
        EditStaged(CHANGE),
        CheckDone(PARSED),
        REQUEST,
        TurnDone(WAITING),
    ]


def applied() -> list[Event]:
    """Return the events after a yes."""
    change = FileChange("app.py", "modify", 1, 1, applied=True)
    report = TurnReport(
        THREAD, "done", "Mended `area`.", (change,), DIFF, (PARSED, UNTESTED), None, USAGE, "scripted/one"
    )
    return [NodeStarted("apply"), EditApplied(change), TurnDone(report)]


@dataclass
class FakePlace:
    """A project."""

    root: Path = Path("/src/shop")
    data: Path = Path("/src/shop/.vivek")
    restricted: bool = False
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True)
class FakeChoices:
    """What the command line asked for."""

    thread: str | None = None
    latest: bool = False
    model: str | None = None
    base_url: str | None = None
    executor: str | None = None
    mode: str | None = None
    depth: str | None = None
    approve: str | None = None
    interactive: bool = True
    resident: bool = False
    window: int | None = None
    planner: str | None = None
    reviewer: str | None = None
    sandbox: str | None = None
    profile: str | None = None


Step = Event | BaseException | float


@dataclass
class FakeConversation:
    """A conversation that plays scripts, one a turn: events, errors to raise, seconds to wait."""

    scripts: list[Sequence[Step]]
    thread_id: str = THREAD
    model: str = "scripted/one"
    banner: str = "scripted/one · 4k window · /model"
    notices: tuple[Notice, ...] = ()
    news: tuple[Notice, ...] = ()
    waiting: Question | None = None
    reopening: Reopening = field(default_factory=lambda: Reopening("new"))
    approval: ApprovalPolicy = "ask"
    costs: ContextReport = field(default_factory=ContextReport)
    compacted: list[str] = field(default_factory=list)
    sent: list[str | None] = field(default_factory=list)
    wishes: list[TurnWish] = field(default_factory=list)
    kept: tuple[str, ...] = ()
    decisions: list[Decision] = field(default_factory=list)
    ended: int = 0
    warmed: int = 0

    def send(self, text: str | None, wish: TurnWish = AS_USUAL) -> AsyncIterator[Event]:
        """Play the next script."""
        self.sent.append(text)
        self.wishes.append(wish)
        return self._play(self.scripts.pop(0))

    async def context(self) -> ContextReport:
        """Return what the test put there."""
        return self.costs

    async def compact(self, keep: str = "") -> tuple[Notice, ...]:
        """Note it."""
        self.compacted.append(keep)
        return (Notice("It goes on from a summary."),)

    async def in_view(self, paths: Sequence[str] | None = None) -> tuple[str, ...]:
        """Keep these files, and return those that are kept."""
        self.kept = self.kept if paths is None else tuple(paths)
        return self.kept

    def warm(self) -> None:
        """Count."""
        self.warmed += 1

    def take_news(self) -> tuple[Notice, ...]:
        """Return what the test put there."""
        news, self.news = self.news, ()
        return news

    def answer(self, decision: Decision) -> AsyncIterator[Event]:
        """Play the next script."""
        self.decisions.append(decision)
        return self._play(self.scripts.pop(0))

    async def _play(self, script: Sequence[Step]) -> AsyncIterator[Event]:
        try:
            for step in script:
                match step:
                    case float():
                        await asyncio.sleep(step)
                    case BaseException():
                        raise step
                    case _:
                        yield step
        finally:
            self.ended += 1


class FakeOpener:
    """Opens conversations in turn; an error in their place is raised."""

    def __init__(self, *results: FakeConversation | BaseException) -> None:
        self.results = list(results)
        self.asked: list[Any] = []  # Any: the choices, real or fake
        self.closed = 0

    @asynccontextmanager
    async def __call__(self, place: object, choices: object) -> AsyncIterator[FakeConversation]:
        """Open the next one; the last is opened again and again."""
        self.asked.append(choices)
        result = self.results.pop(0) if len(self.results) > 1 else self.results[0]
        if isinstance(result, BaseException):
            raise result
        try:
            yield result
        finally:
            self.closed += 1

    def load(self) -> Opener:
        """Return itself, as the loader of a session would."""
        return self


class FakeAsker:
    """Answers questions; errors are raised."""

    def __init__(self, *answers: str | BaseException) -> None:
        self.answers = list(answers)
        self.questions: list[str] = []
        self.discarded = 0
        self.settled = 0
        self.queued: list[str] = []

    async def ask(self, question: str) -> str:
        """Give the next answer."""
        self.questions.append(question)
        answer = self.answers.pop(0)
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def discard(self) -> None:
        """Count."""
        self.discarded += 1

    async def settle(self, tell: Callable[[str], None]) -> None:
        """Count."""
        self.settled += 1

    def queue(self, text: str) -> bool:
        """Keep a text."""
        self.queued.append(text)
        return True


class FakeView:
    """Keeps what it is shown."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.told: list[str] = []
        self.typed: list[tuple[tuple[str, ...], str]] = []
        self.ticks = 0
        self.closed = 0

    def show(self, event: Event) -> None:
        """Keep an event."""
        self.events.append(event)

    def tick(self) -> None:
        """Count."""
        self.ticks += 1

    def close(self) -> None:
        """Count."""
        self.closed += 1

    def tell(self, text: str) -> None:
        """Keep a text."""
        self.told.append(text)

    def typing(self, queued: Sequence[str], draft: str) -> None:
        """Keep what is typed."""
        self.typed.append((tuple(queued), draft))
