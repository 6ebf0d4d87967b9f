"""Speaks Ollama's native API in front of a real llama.cpp server, as Ollama itself does.

For what recorded exchanges cannot show: the order of lines in time, a reader that hangs up, errors in the middle.
It never cuts a prompt: a request that leaves cutting to the server is answered with an error.
"""

import http.client
import json
import threading
import time
from contextlib import AbstractContextManager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Protocol, Self

from tests.engine.upstream import Upstream

NAME = "tiny:latest"
VERSION = "0.0.0-bridge"
DEFAULT_WINDOW = 4_096  # Ollama's own on a machine without a large graphics card
OPTIONS = {"num_predict": "max_tokens", "temperature": None, "top_p": None, "top_k": None, "seed": None}

Object = dict[str, Any]  # JSON, as the two protocols have it


class Engine(Protocol):
    """A llama.cpp server: the engine itself, or one with scripted words."""

    key: str

    @property
    def url(self) -> str:
        """Where it answers."""
        ...


class OllamaBridge:
    """A context manager: an Ollama server at `url` with one model, `tiny:latest`.

    Attributes:
        requests: The bodies of all chat requests, oldest first.
        window: Tokens of the window that the model was last asked to have; None before it was loaded.
    """

    def __init__(self, engine: Engine) -> None:
        self.requests: list[Object] = []
        self.window: int | None = None
        self._upstream = Upstream(engine.url)
        self._key = engine.key
        self._front = _Front(("127.0.0.1", 0), _Handler)
        self._front.bridge = self
        self._thread = threading.Thread(target=self._front.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        """The address to give to whoever is tested."""
        return f"http://127.0.0.1:{self._front.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.break_off()
        self._front.shutdown()
        self._thread.join()
        self._front.server_close()

    def break_off(self) -> None:
        """Cut every connection to the engine, as when its process dies."""
        self._upstream.break_off()

    def ask(self, path: str, body: Object) -> AbstractContextManager[http.client.HTTPResponse]:
        """Send a body to the engine; the context holds its answer."""
        headers = {"Authorization": f"Bearer {self._key}", "Content-Type": "application/json"}
        return self._upstream.asked("POST", path, json.dumps(body).encode(), headers)

    def answer(self, path: str, body: Object) -> Object:
        """Return what the engine answers."""
        with self.ask(path, body) as answer:
            read: Object = json.loads(answer.read())
            return read


class _Front(ThreadingHTTPServer):
    daemon_threads = False  # closing waits for the handlers, so that no socket outlives its test
    bridge: OllamaBridge


class _Handler(BaseHTTPRequestHandler):
    server: _Front  # HTTP/1.0: the end of a stream is the end of the connection

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
        pass

    def do_GET(self) -> None:
        window = self.server.bridge.window
        listed = {"name": NAME, "model": NAME, "size": 281_280, "digest": "0" * 64, "details": DETAILS}
        loaded = [] if window is None else [listed | {"size_vram": 0, "context_length": window}]
        answers: dict[str, Object] = {
            "/api/version": {"version": VERSION},
            "/api/tags": {"models": [listed]},
            "/api/ps": {"models": loaded},
        }
        self._tell(200, answers[self.path]) if self.path in answers else self._tell(404, {"error": "not found"})

    def do_POST(self) -> None:
        body: Object = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))))
        if body.get("model") not in (NAME, "tiny"):
            self._tell(404, {"error": f"model '{body.get('model')}' not found"})
        elif self.path == "/api/show":
            self._tell(200, {"details": DETAILS, "model_info": FACTS, "capabilities": ["completion"], "template": "x"})
        elif self.path == "/api/chat":
            self.server.bridge.requests.append(body)
            self._chat(body)
        else:
            self._tell(404, {"error": "not found"})

    def _chat(self, body: Object) -> None:
        bridge = self.server.bridge
        if body.get("truncate") is not False or body.get("shift") is not False:
            self._tell(500, {"error": "this prompt may be cut without a word"})
            return
        bridge.window = body["options"].get("num_ctx", DEFAULT_WINDOW)
        needed = self._prompt_tokens(body["messages"])
        if needed > bridge.window:
            self._tell(400, {"error": json.dumps(too_long(needed, bridge.window))})
            return
        began = time.monotonic_ns()
        # When the reader hangs up, closing the connection to the engine stops it.
        with suppress(OSError), bridge.ask("/v1/chat/completions", openai_body(body)) as answer:
            if answer.status != 200:
                self._tell(answer.status, {"error": answer.read().decode()})
            else:
                self._stream(answer, began)

    def _stream(self, answer: http.client.HTTPResponse, began: int) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/x-ndjson")
        self.end_headers()
        last: Object = {"message": {"role": "assistant", "content": ""}, "done": True}
        try:
            for event in events(answer):
                choices = event.get("choices") or [{}]
                if text := choices[0].get("delta", {}).get("content"):
                    self._line({"message": {"role": "assistant", "content": text}, "done": False})
                last |= figures(event)
                if reason := choices[0].get("finish_reason"):
                    last["done_reason"] = reason
        except http.client.HTTPException as error:
            self._line({"error": f"the runner is gone: {type(error).__name__}"})
            return
        if "done_reason" not in last:
            self._line({"error": "the runner stopped in the middle"})
            return
        self._line(last | {"total_duration": time.monotonic_ns() - began})

    def _prompt_tokens(self, messages: list[Object]) -> int:
        bridge = self.server.bridge
        prompt = bridge.answer("/apply-template", {"messages": messages})["prompt"]
        tokens = bridge.answer("/tokenize", {"content": prompt, "parse_special": True})["tokens"]
        return len(tokens)

    def _line(self, body: Object) -> None:
        self.wfile.write(json.dumps({"model": NAME, "created_at": "2026-01-02T03:04:05Z"} | body).encode() + b"\n")

    def _tell(self, status: int, body: Object) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())


DETAILS = {"family": "qwen2", "parameter_size": "205.4K", "quantization_level": "Q8_0", "format": "gguf"}
FACTS = {
    "general.architecture": "qwen2",
    "general.parameter_count": 205_376,
    "qwen2.context_length": 32_768,
    "qwen2.block_count": 2,
}


def openai_body(body: Object) -> Object:
    """Return the request that Ollama makes of its runner."""
    options = body["options"]
    sent: Object = {"messages": body["messages"], "stream": True, "stream_options": {"include_usage": True}}
    sent |= {"return_progress": True, "repeat_penalty": options.get("repeat_penalty", 1.1)}
    sent |= {theirs or ours: options[ours] for ours, theirs in OPTIONS.items() if ours in options}
    if "format" in body:
        sent["response_format"] = {"type": "json_schema", "json_schema": {"name": "f", "schema": body["format"]}}
    return sent


def too_long(needed: int, window: int) -> Object:
    """Return llama.cpp's words for a prompt that does not fit."""
    message = f"request ({needed} tokens) exceeds the available context size ({window} tokens), try increasing it"
    kind = {"code": 400, "type": "exceed_context_size_error", "message": message}
    return {"error": kind | {"n_prompt_tokens": needed, "n_ctx": window}}


def figures(event: Object) -> Object:
    """Return the figures of a last line; like Ollama it leaves out what is zero."""
    timings = event.get("timings")
    if not timings:
        return {}
    told = {
        "prompt_eval_count": timings["prompt_n"] + timings["cache_n"],
        "prompt_eval_duration": int(timings["prompt_ms"] * 1e6),
        "eval_count": timings["predicted_n"],
        "eval_duration": int(timings["predicted_ms"] * 1e6),
    }
    return {name: value for name, value in told.items() if value}


def events(answer: http.client.HTTPResponse) -> Any:
    """Yield the JSON events of the engine's stream."""
    while line := answer.readline():
        if line.startswith(b"data: {"):
            yield json.loads(line.removeprefix(b"data: "))
