"""Reads the events of Anthropic's streamed replies; `message_stop` is their end mark."""

from collections.abc import Mapping

from vivek.errors import ModelAPIError, VivekError
from vivek.providers.wire.decoding import GarbledError
from vivek.providers.wire.failures import Failure, read_failure
from vivek.providers.wire.http import HttpDoor
from vivek.providers.wire.ndjson import is_object, load_object
from vivek.providers.wire.reply import whole, words
from vivek.providers.wire.sse import EventParser, ServerEvent
from vivek.providers.wire.stream import Piece
from vivek.schema.chunk import FinishReason, Usage
from vivek.schema.tools import ToolCallPiece

_REASONS: Mapping[str, FinishReason] = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "tool_use": "tool_calls",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "refusal": "content_filter",
}


class MessageEvents:
    """What the events of one reply have said so far; kinds of events that are not known are passed over.

    Args:
        door: Whose reply it is, for the words of errors.
    """

    def __init__(self, door: HttpDoor) -> None:
        self.usage: Usage | None = None
        self.finish: FinishReason | None = None
        self.done = False
        self._door = door
        self._parser = EventParser()
        self._error: VivekError | None = None
        self._counts: dict[str, int] = {}

    def read(self, data: bytes) -> Piece:
        """Return text, thinking and calls of one network read."""
        try:
            return self._take(self._parser.feed(data))
        except GarbledError as error:
            self._error = self._garbled(error)
            return Piece()

    def read_end(self) -> Piece:
        """Return what the end of the stream completes; half an event was cut off and says nothing."""
        return self._take([event for event in self._parser.flush() if is_object(event.data)])

    def check(self) -> None:
        """Raise the error that the last read found."""
        if self._error:
            raise self._error

    def _take(self, events: list[ServerEvent]) -> Piece:
        texts: list[str] = []
        thoughts: list[str] = []
        calls: list[ToolCallPiece] = []
        for event in events:
            try:
                payload = load_object(event.data)
            except GarbledError as error:
                self._error = self._garbled(error)
                break
            if failure := read_failure(payload):
                self._error = self._door.error(_told(failure))
                break
            self._note(payload)
            block = payload.get("content_block") or payload.get("delta")
            if isinstance(block, Mapping):
                texts.append(words(block.get("text")))
                thoughts.append(words(block.get("thinking")))
                calls.extend(_call(block, whole(payload.get("index")) or 0))
            if payload.get("type") == "message_stop":
                self.done = True
                break
        count = len(texts) - texts.count("") + len(thoughts) - thoughts.count("")
        return Piece("".join(texts), "".join(thoughts), tool_calls=tuple(calls), pieces=count)

    def _note(self, payload: Mapping[str, object]) -> None:
        """Keep the figures and the reason; later figures replace earlier ones, they count from the beginning."""
        message, delta = payload.get("message"), payload.get("delta")
        for holder in (message, payload):
            usage = holder.get("usage") if isinstance(holder, Mapping) else None
            if isinstance(usage, Mapping):
                self._counts |= {name: count for name, value in usage.items() if (count := whole(value)) is not None}
                self.usage = self._figures()
        if isinstance(delta, Mapping) and (reason := words(delta.get("stop_reason"))):
            self.finish = _REASONS.get(reason, "other")

    def _figures(self) -> Usage:
        counts = self._counts
        fresh, read = counts.get("input_tokens"), counts.get("cache_read_input_tokens")
        written = counts.get("cache_creation_input_tokens", 0)
        return Usage(
            prompt_tokens=None if fresh is None else fresh + written + (read or 0),
            cached_tokens=read,
            completion_tokens=counts.get("output_tokens"),
        )

    def _garbled(self, error: GarbledError) -> ModelAPIError:
        return ModelAPIError(f"{self._door.place} sent {error}", hint="Is this the address of a Messages API?")


def _call(block: Mapping[str, object], index: int) -> list[ToolCallPiece]:
    match block.get("type"):
        case "tool_use":
            return [ToolCallPiece(index, words(block.get("id")), words(block.get("name")))]
        case "input_json_delta":
            return [ToolCallPiece(index, arguments=words(block.get("partial_json")))]
        case _:
            return []


def _told(failure: Failure) -> Failure:
    """Return the failure with the status that its kind has elsewhere: in a stream the status was 200 before it."""
    statuses = {
        "overloaded_error": 503,
        "rate_limit_error": 429,
        "api_error": 500,
        "timeout_error": 504,
        "authentication_error": 401,
        "permission_error": 403,
    }
    status = failure.status or statuses.get(failure.kind.split(" ", 1)[0])
    return Failure(failure.message, failure.kind, status, failure.needed, failure.window, failure.retry_after)
