"""What the model is doing now, as one line: node, phase, how far, how fast. The clock is handed in.

The speed while a reply comes is counted in the pieces that the server sent and marked with `~`: about one token each.
"""

from collections.abc import Callable

from vivek.cli.render.phrases import phase_of
from vivek.cli.render.safe_text import one_line
from vivek.schema.events import NodeStarted, PhaseChanged, PrefillProgress, TextDelta, ThinkingDelta

_ENOUGH_PIECES = 8
_ENOUGH_SECONDS = 0.5


class Activity:
    """Keeps the state behind the status line."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._node = ""
        self._doing = ""
        self._detail = ""
        self._since = clock()
        self._first_piece = 0.0
        self._first_pieces = 0
        self._pieces = 0

    def note(self, event: NodeStarted | PhaseChanged | PrefillProgress | TextDelta | ThinkingDelta) -> None:
        """Take in an event."""
        match event:
            case NodeStarted():
                self._begin(event.node, "")
            case PhaseChanged():
                self._begin(event.node, phase_of(event.phase))
            case PrefillProgress():
                self._doing = phase_of("prefill")
                self._detail = _progress(event)
            case ThinkingDelta():
                if self._doing != "thinking":
                    self._begin(event.node, "thinking")
                self.wrote(event)
            case TextDelta():
                self.wrote(event)

    def wrote(self, event: TextDelta | ThinkingDelta) -> None:
        """Count the pieces of a reply."""
        if not event.text:
            return
        if not self._pieces:
            self._first_piece, self._first_pieces = self._clock(), event.pieces
        self._pieces += event.pieces
        self._detail = ""

    def line(self) -> str:
        """Return the status line."""
        parts = [self._node, self._doing, self._detail, self._speed(), f"{self._clock() - self._since:.0f} s"]
        return " · ".join(part for part in parts if part)

    def _begin(self, node: str, doing: str) -> None:
        self._node, self._doing, self._detail = one_line(node, 40), doing, ""
        self._since, self._pieces = self._clock(), 0

    def _speed(self) -> str:
        seconds = self._clock() - self._first_piece
        if self._pieces < _ENOUGH_PIECES or seconds < _ENOUGH_SECONDS:
            return ""
        return f"~{(self._pieces - self._first_pieces) / seconds:.1f} tok/s"


def _progress(event: PrefillProgress) -> str:
    cached = f" ({event.cached:,} cached)" if event.cached else ""
    left = "" if event.remaining_seconds is None else f" · ~{event.remaining_seconds:.0f} s left"
    return f"{event.processed:,}/{event.total:,}{cached}{left}"
