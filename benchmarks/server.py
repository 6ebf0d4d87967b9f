"""A model server on loopback with the OpenAI interface: answers at once, so that what is measured is vivek.

It tells when a request begins, which is where measurements end.
"""

import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

WINDOW = 32_768
BYTES_PER_TOKEN = 3  # a server that counts fewer tokens than the words can have is taken for one that cuts prompts
MODEL = "bench"

_FULL = 65_536


@dataclass(frozen=True, slots=True)
class Flow:
    """A reply with its pace.

    Attributes:
        pieces: What is said, an event each.
        rate: Pieces a second; 0 sends as fast as they are taken, in writes of 64 KB.
        single: Whether every piece is a write of its own even so.
    """

    pieces: Iterable[str]
    rate: float = 0.0
    single: bool = False


@dataclass(slots=True)
class Sent:
    """What went out last: the SHA-256 of its text, how many pieces, and when the first one was written."""

    digest: str = ""
    pieces: int = 0
    first: float = 0.0


Reply = Callable[[str], str | Flow]


class _Handler(BaseHTTPRequestHandler):
    server: "ModelServer"
    protocol_version = "HTTP/1.1"

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
        """Stream a reply: a text line by line, a flow at its pace. Every event is a chunk, as real servers do it."""
        body = json.loads(self.rfile.read(int(self.headers.get("content-length") or 0)) or b"{}")
        if not self.path.endswith("/chat/completions"):
            self.send_error(404)
            return
        reply = self.server.reply(str(body["messages"][-1]["content"]))
        flow = Flow(reply.splitlines(keepends=True)) if isinstance(reply, str) else reply
        prompt = sum(len(str(message["content"])) for message in body["messages"]) // BYTES_PER_TOKEN
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("transfer-encoding", "chunked")
        self.send_header("connection", "close")
        self.end_headers()
        size = self._flow(flow)
        usage = {"prompt_tokens": prompt, "completion_tokens": size // BYTES_PER_TOKEN}
        self.wfile.write(
            _event({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
            + _event({"choices": [], "usage": usage})
            + _chunk(b"data: [DONE]\n\n")
            + b"0\r\n\r\n"
        )

    def _flow(self, flow: Flow) -> int:
        """Send the pieces and return their characters."""
        digest, size, count, waiting = hashlib.sha256(), 0, 0, bytearray()
        sent = self.server.sent = Sent()
        began = time.monotonic()
        for count, piece in enumerate(flow.pieces, 1):
            if flow.rate and (wait := began + count / flow.rate - time.monotonic()) > 0:
                time.sleep(wait)
            waiting += _event({"choices": [{"index": 0, "delta": {"content": piece}, "finish_reason": None}]})
            if count == 1 or flow.single or flow.rate or len(waiting) >= _FULL:
                sent.first = sent.first or time.monotonic()
                self.wfile.write(waiting)
                waiting.clear()
            digest.update(piece.encode())
            size += len(piece)
        self.wfile.write(waiting)
        sent.digest, sent.pieces = digest.hexdigest(), count
        return size

    def _send(self, value: dict[str, object]) -> None:
        data = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.send_header("connection", "close")
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it
        """Say nothing."""


def _event(value: dict[str, object]) -> bytes:
    about = {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": MODEL}
    return _chunk(b"data: " + json.dumps(about | value).encode() + b"\n\n")


def _chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


class ModelServer(ThreadingHTTPServer):
    """A model that says what `reply` makes of the last message.

    Attributes:
        url: What `--base-url` gets.
        reply: Makes the next reply.
        sent: What went out last.
    """

    daemon_threads = True

    def __init__(self, reply: Reply) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.reply = reply
        self.sent = Sent()
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

    def count(self, ending: str) -> int:
        """Return how many requests for a path with this ending have begun since `forget`."""
        with self._news:
            return self._count(ending)

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
