"""Events on a terminal: finished blocks are printed once and stay, below them a short live tail.

Drawing a reply costs time linear in its size: nothing printed is drawn again. The clock is handed in.
"""

from collections.abc import Callable, Sequence

from rich.console import Console, RenderableType
from rich.text import Text

from vivek.cli.render.below import TAIL_LINES, Below
from vivek.cli.render.blocks import Block
from vivek.cli.render.diff import diff_text
from vivek.cli.render.drafts import Marker
from vivek.cli.render.drawing import Drawing
from vivek.cli.render.markdown import STYLES
from vivek.cli.render.phrases import changes_of, figures_of, news_of, outcome_of
from vivek.cli.render.questions import concerns_of
from vivek.cli.render.reply import Reply
from vivek.cli.render.shown import ShownDiffs
from vivek.schema.checks import Check
from vivek.schema.edits import FileChange
from vivek.schema.events import (
    ApprovalRequested,
    EditApplied,
    EditRefused,
    Event,
    NodeStarted,
    PlanReady,
    TextDelta,
    TurnDone,
)
from vivek.schema.nodes import SILENT_NODES
from vivek.schema.questions import CommandRequested, TrustRequested
from vivek.schema.report import TurnReport

_FRAME_SECONDS = 1 / 12


class LiveView:
    """Draws a turn on a terminal.

    Args:
        console: Where to draw; any console of rich, a recording one too.
        clock: Seconds of a clock that only goes forward.
        mark: Takes a unified diff apart and marks the words that changed.
        tail: Whether there is a live tail; without it only finished blocks are printed.
        chat: Whether there is a prompt behind it, at which the user can go on.
    """

    def __init__(
        self,
        console: Console,
        *,
        clock: Callable[[], float],
        mark: Marker,
        tail: bool = True,
        chat: bool = False,
    ) -> None:
        self._console = console
        console.push_theme(STYLES)
        self._clock = clock
        self._mark = mark
        self._tail = tail
        self._chat = chat
        self._below = Below(console, clock)
        self._drawing = Drawing(mark)
        self._queue: list[RenderableType] = []
        self._drawn = clock()
        self._reply = Reply()
        self._diffs = ShownDiffs()
        self._printed = False
        self._working = False
        self._waiting = True

    def show(self, event: Event) -> None:
        """Draw what an event says, now or with the next frame."""
        self._working = True
        if isinstance(event, TextDelta) and event.text:
            self._end_thinking()
        self._below.note(event)
        match event:
            case TextDelta() if event.node not in SILENT_NODES:
                self._put(self._reply.feed(event.text))
                self._show_first()
            case NodeStarted():
                self._put(self._reply.finish())
                self._end_thinking()
                self._waiting = True
            case ApprovalRequested():
                self._change(event.diff, event.changes, event.checks)
                self._doubts(event)
            case TurnDone():
                self._end(event.report)
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
        self._end_thinking()
        self._print()
        self._below.clear()

    def tell(self, text: str) -> None:
        """Print lines of vivek's own."""
        self.close()
        self._line(text, "")
        self._print()

    def typing(self, queued: Sequence[str], draft: str) -> None:
        """Show what is typed meanwhile, below the tail; it is drawn at once, as an echo is."""
        self._below.typing(queued, draft)
        if self._working:
            self._frame()

    def _show_first(self) -> None:
        """Draw the first text of a reply at once: somebody waits for it."""
        if self._waiting:
            self._waiting = False
            self._drawn = -_FRAME_SECONDS

    def _put(self, blocks: list[Block]) -> None:
        for block in blocks:
            if block.gap:
                self._gap()
            self._queue.append(self._drawing.block(block, self._console.width))

    def _line(self, text: str, style: str) -> None:
        if text:
            self._queue.append(Text(text, style=style, overflow="fold"))

    def _gap(self) -> None:
        if self._printed or self._queue:
            self._queue.append(Text(""))

    def _change(self, diff: str, changes: tuple[FileChange, ...], checks: tuple[Check, ...]) -> None:
        self.close()
        if self._diffs.take(diff):
            self._gap()
            lines = self._mark(diff)
            self._queue.append(diff_text(lines))
            self._line(changes_of(changes, checks), "bold")
            if len(lines) > self._console.size.height:
                self._line(f"The diff has {len(lines):,} lines; scroll up for its beginning.", "dim")
            self._print()

    def _doubts(self, event: ApprovalRequested) -> None:
        self._line(concerns_of([concern for concern in event.concerns if concern.level != "note"]), "yellow")
        self._line(concerns_of([concern for concern in event.concerns if concern.level == "note"], event.notes), "dim")
        self._print()

    def _end(self, report: TurnReport) -> None:
        self.close()
        rest = self._reply.rest(report)
        if rest:
            self._gap()
            self._queue += self._drawing.whole(rest, self._console.width)
        self._change(report.diff, report.changes, report.checks)
        self._reply.forget()
        self._line(outcome_of(report, chat=self._chat), "yellow")
        self._line(figures_of(report.usage, self._console.width), "dim")
        self._print()

    def _end_thinking(self) -> None:
        self._line(self._below.thought(), "dim")

    def _print(self) -> None:
        queue, self._queue = self._queue, []
        if not queue:
            return
        self._printed = True
        if not self._below.drawn:
            with self._console:  # one write for all of them
                self._print_all(queue)
            return
        self._below.clear(self._rendered(queue))

    def _rendered(self, queue: list[RenderableType]) -> str:
        with self._console.capture() as captured:
            self._print_all(queue)
        return captured.get()

    def _print_all(self, queue: list[RenderableType]) -> None:
        for item in queue:
            self._console.print(item, highlight=False)

    def _frame(self) -> None:
        if not (self._tail and self._working):
            self._print()
            return
        queue, self._queue = self._queue, []
        self._printed = self._printed or bool(queue)
        self._below.draw(self._reply.tail(TAIL_LINES), self._rendered(queue) if queue else "")


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
