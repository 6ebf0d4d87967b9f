"""An Ollama with several models, which say their names; for what is chosen, not for what is said."""

import json
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

Object = dict[str, Any]  # JSON, as Ollama has it


@dataclass
class OllamaShelf:
    """A context manager: a server at `url`.

    Attributes:
        models: Parameters of each model, in billions.
        loaded: Those that are in memory.
        layers: What pulling a model brings, as (bytes, seconds).
        asked: Paths and models of the requests that change or use something.
    """

    models: dict[str, float] = field(default_factory=dict)
    loaded: set[str] = field(default_factory=set)
    layers: list[tuple[int, float]] = field(default_factory=lambda: [(1_000, 0.0)])
    asked: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._front = _Front(("127.0.0.1", 0), _Handler)
        self._front.shelf = self
        self._thread = threading.Thread(target=self._front.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self._front.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._front.shutdown()
        self._thread.join()
        self._front.server_close()

    def listed(self, name: str) -> Object:
        """Return a model as the lists have it."""
        count = self.models[name]
        details = {"family": "qwen2", "parameter_size": f"{count}B", "quantization_level": "Q4_K_M"}
        return {"name": name, "model": name, "size": int(count * 1e6), "digest": "0" * 64, "details": details}


class _Front(ThreadingHTTPServer):
    daemon_threads = False
    shelf: OllamaShelf


class _Handler(BaseHTTPRequestHandler):
    server: _Front  # HTTP/1.0: the end of a stream is the end of the connection

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
        pass

    def do_GET(self) -> None:
        shelf = self.server.shelf
        answers: dict[str, Object] = {
            "/api/version": {"version": "0.0.0"},
            "/api/tags": {"models": [shelf.listed(name) for name in shelf.models]},
            "/api/ps": {"models": [shelf.listed(name) | {"context_length": 8_192} for name in shelf.loaded]},
        }
        self._tell(200, answers[self.path]) if self.path in answers else self._tell(404, {"error": "not found"})

    def do_POST(self) -> None:
        shelf = self.server.shelf
        body: Object = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))))
        model = body.get("model", "")
        if self.path == "/api/pull":
            shelf.asked.append((self.path, model))
            self._pull(model)
        elif model not in shelf.models:
            self._tell(404, {"error": f"model '{model}' not found"})
        elif self.path == "/api/show":
            facts = {"general.architecture": "qwen2", "qwen2.context_length": 32_768}
            self._tell(
                200,
                {
                    "details": shelf.listed(model)["details"],
                    "model_info": facts,
                    "capabilities": ["completion"],
                    "template": "x",
                },
            )
        else:
            shelf.asked.append((self.path, model))
            self._begin()
            self._line({"message": {"role": "assistant", "content": f"I am {model}."}, "done": False})
            read = sum(len(message["content"]) for message in body["messages"]) // 3
            figures = {"prompt_eval_count": read, "eval_count": 4}
            last = {"message": {"role": "assistant", "content": ""}, "done": True, "done_reason": "stop"}
            self._line(last | figures)

    def _pull(self, model: str) -> None:
        shelf = self.server.shelf
        self._begin()
        try:
            self._line({"status": "pulling manifest"})
            for number, (size, seconds) in enumerate(shelf.layers):
                for part in range(1, 11):
                    digest = f"sha256:{number:064x}"
                    said = {"status": "pulling", "digest": digest, "total": size, "completed": size * part // 10}
                    self._line(said)
                    time.sleep(seconds / 10)
            shelf.models[model] = 7.6
            self._line({"status": "success"})
        except OSError:
            return  # the reader has left, which stops it

    def _begin(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/x-ndjson")
        self.end_headers()

    def _line(self, body: Object) -> None:
        self.wfile.write(json.dumps(body).encode() + b"\n")

    def _tell(self, status: int, body: Object) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())
