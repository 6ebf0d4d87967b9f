"""The OpenAI shape of a chat: the body of a request and its event stream. What is special of a server is elsewhere."""

import base64
from collections.abc import AsyncGenerator, Mapping

from vivek.errors import ModelAPIError, VivekError
from vivek.providers.wire.decoding import GarbledError
from vivek.providers.wire.failures import Failure, read_failure
from vivek.providers.wire.http import HttpDoor
from vivek.providers.wire.ndjson import is_object, load_object
from vivek.providers.wire.reply import amount, finish_reason, seconds, whole, words
from vivek.providers.wire.sse import EventParser, ServerEvent
from vivek.providers.wire.stream import Piece, stream_reply
from vivek.providers.wire.tool_deltas import ToolDeltas
from vivek.schema.chunk import Chunk, FinishReason, Progress, Usage
from vivek.schema.messages import Message
from vivek.schema.request import Request
from vivek.schema.tools import ToolCallPiece

CHAT_PATH = "/v1/chat/completions"
MODELS_PATH = "/v1/models"


def chat_body(request: Request, *, room: str = "max_tokens") -> dict[str, object]:
    """Return the body that every server of this shape understands; None values of the sampling are left out.

    Args:
        request: What is asked. With a schema its tools stay in the prompt's head, but none may be called.
        room: The field that bounds the reply; OpenAI itself calls it `max_completion_tokens`.
    """
    body: dict[str, object] = {
        "model": request.model,
        "messages": [_message(message) for message in request.messages],
        "stream": True,
        "stream_options": {"include_usage": True},
        room: request.max_tokens,
    }
    sampling = {
        "temperature": request.sampling.temperature,
        "top_p": request.sampling.top_p,
        "seed": request.sampling.seed,
    }
    body |= {name: value for name, value in sampling.items() if value is not None}
    if request.tools:
        body["tools"] = [
            {
                "type": "function",
                "function": {"name": card.name, "description": card.description, "parameters": dict(card.parameters)},
            }
            for card in request.tools
        ]
    if request.schema is not None:
        named = {"name": "reply", "strict": True, "schema": dict(request.schema)}
        body["response_format"] = {"type": "json_schema", "json_schema": named}
        if request.tools:
            body["tool_choice"] = "none"
    return body


def _message(message: Message) -> dict[str, object]:
    said: dict[str, object] = {"role": message.role, "content": message.content}
    if message.images:
        parts: list[dict[str, object]] = [{"type": "text", "text": message.content}] if message.content else []
        for image in message.images:
            data = base64.b64encode(image.data).decode("ascii")
            parts.append({"type": "image_url", "image_url": {"url": f"data:{image.media_type};base64,{data}"}})
        said["content"] = parts
    if message.tool_calls:
        said["tool_calls"] = [
            {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}
            for call in message.tool_calls
        ]
    if message.role == "tool":
        said["tool_call_id"] = message.tool_call_id
    return said


def stream_chat(door: HttpDoor, body: Mapping[str, object], *, path: str = CHAT_PATH) -> AsyncGenerator[Chunk]:
    """Yield the reply to `body`, one chunk a network read; the last one carries usage and finish reason.

    A reply is complete when `data: [DONE]` came, and only then.

    Raises:
        ModelAPIError: If the server is unreachable, too slow or replies with nonsense.
        StreamInterruptedError: If the stream ends without its end mark; it carries the text received.
        ContextWindowExceededError: If the server says that the prompt is too long.
    """
    return stream_reply(door, path, body, accept="text/event-stream", reader=ChatEvents(door))


class ChatEvents:
    """Reads the events of one reply; `[DONE]` is its end mark. An error waits until the text before it is handed on."""

    def __init__(self, door: HttpDoor) -> None:
        self.usage: Usage | None = None
        self.finish: FinishReason | None = None
        self.done = False
        self._door = door
        self._parser = EventParser()
        self._tools = ToolDeltas()
        self._error: VivekError | None = None

    def read(self, data: bytes) -> Piece:
        """Return what one network read brought."""
        try:
            return self._take(self._parser.feed(data))
        except GarbledError as error:
            self._error = self._garbled(error)
            return Piece()

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
        calls: list[ToolCallPiece] = []
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
            choice = _first_choice(payload)
            if failure := read_failure(payload) or _failed(choice):
                self._error = self._door.error(failure)
                break
            self.finish = finish_reason(choice.get("finish_reason")) or self.finish
            delta = choice.get("delta")
            if isinstance(delta, Mapping):
                texts.append(words(delta.get("content")) or words(delta.get("refusal")))
                thoughts.append(words(delta.get("reasoning_content")) or words(delta.get("reasoning")))
                if "tool_calls" in delta or "function_call" in delta:
                    calls.extend(self._tools.read(delta))
            progress = read_progress(payload.get("prompt_progress")) or progress
            self.usage = read_usage(payload) or self.usage
        count = len(texts) - texts.count("") + len(thoughts) - thoughts.count("")
        return Piece("".join(texts), "".join(thoughts), progress, tuple(calls), count)

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


def _first_choice(payload: Mapping[str, object]) -> Mapping[str, object]:
    """Return the one choice that was asked for, empty when the event has none; another is not ours to mix in."""
    choices = payload.get("choices")
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], Mapping):
        return {}
    ours = choices[0].get("index") in (None, 0)  # a tuple: what a server sends need not have a hash
    return choices[0] if ours else {}


def _failed(choice: Mapping[str, object]) -> Failure | None:
    """Return the failure of a choice that ended with one (OpenRouter), although the event as a whole reports none."""
    if choice.get("finish_reason") != "error":
        return None
    return read_failure(choice) or Failure("the reply ended with an error and nothing more is told")


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
    return Usage(
        prompt_tokens=whole(counts.get("prompt_tokens")),
        cached_tokens=_detail(counts.get("prompt_tokens_details"), "cached_tokens"),
        completion_tokens=whole(counts.get("completion_tokens")),
        thinking_tokens=_detail(counts.get("completion_tokens_details"), "reasoning_tokens"),
        cost=amount(counts.get("cost")),
    )


def _detail(details: object, name: str) -> int | None:
    return whole(details.get(name)) if isinstance(details, Mapping) else None


def read_progress(value: object) -> Progress | None:
    """Return how far llama.cpp's server has read the prompt (`prompt_progress`), None when it does not say."""
    if not isinstance(value, Mapping):
        return None
    processed, total = whole(value.get("processed")), whole(value.get("total"))
    if processed is None or total is None:
        return None
    return Progress(processed, total, whole(value.get("cache")) or 0, seconds(value.get("time_ms"), 0.001) or 0.0)
