"""A whole reply, put together from its pieces."""

import json
from dataclasses import dataclass, field

from vivek.errors import JSONParsingError, ModelOutputInvalidError
from vivek.schema.chunk import Chunk, FinishReason, Usage
from vivek.schema.tools import ToolCall


@dataclass(frozen=True, slots=True)
class Reply:
    """What a model answered; times in seconds of the clock on the wall.

    Attributes:
        text: What it said.
        model: `provider/model` of who answered.
        finish: Why it ended; anything but `stop` and `tool_calls` means that it is not whole.
        thinking: What it thought before, where its server tells.
        tool_calls: Native calls that it makes.
        usage: The figures that its server measured.
        notes: What happened on the way: a retry, a fallback, something that the server does not take.
        seconds: How long it took.
        first_piece: When the first piece of it came; None for a reply without any.
    """

    text: str
    model: str
    finish: FinishReason
    thinking: str = ""
    tool_calls: tuple[ToolCall, ...] = ()
    usage: Usage = field(default_factory=Usage)
    notes: tuple[str, ...] = ()
    seconds: float = 0.0
    first_piece: float | None = None

    @property
    def tokens_per_second(self) -> float | None:
        """How fast it was written, by the server's own figures, else by the clock; None when nobody counted."""
        tokens, seconds = self.usage.completion_tokens, self.usage.decode_seconds
        if not tokens:
            return None
        if not seconds:
            seconds = self.seconds - (self.first_piece or 0.0)
            tokens -= 1  # the first one was there when the clock began
        return tokens / seconds if tokens and seconds > 0 else None

    def json(self) -> object:
        """Return the value that the text is, for a request with a schema.

        Raises:
            ModelOutputInvalidError: If the reply was cut off: what there is of it may look whole.
            JSONParsingError: If it is no JSON.
        """
        if self.finish not in {"stop", "tool_calls"}:
            msg = f"The reply of {self.model} is not whole (it ended with `{self.finish}`)."
            raise ModelOutputInvalidError(msg, hint="Give it more room with `max_tokens`.")
        try:
            value: object = json.loads(self.text)
        except (ValueError, RecursionError) as error:
            msg = f"The reply of {self.model} is no JSON."
            raise JSONParsingError(msg, hint="Ask again; give a schema, on a server that enforces it.") from error
        return value


@dataclass(slots=True)
class ReplyParts:
    """What has come of a reply so far; times in seconds since it was asked for.

    Attributes:
        model: `provider/model` of who was asked.
    """

    model: str
    _texts: list[str] = field(default_factory=list)
    _thoughts: list[str] = field(default_factory=list)
    _notes: list[str] = field(default_factory=list)
    _calls: dict[int, ToolCall] = field(default_factory=dict)
    _usage: Usage = field(default_factory=Usage)
    _finish: FinishReason = "other"
    _first: float | None = None

    def add(self, chunk: Chunk, now: float) -> None:
        """Take in the next piece."""
        self._texts.append(chunk.text)
        self._thoughts.append(chunk.thinking)
        self._notes += [chunk.note] if chunk.note else []
        for piece in chunk.tool_calls:
            call = self._calls.get(piece.index, ToolCall("", "", ""))
            arguments = call.arguments + piece.arguments
            self._calls[piece.index] = ToolCall(call.id or piece.id, call.name or piece.name, arguments)
        if self._first is None and (chunk.text or chunk.thinking or chunk.tool_calls):
            self._first = now
        self._usage = chunk.usage or self._usage
        self._finish = chunk.finish or self._finish
        self.model = chunk.answered_by or self.model

    def whole(self, now: float) -> Reply:
        """Return the reply; `now` is when it ended."""
        calls = tuple(self._calls[index] for index in sorted(self._calls))
        texts, thoughts = "".join(self._texts), "".join(self._thoughts)
        return Reply(
            texts, self.model, self._finish, thoughts, calls, self._usage, tuple(self._notes), now, self._first
        )
