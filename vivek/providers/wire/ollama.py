"""Ollama's own chat (`/api/chat`): the body of a request and its lines, one JSON object each."""

from collections.abc import Mapping

from vivek.errors import ModelAPIError, VivekError
from vivek.providers.wire.decoding import GarbledError, Lines
from vivek.providers.wire.failures import read_failure
from vivek.providers.wire.http import HttpDoor
from vivek.providers.wire.ndjson import is_object, load_object
from vivek.providers.wire.reply import finish_reason, seconds, whole, words
from vivek.providers.wire.stream import Piece
from vivek.schema.chunk import FinishReason, Usage
from vivek.schema.request import Request

CHAT_PATH = "/api/chat"
NDJSON = "application/x-ndjson"
_NANOSECOND = 1e-9


def chat_body(request: Request, keep_alive: str) -> dict[str, object]:
    """Return the body of a chat that is never cut silently.

    With `truncate` and `shift` left to their defaults the server drops the oldest messages of a prompt that is too
    long, and rolls the window while it generates; neither shows in the reply. So both are off, and the window that
    was budgeted for is asked for.
    """
    sampling = request.sampling
    options = {
        "num_ctx": request.window,
        "num_predict": request.max_tokens,
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "top_k": sampling.top_k,
        "repeat_penalty": sampling.repeat_penalty,
        "seed": sampling.seed,
    }
    body: dict[str, object] = {
        "model": request.model,
        "messages": [{"role": message.role, "content": message.content} for message in request.messages],
        "stream": True,
        "truncate": False,
        "shift": False,
        "keep_alive": keep_alive,
        "options": {name: value for name, value in options.items() if value is not None},
    }
    if request.schema is not None:
        body["format"] = dict(request.schema)
    if request.think is not None:
        body["think"] = request.think
    return body


class ChatLines:
    """Reads the lines of one reply; `"done": true` is its end mark."""

    def __init__(self, door: HttpDoor) -> None:
        self.usage: Usage | None = None
        self.finish: FinishReason | None = None
        self.done = False
        self._door = door
        self._lines = Lines()
        self._error: VivekError | None = None

    def read(self, data: bytes) -> Piece:
        """Return text and thinking of one network read."""
        try:
            return self._take(self._lines.feed(data))
        except GarbledError as error:
            self._error = self._garbled(error)
            return "", "", None

    def read_end(self) -> Piece:
        """Return what a last line without an end holds; half an object was cut off and says nothing."""
        line = self._lines.rest()
        return self._take([line] if is_object(line) else [])

    def check(self) -> None:
        """Raise the error that the last read found."""
        if self._error:
            raise self._error

    def _take(self, lines: list[str]) -> Piece:
        texts: list[str] = []
        thoughts: list[str] = []
        for line in lines:
            if not line.strip():
                continue
            try:
                payload = load_object(line)
            except GarbledError as error:
                self._error = self._garbled(error)
                break
            if failure := read_failure(payload):
                self._error = self._door.error(failure)
                break
            message = payload.get("message")
            if isinstance(message, Mapping):
                texts.append(words(message.get("content")))
                thoughts.append(words(message.get("thinking")))
            if payload.get("done") is True:
                self.done = True
                self.usage = read_usage(payload)
                self.finish = finish_reason(payload.get("done_reason"))
                break
        return "".join(texts), "".join(thoughts), None

    def _garbled(self, error: GarbledError) -> ModelAPIError:
        return ModelAPIError(f"{self._door.place} sent {error}", hint="Is this the address of an Ollama server?")


def read_usage(payload: Mapping[str, object]) -> Usage:
    """Return the figures of the last line.

    The server leaves out every figure that is 0, so an absent one is unknown. It counts the whole prompt, the
    cached part included, and does not say how much was cached.
    """
    return Usage(
        prompt_tokens=whole(payload.get("prompt_eval_count")),
        completion_tokens=whole(payload.get("eval_count")),
        load_seconds=seconds(payload.get("load_duration"), _NANOSECOND),
        prefill_seconds=seconds(payload.get("prompt_eval_duration"), _NANOSECOND),
        decode_seconds=seconds(payload.get("eval_duration"), _NANOSECOND),
    )
