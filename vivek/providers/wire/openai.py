"""The OpenAI shape of a chat: the body of a request and its event stream. What is special of a server is elsewhere."""

from collections.abc import AsyncGenerator, Mapping

from vivek.errors import ModelAPIError, VivekError
from vivek.providers.wire.decoding import GarbledError
from vivek.providers.wire.failures import read_failure
from vivek.providers.wire.http import HttpDoor
from vivek.providers.wire.ndjson import is_object, load_object
from vivek.providers.wire.reply import finish_reason, seconds, whole, words
from vivek.providers.wire.sse import EventParser, ServerEvent
from vivek.providers.wire.stream import Piece, stream_reply
from vivek.schema.chunk import Chunk, FinishReason, Progress, Usage
from vivek.schema.request import Request

CHAT_PATH = "/v1/chat/completions"
MODELS_PATH = "/v1/models"


def chat_body(request: Request) -> dict[str, object]:
    """Return the body that every server of this shape understands; None values of the sampling are left out."""
    body: dict[str, object] = {
        "model": request.model,
        "messages": [{"role": message.role, "content": message.content} for message in request.messages],
        "stream": True,
        "stream_options": {"include_usage": True},
        "max_tokens": request.max_tokens,
    }
    sampling = {
        "temperature": request.sampling.temperature,
        "top_p": request.sampling.top_p,
        "seed": request.sampling.seed,
    }
    body |= {name: value for name, value in sampling.items() if value is not None}
    if request.schema is not None:
        named = {"name": "reply", "strict": True, "schema": dict(request.schema)}
        body["response_format"] = {"type": "json_schema", "json_schema": named}
    return body


def stream_chat(door: HttpDoor, body: Mapping[str, object], *, path: str = CHAT_PATH) -> AsyncGenerator[Chunk]:
    """Yield the reply to `body`, one chunk a network read; the last one carries usage and finish reason.

    A reply is complete when `data: [DONE]` came, and only then.

    Raises:
        ModelAPIError: If the server is unreachable, too slow or replies with nonsense.
        StreamInterruptedError: If the stream ends without its end mark; it carries the text received.
        ContextWindowExceededError: If the server says that the prompt is too long.
    """
    return stream_reply(door, path, body, accept="text/event-stream", reader=_Events(door))


class _Events:
    """What the events so far said about the whole reply; an error waits until the text before it was handed on."""

    def __init__(self, door: HttpDoor) -> None:
        self.usage: Usage | None = None
        self.finish: FinishReason | None = None
        self.done = False
        self._door = door
        self._parser = EventParser()
        self._error: VivekError | None = None

    def read(self, data: bytes) -> Piece:
        """Return text, thinking and progress of one network read."""
        try:
            return self._take(self._parser.feed(data))
        except GarbledError as error:
            self._error = self._garbled(error)
            return "", "", None

    def read_end(self) -> Piece:
        """Return what the end of the stream completes; half an event was cut off and says nothing."""
        return self._take([event for event in self._parser.flush() if event.data == "[DONE]" or is_object(event.data)])

    def check(self) -> None:
        """Raise the error that the last read found."""
        if self._error:
            raise self._error

    def _take(self, events: list[ServerEvent]) -> Piece:
        texts: list[str] = []
        thoughts: list[str] = []
        progress: Progress | None = None
        for event in events:
            if event.data.strip() == "[DONE]":
                self.done = True
                break
            try:
                payload = _load(event)
            except GarbledError as error:
                self._error = self._garbled(error)
                break
            if failure := read_failure(payload):
                self._error = self._door.error(failure)
                break
            text, thinking = self._delta(payload)
            texts.append(text)
            thoughts.append(thinking)
            progress = read_progress(payload.get("prompt_progress")) or progress
            self.usage = read_usage(payload) or self.usage
        return "".join(texts), "".join(thoughts), progress

    def _delta(self, payload: Mapping[str, object]) -> tuple[str, str]:
        choices = payload.get("choices")
        if not isinstance(choices, list) or not choices or not isinstance(choices[0], Mapping):
            return "", ""
        choice = choices[0]
        if choice.get("index") not in {None, 0}:
            return "", ""
        self.finish = finish_reason(choice.get("finish_reason")) or self.finish
        delta = choice.get("delta")
        if not isinstance(delta, Mapping):
            return "", ""
        return words(delta.get("content")), words(delta.get("reasoning_content")) or words(delta.get("reasoning"))

    def _garbled(self, error: GarbledError) -> ModelAPIError:
        return ModelAPIError(f"{self._door.place} sent {error}", hint="Is this the address of a model server?")


def _load(event: ServerEvent) -> dict[str, object]:
    if event.name != "error":
        return load_object(event.data)
    try:
        payload = load_object(event.data)
    except GarbledError:
        return {"error": event.data}
    return payload if read_failure(payload) else {"error": payload}


def read_usage(payload: Mapping[str, object]) -> Usage | None:
    """Return the figures of a chunk: llama.cpp's `timings` first, they were measured there, else `usage`."""
    usage, timings = payload.get("usage"), payload.get("timings")
    counts = usage if isinstance(usage, Mapping) else {}
    if isinstance(timings, Mapping) and (new := whole(timings.get("prompt_n"))) is not None:
        cached = whole(timings.get("cache_n"))
        return Usage(
            prompt_tokens=whole(counts.get("prompt_tokens")) if cached is None else cached + new,
            cached_tokens=cached,
            completion_tokens=whole(timings.get("predicted_n")),
            prefill_seconds=seconds(timings.get("prompt_ms"), 0.001),
            decode_seconds=seconds(timings.get("predicted_ms"), 0.001),
        )
    if not counts:
        return None
    details = counts.get("prompt_tokens_details")
    return Usage(
        prompt_tokens=whole(counts.get("prompt_tokens")),
        cached_tokens=whole(details.get("cached_tokens")) if isinstance(details, Mapping) else None,
        completion_tokens=whole(counts.get("completion_tokens")),
    )


def read_progress(value: object) -> Progress | None:
    """Return how far llama.cpp's server has read the prompt (`prompt_progress`), None when it does not say."""
    if not isinstance(value, Mapping):
        return None
    processed, total = whole(value.get("processed")), whole(value.get("total"))
    if processed is None or total is None:
        return None
    return Progress(processed, total, whole(value.get("cache")) or 0, seconds(value.get("time_ms"), 0.001) or 0.0)
