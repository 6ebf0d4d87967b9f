"""A model server on loopback with the OpenAI interface: answers at once, so that what is measured is vivek.

It tells when a request begins, which is where measurements end.
"""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

WINDOW = 32_768
MODEL = "bench"

Reply = Callable[[str], str]


class _Handler(BaseHTTPRequestHandler):
    server: "ModelServer"

    def parse_request(self) -> bool:
        """Tell of the request as soon as its first line is there."""
        self.server.tell(self.raw_requestline.decode("latin-1").split(" ")[1])
        return super().parse_request()

    def do_GET(self) -> None:
        """Answer with the list of models, and nothing else."""
        if self.path.endswith("/models"):
            self._send({"object": "list", "data": [{"id": MODEL, "object": "model", "max_model_len": WINDOW}]})
        else:
            self.send_error(404)

    def do_POST(self) -> None:
        """Stream a reply, word by word."""
        body = json.loads(self.rfile.read(int(self.headers.get("content-length") or 0)) or b"{}")
        if not self.path.endswith("/chat/completions"):
            self.send_error(404)
            return
        text = self.server.reply(str(body["messages"][-1]["content"]))
        prompt = sum(len(str(message["content"])) for message in body["messages"]) // 4
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.end_headers()
        for piece in text.splitlines(keepends=True):
            self._event({"choices": [{"index": 0, "delta": {"content": piece}, "finish_reason": None}]})
        self._event({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
        usage = {"prompt_tokens": prompt, "completion_tokens": len(text) // 4, "total_tokens": prompt + len(text) // 4}
        self._event({"choices": [], "usage": usage})
        self.wfile.write(b"data: [DONE]\n\n")

    def _event(self, value: dict[str, object]) -> None:
        about = {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": MODEL}
        self.wfile.write(b"data: " + json.dumps(about | value).encode() + b"\n\n")

    def _send(self, value: dict[str, object]) -> None:
        data = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it
        """Say nothing."""


class ModelServer(ThreadingHTTPServer):
    """A model that says what `reply` makes of the last message.

    Attributes:
        url: What `--base-url` gets.
    """

    daemon_threads = True

    def __init__(self, reply: Reply) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.reply = reply
        self.url = f"http://127.0.0.1:{self.server_port}/v1"
        self._begun: list[str] = []
        self._news = threading.Condition()

    def handle_error(self, request: object, client_address: object) -> None:
        """Stay calm: measured processes are killed in the middle of a request."""

    def tell(self, path: str) -> None:
        """Note that a request began."""
        with self._news:
            self._begun.append(path)
            self._news.notify_all()

    def forget(self) -> None:
        """Begin to count anew."""
        with self._news:
            self._begun.clear()

    def wait_for(self, ending: str = "", *, count: int = 1, timeout: float = 60) -> None:
        """Wait until `count` requests for a path with this ending have begun since `forget`.

        Raises:
            TimeoutError: If they do not come.
        """
        with self._news:
            if not self._news.wait_for(lambda: self._count(ending) >= count, timeout):
                msg = f"no request for {ending or 'anything'} within {timeout} s; seen: {self._begun}"
                raise TimeoutError(msg)

    def _count(self, ending: str) -> int:
        return sum(path.endswith(ending) for path in self._begun)


@contextmanager
def model_server(reply: Reply) -> Iterator[ModelServer]:
    """Run a server in a thread of this process."""
    server = ModelServer(reply)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
