"""Events on a terminal: finished blocks are printed once and stay, below them a short live tail.

Drawing a reply costs time linear in its size: nothing printed is drawn again. The clock is handed in.
"""

from collections.abc import Callable, Sequence

from rich.console import Console, RenderableType
from rich.live import Live
from rich.text import Text

from vivek.cli.render.activity import Activity
from vivek.cli.render.diff import diff_text
from vivek.cli.render.markdown import drawable, prose
from vivek.cli.render.phrases import changes_of, figures_of, news_of, outcome_of
from vivek.cli.render.questions import concerns_of
from vivek.cli.render.reply import SILENT_NODES, Block, Reply
from vivek.cli.render.safe_text import visible
from vivek.schema.checks import Check
from vivek.schema.edits import FileChange
from vivek.schema.events import (
    ApprovalRequested,
    CallDone,
    CheckDone,
    EditApplied,
    EditRefused,
    EditStaged,
    Event,
    NodeStarted,
    PhaseChanged,
    PlanReady,
    PrefillProgress,
    TextDelta,
    ThinkingDelta,
    TurnDone,
)
from vivek.schema.marks import MarkedLine
from vivek.schema.questions import CommandRequested, TrustRequested
from vivek.schema.report import TurnReport

_FRAME_SECONDS = 1 / 15
_TAIL_LINES = 5
_ROOM = 4  # lines of the screen that the tail leaves alone
_NARROW = 20  # columns below which Markdown's own indents would crowd out the text


class LiveView:
    """Draws a turn on a terminal.

    Args:
        console: Where to draw; any console of rich, a recording one too.
        clock: Seconds of a clock that only goes forward.
        mark: Takes a unified diff apart and marks the words that changed.
        tail: Whether there is a live tail; without it only finished blocks are printed.
    """

    def __init__(
        self,
        console: Console,
        *,
        clock: Callable[[], float],
        mark: Callable[[str], Sequence[MarkedLine]],
        tail: bool = True,
    ) -> None:
        self._console = console
        self._clock = clock
        self._mark = mark
        self._tail = tail
        self._live: Live | None = None
        self._queue: list[RenderableType] = []
        self._drawn = clock()
        self._reply = Reply()
        self._activity = Activity(clock)
        self._diff = ""
        self._printed = False
        self._working = False
        self._waiting = True

    def show(self, event: Event) -> None:
        """Draw what an event says, now or with the next frame."""
        self._working = True
        match event:
            case TextDelta() if event.node not in SILENT_NODES:
                self._activity.wrote(event)
                self._put(self._reply.feed(event.text))
                self._show_first()
            case TextDelta() | ThinkingDelta() | PhaseChanged() | PrefillProgress():
                self._activity.note(event)
            case NodeStarted():
                self._put(self._reply.finish())
                self._activity.note(event)
                self._waiting = True
            case ApprovalRequested():
                self._change(event.diff, event.changes, event.checks)
                self._doubts(event)
            case TurnDone():
                self._end(event.report)
            case CallDone() | EditStaged() | CheckDone():
                pass  # the diff and the figures tell it once
            case _:
                if isinstance(event, PlanReady):
                    self._reply.folding = event.plan.kind == "change"
                self._line(news_of(event), _style_of(event))
        self.tick()

    def tick(self) -> None:
        """Draw a frame if the last one is old enough."""
        now = self._clock()
        if now - self._drawn < _FRAME_SECONDS:
            return
        self._drawn = now
        self._frame()

    def close(self) -> None:
        """Print what is left and take the tail away."""
        self._working = False
        self._put(self._reply.finish())
        if self._live is not None:
            # An empty tail first: one that is taller than the screen would leave lines behind.
            self._live.update(Text(""), refresh=True)
            self._live.stop()
            self._live = None
        self._print()

    def tell(self, text: str) -> None:
        """Print lines of vivek's own."""
        self.close()
        self._line(text, "")
        self._print()

    def _show_first(self) -> None:
        """Draw the first text of a reply at once: somebody waits for it."""
        if self._waiting:
            self._waiting = False
            self._drawn = -_FRAME_SECONDS

    def _put(self, blocks: list[Block]) -> None:
        for block in blocks:
            if block.gap:
                self._gap()
            narrow = block.kind == "prose" and self._console.width < _NARROW
            self._queue.append(Text(visible(block.text)) if narrow else drawable(block))

    def _line(self, text: str, style: str) -> None:
        if text:
            self._queue.append(Text(text, style=style, overflow="fold"))

    def _gap(self) -> None:
        if self._printed or self._queue:
            self._queue.append(Text(""))

    def _change(self, diff: str, changes: tuple[FileChange, ...], checks: tuple[Check, ...]) -> None:
        self.close()
        if diff and diff != self._diff:
            self._gap()
            lines = self._mark(diff)
            self._queue.append(diff_text(lines))
            self._line(changes_of(changes, checks), "bold")
            if len(lines) > self._console.size.height:
                self._line(f"The diff has {len(lines):,} lines; scroll up for its beginning.", "dim")
            self._print()
        self._diff = diff or self._diff

    def _doubts(self, event: ApprovalRequested) -> None:
        self._line(concerns_of([concern for concern in event.concerns if concern.level != "note"]), "yellow")
        self._line(concerns_of([concern for concern in event.concerns if concern.level == "note"], event.notes), "dim")
        self._print()

    def _end(self, report: TurnReport) -> None:
        self.close()
        rest = self._reply.rest(report)
        if rest:
            self._gap()
            self._queue.append(prose(rest))
        self._change(report.diff, report.changes, report.checks)
        self._reply.forget()
        self._line(outcome_of(report), "yellow")
        self._line(figures_of(report.usage), "dim")
        self._print()

    def _print(self) -> None:
        queue, self._queue = self._queue, []
        if not queue:
            return
        self._printed = True
        with self._console:  # one write for all of them
            for item in queue:
                self._console.print(item, highlight=False)

    def _frame(self) -> None:
        if not (self._tail and self._working):
            self._print()
            return
        if self._live is None:
            self._live = Live(
                console=self._console,
                auto_refresh=False,
                transient=True,
                redirect_stdout=False,
                redirect_stderr=False,
                vertical_overflow="crop",
            )
            self._live.start()
        queued = bool(self._queue)
        self._live.update(self._tail_text(), refresh=not queued)
        self._print()  # draws the tail anew below what it prints

    def _tail_text(self) -> Text:
        size = self._console.size
        lines = min(_TAIL_LINES, size.height - _ROOM)
        status = Text(self._activity.line(), style="dim", no_wrap=True, overflow="ellipsis")
        if lines < 1:
            return status
        text = Text(visible(self._reply.tail(lines)[-lines * size.width :]), overflow="fold")
        wrapped = text.wrap(self._console, size.width)
        shown = Text("\n").join([line for line in wrapped if line.plain.strip()][-lines:])
        return Text("\n").join([shown, status]) if shown.plain else status


def _style_of(event: Event) -> str:
    match event:
        case EditRefused():
            return "yellow"
        case EditApplied():
            return "green"
        case TrustRequested() | CommandRequested():
            return "bold"
        case _:
            return "dim"
