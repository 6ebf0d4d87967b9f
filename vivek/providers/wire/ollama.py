"""Ollama's own chat (`/api/chat`): the lines of a reply, one JSON object each. Requests: `ollama_request.py`."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace

from vivek.errors import ModelAPIError, StreamInterruptedError, VivekError
from vivek.providers.wire.decoding import GarbledError, Lines
from vivek.providers.wire.failures import read_failure
from vivek.providers.wire.http import HttpDoor
from vivek.providers.wire.ndjson import is_object, load_object
from vivek.providers.wire.reply import finish_reason, seconds, whole, words
from vivek.providers.wire.stream import Piece
from vivek.schema.chunk import FinishReason, Usage
from vivek.schema.tools import ToolCallPiece

NDJSON = "application/x-ndjson"
_NANOSECOND = 1e-9
_REPEATS = 30  # after which Ollama gives a reply up, without a word


class ChatLines:
    """Reads the lines of one reply; `"done": true` is its end mark."""

    def __init__(self, door: HttpDoor) -> None:
        self.usage: Usage | None = None
        self.finish: FinishReason | None = None
        self.done = False
        self._door = door
        self._lines = Lines()
        self._error: VivekError | None = None
        self._calls = 0
        self._token, self._repeats = "", 0
        self._ended = False

    def read(self, data: bytes) -> Piece:
        """Return what one network read brought."""
        try:
            return self._take(self._lines.feed(data))
        except GarbledError as error:
            self._error = self._garbled(error)
            return Piece()

    def read_end(self) -> Piece:
        """Return what a last line without an end holds; half an object was cut off and says nothing."""
        self._ended = True
        line = self._lines.rest()
        return self._take([line] if is_object(line) else [])

    def check(self) -> None:
        """Raise the error that the last read found."""
        if self._error:
            raise self._error

    def explained(self, error: StreamInterruptedError) -> StreamInterruptedError:
        """Return why a reply broke off, as far as that can be told; the text received stays with it.

        Ollama ends a reply like any other, but without its end mark and without an error, when the model repeats one
        token more than thirty times.
        """
        if self._error or self.done or not self._ended:
            return error
        if self._repeats >= _REPEATS:
            why = f"The model repeated itself more than {_REPEATS} times, and there Ollama gives up."
            hint = "Ask in other words, or choose a larger model; what arrived is kept."
        else:
            why = "Ollama does so when a model repeats itself, or when its runner dies."
            hint = "Ask again; if it stays so, look at Ollama's own log. What arrived is kept."
        return StreamInterruptedError(f"{error.message} {why}", hint=hint, partial=error.partial)

    def _take(self, lines: list[str]) -> Piece:
        texts: list[str] = []
        thoughts: list[str] = []
        calls: list[ToolCallPiece] = []
        for line in lines:
            if not line.strip():
                continue
            try:
                payload = load_object(line)
            except GarbledError as error:
                self._error = self._garbled(error)
                break
            if failure := read_failure(payload):
                # Once a reply began, the status it would have had stands beside the error.
                self._error = self._door.error(replace(failure, status=failure.status or whole(payload.get("status"))))
                break
            message = payload.get("message")
            if isinstance(message, Mapping):
                texts.append(words(message.get("content")))
                thoughts.append(words(message.get("thinking")))
                if listed := message.get("tool_calls"):
                    calls += self._read_calls(listed)
                self._count(texts[-1] or thoughts[-1])
            if payload.get("done") is True:
                self.done = True
                self.usage = read_usage(payload)
                self.finish = finish_reason(payload.get("done_reason"))
                break
        count = len(texts) - texts.count("") + len(thoughts) - thoughts.count("")
        return Piece("".join(texts), "".join(thoughts), None, tuple(calls), count)

    def _read_calls(self, listed: object) -> Iterator[ToolCallPiece]:
        """Yield the calls of one line; each comes whole, and is a call of its own whatever number it bears."""
        for entry in listed if isinstance(listed, list) else []:
            function = entry.get("function") if isinstance(entry, Mapping) else None
            if not isinstance(function, Mapping) or not (name := words(function.get("name"))):
                continue
            yield ToolCallPiece(self._calls, words(entry.get("id")), name, _arguments(function.get("arguments")))
            self._calls += 1

    def _count(self, token: str) -> None:
        self._repeats = self._repeats + 1 if token.strip() == self._token else 0
        self._token = token.strip()

    def _garbled(self, error: GarbledError) -> ModelAPIError:
        return ModelAPIError(f"{self._door.place} sent {error}", hint="Is this the address of an Ollama server?")


def _arguments(value: object) -> str:
    """Return the JSON text of a call's arguments, which Ollama sends as an object; a proxy may send the text."""
    return value if isinstance(value, str) else json.dumps({} if value is None else value, ensure_ascii=False)


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
