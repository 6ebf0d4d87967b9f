"""A real engine that says scripted words: a proxy before it adds a grammar that admits exactly the next reply.

Prefill, tokens, stream, usage, cache and finish reason are the engine's own; only the choice of words is not.
"""

import http.client
import json
import select
import socket
import threading
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from tests.engine.server import EngineServer
from tests.engine.upstream import Upstream

Body = dict[str, Any]  # the JSON of a request, as it came
Reply = str | Callable[[Body], str]

# With these beside it the server refuses a grammar, or drops it without a word.
RIVALS = ("response_format", "json_schema", "tools", "tool_choice")
SENT_ON = ("authorization", "content-type", "accept")
LOOK_SECONDS = 0.02


class ForcedEngine:
    """A context manager: a llama.cpp server at `url` that wants `key` and answers by script.

    Args:
        server: The real engine.
        replies: The first scripted replies; a callable makes one from the request.

    Attributes:
        requests: The bodies of all chat requests, oldest first.
        opens: Whether the proxy hands in the engine's key itself, so that whoever asks needs none.
        slow: Milliseconds to wait before each piece of text is handed on.
        hold_after: Pieces of text after which a reply stands still until its reader hangs up or `release` is
            called; None hands everything on.
    """

    def __init__(self, server: EngineServer, replies: Iterable[Reply] = ()) -> None:
        self.server = server
        self.key = server.key
        self.requests: list[Body] = []
        self.opens = False
        self.slow = 0.0
        self.hold_after: int | None = None
        self.holding = threading.Event()
        self._replies = deque(replies)
        self._lock = threading.Lock()
        self._free = threading.Event()
        self.upstream = Upstream(server.url)
        self._proxy = _Proxy(("127.0.0.1", 0), _Handler)
        self._proxy.engine = self
        self._thread = threading.Thread(target=self._proxy.serve_forever, args=(LOOK_SECONDS,), daemon=True)

    @property
    def url(self) -> str:
        """The address to give to whoever is tested."""
        return f"http://127.0.0.1:{self._proxy.server_port}"

    @property
    def unsaid(self) -> int:
        """How many scripted replies are left."""
        return len(self._replies)

    def script(self, replies: Iterable[Reply]) -> None:
        """Append replies to the script."""
        with self._lock:
            self._replies.extend(replies)

    def release(self) -> None:
        """Let all replies that stand still go on."""
        self._free.set()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._free.set()
        self.upstream.break_off()
        self._proxy.shutdown()
        self._thread.join()
        self._proxy.server_close()

    def force(self, body: Body) -> Body:
        """Return the request that makes the engine say the next reply; LookupError when the script is over.

        One that only reads ahead is sent on as it is.
        """
        if body.get("max_tokens") == 1:
            return body
        with self._lock:
            self.requests.append(body)
            reply = self._replies.popleft()
        text = reply if isinstance(reply, str) else reply(body)
        kept = {name: value for name, value in body.items() if name not in RIVALS}
        return kept | {"grammar": grammar_of(self.server, text)}

    def stands_still(self, client: socket.socket, pieces: int) -> bool:
        """Wait as long as this piece has to wait; return whether the reader hung up meanwhile."""
        if self._free.wait(self.slow / 1000):
            return False
        if self.hold_after is not None and pieces >= self.hold_after:
            self.holding.set()
            while not self._free.wait(LOOK_SECONDS):
                if _hung_up(client):
                    return True
        return _hung_up(client)


def grammar_of(server: EngineServer, text: str) -> str:
    """Return the grammar of one text, token by token as the model would read it.

    Token by token makes counts and pieces repeatable; a character that several tokens share has to be spelled out.
    """
    asked = {"content": text, "add_special": False, "parse_special": False, "with_pieces": True}
    parts, split = [], b""
    for token in server.post("/tokenize", asked)["tokens"]:
        piece = token["piece"]
        if isinstance(piece, str) and not split:
            parts.append(f"<[{token['id']}]>")
            continue
        split += piece.encode() if isinstance(piece, str) else bytes(piece)
        try:
            spelled = "".join(f"\\U{ord(character):08X}" for character in split.decode())
        except UnicodeDecodeError:
            continue
        parts.append(f'"{spelled}"')
        split = b""
    return "root ::= " + (" ".join(parts) or '""')


class _Proxy(ThreadingHTTPServer):
    daemon_threads = False  # closing waits for the handlers, so that no socket outlives its test
    engine: ForcedEngine


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Proxy

    def do_GET(self) -> None:
        self._relay(None)

    def do_POST(self) -> None:
        self._relay(self.rfile.read(int(self.headers.get("Content-Length", 0))))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
        pass

    def _relay(self, body: bytes | None) -> None:
        self.close_connection = True
        engine = self.server.engine
        chat = self.path.endswith("/chat/completions")
        if chat and body is not None:
            try:
                body = json.dumps(engine.force(json.loads(body))).encode()
            except LookupError:
                self._tell(500, {"error": {"code": 500, "message": "the script has no reply left"}})
                return
        kept = {name: value for name, value in self.headers.items() if name.lower() in SENT_ON}
        if engine.opens:
            kept["Authorization"] = f"Bearer {engine.key}"
        # When one side is gone, closing both tells the other.
        with (
            suppress(OSError, http.client.HTTPException),
            engine.upstream.asked(self.command, self.path, body, kept) as answer,
        ):
            self._answer(answer, stream=chat)

    def _answer(self, answer: http.client.HTTPResponse, *, stream: bool) -> None:
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.headers.get("Content-Type", "application/json"))
        self.send_header("Connection", "close")
        self.end_headers()
        if not stream:
            self.wfile.write(answer.read())
            return
        pieces = 0
        while line := answer.readline():
            if b'"content":"' in line or b'"content": "' in line:
                if self.server.engine.stands_still(self.connection, pieces):
                    return
                pieces += 1
            self.wfile.write(line)

    def _tell(self, status: int, body: Body) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(data)


def _hung_up(client: socket.socket) -> bool:
    readable, _, _ = select.select([client], [], [], 0)
    return bool(readable) and not client.recv(1, socket.MSG_PEEK)
