"""What has arrived of one reply: the figures, the text kept for an error, the cap. Pure."""

from collections.abc import Mapping

from vivek.errors import ModelAPIError, StreamInterruptedError, VivekError
from vivek.providers.wire.thinking import ThoughtSplitter
from vivek.schema.chunk import Chunk, FinishReason, Phase, Progress

MAX_REPLY_CHARACTERS = 4_000_000
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
        limit: Characters of text and thinking that a reply may hold.
    """

    def __init__(self, place: str, limit: int = MAX_REPLY_CHARACTERS) -> None:
        self._place = place
        self._limit = limit
        self._texts: list[str] = []
        self._length = 0
        self._phase: Phase | None = None
        self._splitter = ThoughtSplitter()

    @property
    def began(self) -> bool:
        """Whether text or thinking has arrived."""
        return self._length > 0

    def chunk(self, text: str, thinking: str, progress: Progress | None = None) -> Chunk | None:
        """Return what one network read brought as one chunk, None when it brought nothing.

        Raises:
            StreamInterruptedError: If the reply grows over the limit.
        """
        text, hidden = self._splitter.split(text)
        return self._add(text, thinking + hidden, progress)

    def end(self) -> Chunk | None:
        """Return what was held back until now, None when nothing was."""
        return self._add(*self._splitter.flush(), None)

    def _add(self, text: str, thinking: str, progress: Progress | None) -> Chunk | None:
        self._texts.append(text)
        self._length += len(text) + len(thinking)
        if self._length > self._limit:
            raise self.broken(
                f"{self._place} sent more than {self._limit:,} characters; a reply that long is no answer."
            )
        if not text and not thinking:
            return Chunk(progress=progress, phase=self._enter("prefill")) if progress else None
        return Chunk(text, thinking, progress=progress, phase=self._enter("decode"))

    def broken(self, message: str, hint: str = "Ask again; what arrived is kept.") -> StreamInterruptedError:
        """Return the error for a reply that ended before its end mark, with its text."""
        return StreamInterruptedError(message, hint=hint, partial="".join(self._texts))

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


def seconds(value: object, unit: float) -> float | None:
    """Return a duration given in `unit`s of a second, None for anything that cannot be one."""
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        return None
    return value * unit


def words(value: object) -> str:
    """Return a piece of text, "" for anything else."""
    return value if isinstance(value, str) else ""
