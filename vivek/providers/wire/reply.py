"""What has arrived of one reply: the figures, the text kept for an error, the cap. Pure."""

from collections.abc import Mapping

from vivek.errors import ModelAPIError, StreamInterruptedError, VivekError
from vivek.providers.wire.thinking import ThoughtSplitter
from vivek.schema.chunk import Chunk, FinishReason, Phase, Progress
from vivek.schema.held import Held
from vivek.schema.tools import ToolCallPiece

MAX_REPLY_CHARACTERS = 200_000_000
"""Characters after which a reply is broken off; a long one is handed on and not held, but somewhere it has to lie."""

_LARGEST = 1e18  # what is larger was not measured; an integer may even be too large for a float
_REASONS: Mapping[str, FinishReason] = {
    "stop": "stop",
    "length": "length",
    "tool_calls": "tool_calls",
    "function_call": "tool_calls",
    "content_filter": "content_filter",
}


class ReplyInProgress:
    """Collects one reply while it streams.

    Args:
        place: The server's name and address, for messages.
        limit: Characters of text, thinking and tool calls that a reply may hold.

    Attributes:
        called: Whether a piece of a tool call has arrived.
    """

    def __init__(self, place: str, limit: int = MAX_REPLY_CHARACTERS) -> None:
        self._place = place
        self._limit = limit
        self._text = Held()
        self._length = 0
        self._count = 0
        self._phase: Phase | None = None
        self._splitter = ThoughtSplitter()
        self.called = False

    @property
    def began(self) -> bool:
        """Whether text, thinking or a piece of a tool call has arrived."""
        return self._length > 0

    def chunk(
        self,
        text: str,
        thinking: str,
        progress: Progress | None = None,
        tool_calls: tuple[ToolCallPiece, ...] = (),
        count: int = 0,
    ) -> Chunk | None:
        """Return what one network read brought as one chunk, None when it brought nothing; see `Piece`.

        Raises:
            StreamInterruptedError: If the reply grows over the limit.
        """
        self._count += count
        text, hidden = self._splitter.split(text)
        return self._add(text, thinking + hidden, progress, tool_calls)

    def end(self) -> Chunk | None:
        """Return what was held back until now, None when nothing was."""
        return self._add(*self._splitter.flush(), None)

    def _add(
        self, text: str, thinking: str, progress: Progress | None, tool_calls: tuple[ToolCallPiece, ...] = ()
    ) -> Chunk | None:
        self._text.add(text)
        self._length += len(text) + len(thinking)
        if tool_calls:
            self.called = True
            self._length += sum(1 + len(piece.name) + len(piece.arguments) for piece in tool_calls)
        if self._length > self._limit:
            raise self.broken(
                f"{self._place} sent more than {self._limit:,} characters; a reply that long is no answer."
            )
        if not text and not thinking and not tool_calls:
            return Chunk(progress=progress, phase=self._enter("prefill")) if progress else None
        pieces, self._count = max(1, self._count), 0
        return Chunk(
            text, thinking, progress=progress, phase=self._enter("decode"), tool_calls=tool_calls, pieces=pieces
        )

    def broken(self, message: str, hint: str = "Ask again; what arrived is kept.") -> StreamInterruptedError:
        """Return the error for a reply that ended before its end mark, with its text, the two ends of a long one."""
        return StreamInterruptedError(message, hint=hint, partial=self._text.text())

    def interrupted(self, error: VivekError) -> VivekError:
        """Return `error` as it has to be told now: once text has arrived, every failure is an interruption of it."""
        if isinstance(error, StreamInterruptedError) or (isinstance(error, ModelAPIError) and self.began):
            return self.broken(error.message, error.hint)
        return error

    def _enter(self, phase: Phase) -> Phase | None:
        if phase == self._phase:
            return None
        self._phase = phase
        return phase


def finish_reason(value: object) -> FinishReason | None:
    """Return why a reply ended, None when `value` does not say; an unknown reason is "other"."""
    if not isinstance(value, str) or not value:
        return None
    return _REASONS.get(value, "other")


def whole(value: object) -> int | None:
    """Return a count of tokens, None for anything that cannot be one."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def amount(value: object) -> float | None:
    """Return a number that is not below zero, None for anything else; JSON as servers write it knows NaN too."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= _LARGEST:
        return None
    return float(value)


def seconds(value: object, unit: float) -> float | None:
    """Return a duration given in `unit`s of a second, None for anything that cannot be one."""
    number = amount(value)
    return None if number is None else number * unit


def words(value: object) -> str:
    """Return a piece of text, "" for anything else."""
    return value if isinstance(value, str) else ""
