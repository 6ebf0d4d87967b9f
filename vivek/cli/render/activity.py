"""What the model is doing now, as one line: phase, how far, how fast, how full. The clock is handed in.

The speed while a reply comes is counted in the pieces that the server sent and marked with `~`: about one token each.
What nobody measured is left out.
"""

from collections.abc import Callable

from vivek.cli.render.phrases import fitted, phase_of
from vivek.cli.render.safe_text import one_line
from vivek.schema.events import (
    BudgetSpent,
    CallDone,
    Event,
    NodeStarted,
    PhaseChanged,
    PrefillProgress,
    TextDelta,
    ThinkingDelta,
    TurnStarted,
)

_ENOUGH_PIECES = 8
_ENOUGH_SECONDS = 0.5
_KIB = 1_024
_THINKING = "thinking"

NEWS = (BudgetSpent, CallDone, NodeStarted, PhaseChanged, PrefillProgress, TextDelta, ThinkingDelta, TurnStarted)
"""The events that change the line."""


class Activity:
    """Keeps the state behind the status line."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._model = ""
        self._window: int | None = None
        self._used: int | None = None
        self._used_is_exact = False
        self._node = ""
        self._doing = ""
        self._detail = ""
        self._since = self._called = clock()
        self._cached: float | None = None
        self._first_token: float | None = None
        self._first_piece = 0.0
        self._first_pieces = 0
        self._pieces = 0
        self._written = 0
        self._thinking_since: float | None = None
        self._thought = 0

    def note(self, event: Event) -> None:
        """Take in an event; those that are not among `NEWS` change nothing."""
        match event:
            case TurnStarted():
                self._model, self._window = one_line(event.model, 40), event.window or None
            case NodeStarted():
                self._begin(event.node, "")
                self._cached = self._first_token = None
            case BudgetSpent():
                self._written = 0
                self._window = event.window or self._window
                self._used, self._used_is_exact = sum(tokens for _, tokens in event.kept), False
            case PhaseChanged():
                self._begin(event.node, phase_of(event.phase))
                if event.phase != "decode":
                    self._first_token = None
                    self._called = self._clock()
            case PrefillProgress():
                self._read(event)
            case ThinkingDelta():
                self._think(event)
            case TextDelta():
                self._wrote(event)
            case CallDone():
                self._end_call(event)

    def thought(self) -> str:
        """Return once how long the model thought, "" when it did not."""
        if self._thinking_since is None:
            return ""
        seconds, tokens = self._clock() - self._thinking_since, self._thought
        self._thinking_since, self._thought = None, 0
        return f"thought for {seconds:.0f} s, ~{tokens:,} tokens" if tokens else ""

    def line(self, columns: int) -> str:
        """Return the status line; what matters least is left out of a narrow one."""
        seconds = f"{self._clock() - self._since:.0f} s"
        speed = self._speed()
        parts = [
            (7, self._node),
            (0, " ".join(part for part in (self._doing, self._detail) if part)),
            (2, speed),
            (5, "" if self._first_token is None else f"first token {self._first_token:.1f} s"),
            (4, "" if self._cached is None else f"{100 * self._cached:.0f} % cached"),
            (3, self._filled()),
            (6, self._model),
            (1, seconds),
        ]
        return fitted([part for part in parts if part[1]], columns)

    def _begin(self, node: str, doing: str) -> None:
        self._node, self._doing, self._detail = one_line(node, 40), doing, ""
        self._since, self._pieces = self._clock(), 0

    def _read(self, event: PrefillProgress) -> None:
        if self._doing != phase_of("prefill"):
            self._begin(event.node, phase_of("prefill"))
            self._called = self._clock()
        share = f"{100 * event.processed / event.total:.0f} %" if event.total else ""
        left = "" if event.remaining_seconds is None else f"~{event.remaining_seconds:.0f} s left"
        self._detail = " ".join(part for part in (share, left) if part)
        if event.total:
            self._used, self._used_is_exact = event.total, True
            self._cached = event.cached / event.total if event.cached else self._cached

    def _think(self, event: ThinkingDelta) -> None:
        if self._thinking_since is None:
            self._begin(event.node, _THINKING)
            self._thinking_since = self._clock()
        self._thought += event.pieces if event.text else 0
        self._count(event)

    def _wrote(self, event: TextDelta) -> None:
        if event.text and self._doing in (_THINKING, phase_of("prefill")):
            self._begin(event.node, phase_of("decode"))
        self._count(event)

    def _count(self, event: TextDelta | ThinkingDelta) -> None:
        """Count the pieces of a reply."""
        if not event.text:
            return
        now = self._clock()
        if self._first_token is None:
            self._first_token = now - self._called
        if not self._pieces:
            self._first_piece, self._first_pieces = now, event.pieces
        self._pieces += event.pieces
        self._written += event.pieces
        self._detail = ""

    def _end_call(self, event: CallDone) -> None:
        usage = event.usage
        self._pieces = 0
        self._model = one_line(event.model, 40) or self._model
        self._first_token = event.time_to_first_token
        if usage.prompt_tokens is not None:
            self._written = 0
            self._used = usage.prompt_tokens + (usage.completion_tokens or 0)
            self._used_is_exact = usage.completion_tokens is not None
            if usage.cached_tokens is not None and usage.prompt_tokens:
                self._cached = usage.cached_tokens / usage.prompt_tokens

    def _speed(self) -> str:
        seconds = self._clock() - self._first_piece
        if self._pieces < _ENOUGH_PIECES or seconds < _ENOUGH_SECONDS:
            return ""
        return f"~{(self._pieces - self._first_pieces) / seconds:.1f} tok/s"

    def _filled(self) -> str:
        """Return how much of the window is used; what vivek reckons itself is marked with `~`."""
        if self._window is None:
            return ""
        if self._used is None:
            return f"{_short(self._window)} window"
        mark = "" if self._used_is_exact and not self._written else "~"
        return f"{mark}{_short(self._used + self._written)}/{_short(self._window)}"


def _short(tokens: int) -> str:
    if tokens < _KIB:
        return str(tokens)
    size = tokens / _KIB
    return f"{size:.1f}k" if size < 10 and tokens % _KIB else f"{size:.0f}k"
