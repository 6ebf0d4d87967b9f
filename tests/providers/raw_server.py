"""A loopback server that sends the bytes a test gives it, however wrong they are."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Seen:
    """One request as it arrived."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, object]:
        return json.loads(self.body)


Answer = Callable[[Seen, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class RawServer:
    """Where it listens, what it was asked, and whether clients hung up."""

    answer: Answer
    port: int = 0
    seen: list[Seen] = field(default_factory=list)
    hung_up: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def asked(self, path: str) -> list[Seen]:
        return [request for request in self.seen if request.path == path]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        watch: asyncio.Task[None] | None = None
        try:
            request = await _read_request(reader)
            if request is None:
                return
            self.seen.append(request)
            watch = asyncio.create_task(self._watch(reader))
            await self.answer(request, writer)
            await writer.drain()
        except ConnectionError:
            self.hung_up.set()
        finally:
            # First of all: the end of the test may cancel whatever is awaited below.
            writer.close()
            if watch is not None:
                watch.cancel()
                await asyncio.gather(watch, return_exceptions=True)
            with suppress(ConnectionError):
                await writer.wait_closed()

    async def _watch(self, reader: asyncio.StreamReader) -> None:
        try:
            while await reader.read(1024):
                pass
        except ConnectionError:
            pass
        self.hung_up.set()


@asynccontextmanager
async def raw_server(answer: Answer, host: str = "127.0.0.1") -> AsyncIterator[RawServer]:
    """Serve `answer` on a free port; the connections end with the context."""
    server = RawServer(answer)
    tasks: set[asyncio.Task[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            await server.serve(reader, writer)
        except asyncio.CancelledError:
            pass  # the end of the test; asyncio would report it as an error
        finally:
            tasks.discard(task)

    listener = await asyncio.start_server(connected, host, 0)
    server.port = listener.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listener.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await listener.wait_closed()


async def _read_request(reader: asyncio.StreamReader) -> Seen | None:
    try:
        start = await reader.readexactly(1)
        if start == b"\x16":  # a TLS handshake: hang up, as a server that speaks plain HTTP does
            return None
        head = (start + await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    except asyncio.IncompleteReadError:
        return None
    first, *rest = head.rstrip("\r\n").split("\r\n")
    method, path, _ = first.split(" ", 2)
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in rest)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Seen(method, path, headers, body)


def reply(status: str, kind: str, body: bytes, **headers: str) -> bytes:
    """Return a whole answer with its length."""
    lines = {"Content-Type": kind, "Content-Length": str(len(body)), "Connection": "close"}
    lines |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + body


def json_reply(value: object, status: str = "200 OK", **headers: str) -> bytes:
    """Return a whole answer in JSON."""
    return reply(status, "application/json", json.dumps(value).encode(), **headers)


def stream_head(kind: str, *, chunked: bool = True) -> bytes:
    """Return the head of a streamed answer; without `chunked` its end is the end of the connection."""
    framing = "Transfer-Encoding: chunked\r\n" if chunked else ""
    return f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nConnection: close\r\n{framing}\r\n".encode()


def in_chunks(body: bytes, *, last: bool = True) -> bytes:
    """Return `body` as one chunk of HTTP's chunked framing."""
    piece = b"%x\r\n%s\r\n" % (len(body), body) if body else b""
    return piece + (b"0\r\n\r\n" if last else b"")
