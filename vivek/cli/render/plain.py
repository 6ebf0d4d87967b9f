"""Events as plain text without escape codes: what is asked for on one stream, all else on the other.

For pipes, dumb terminals, `NO_COLOR` and `--no-stream`. Imports no drawing library, so that a pipe pays for none.
"""

from collections.abc import Callable, Sequence
from typing import TextIO

from vivek.cli.render.blocks import Block
from vivek.cli.render.phrases import changes_of, figures_of, news_of, outcome_of, phase_of
from vivek.cli.render.questions import concerns_of
from vivek.cli.render.reply import Reply
from vivek.cli.render.safe_text import SafeStream, one_line, visible
from vivek.cli.render.shown import ShownDiffs
from vivek.schema.checks import Check
from vivek.schema.edits import FileChange
from vivek.schema.events import ApprovalRequested, Event, NodeStarted, PhaseChanged, PlanReady, TextDelta, TurnDone
from vivek.schema.nodes import SILENT_NODES
from vivek.schema.report import TurnReport

_FLUSH_SECONDS = 0.05


class PlainView:
    """Writes a turn as text.

    Args:
        out: Where answer and diff go.
        err: Where everything else goes.
        clock: Seconds of a clock that only goes forward.
        stream: Whether the answer is written as it comes.
        progress: Whether nodes and phases are told.
        chat: Whether there is a prompt behind it, at which the user can go on.
    """

    def __init__(
        self,
        out: TextIO,
        err: TextIO,
        *,
        clock: Callable[[], float],
        stream: bool = True,
        progress: bool = False,
        chat: bool = False,
    ) -> None:
        self._out = out
        self._err = err
        self._clock = clock
        self._stream = stream
        self._progress = progress
        self._chat = chat
        self._reply = Reply()
        self._safe = SafeStream()
        self._fresh = True
        self._written = False
        self._flushed = 0.0
        self._diffs = ShownDiffs()
        self._told = ""

    def show(self, event: Event) -> None:
        """Write what an event says."""
        match event:
            case TextDelta():
                self._text(event)
            case NodeStarted() | PhaseChanged():
                self._activity(event)
            case ApprovalRequested():
                self._change(event.diff, event.changes, event.checks)
                self.tell(concerns_of(event.concerns, event.notes))
            case TurnDone():
                self._end(event.report)
            case _:
                if isinstance(event, PlanReady):
                    self._reply.folding = event.plan.kind == "change"
                self.tell(news_of(event))

    def tick(self) -> None:
        """Let what was written be seen."""
        now = self._clock()
        if self._written and now - self._flushed >= _FLUSH_SECONDS:
            self._flush()

    def close(self) -> None:
        """Write what is held back."""
        self._put(self._safe.finish())
        self._blocks(self._reply.finish())
        self._end_line()
        self._flush()

    def typing(self, queued: Sequence[str], draft: str) -> None:
        """Show nothing: there is no line to draw anew."""

    def tell(self, text: str) -> None:
        """Write lines beside the answer."""
        if not text:
            return
        self._end_line()
        self._flush()
        self._err.write(f"{text}\n")
        self._err.flush()

    def _text(self, event: TextDelta) -> None:
        if not self._stream or event.node in SILENT_NODES:
            return
        if self._reply.folding:
            self._blocks(self._reply.feed(event.text))
        else:
            self._reply.seen(event.text)
            self._put(self._safe.feed(event.text))
        self.tick()

    def _blocks(self, blocks: list[Block]) -> None:
        for block in blocks:
            if block.kind == "folded":
                continue
            self._put(visible(("\n" if block.gap and self._told else "") + block.text))

    def _activity(self, event: NodeStarted | PhaseChanged) -> None:
        if isinstance(event, NodeStarted):
            self._blocks(self._reply.finish())
            self._end_line()
        if self._progress:
            doing = phase_of(event.phase) if isinstance(event, PhaseChanged) else "begins"
            self.tell(f"{one_line(event.node)}: {doing}")

    def _change(self, diff: str, changes: tuple[FileChange, ...], checks: tuple[Check, ...]) -> None:
        self.close()
        if self._diffs.take(diff):
            self._put(("\n" if self._told else "") + visible(diff))
            self._end_line()
            self.tell(changes_of(changes, checks))

    def _end(self, report: TurnReport) -> None:
        self.close()
        rest = self._reply.rest(report)
        if rest:
            self._put(("\n" if self._told else "") + visible(rest))
            self._end_line()
        self._change(report.diff, report.changes, report.checks)
        self._reply.forget()
        self.tell(outcome_of(report, chat=self._chat))
        self.tell(figures_of(report.usage))

    def _put(self, text: str) -> None:
        if not text:
            return
        self._out.write(text)
        self._told = text
        self._fresh = text.endswith("\n")
        self._written = True

    def _end_line(self) -> None:
        if not self._fresh:
            self._put("\n")

    def _flush(self) -> None:
        if self._written:
            self._out.flush()
            self._written = False
            self._flushed = self._clock()
