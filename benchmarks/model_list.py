"""How long a list of models takes when it is known, when it is asked for, and what a kept connection saves.

Everything runs in this process, against servers on loopback in other threads.
"""

import asyncio
import json
import os
import ssl
import statistics
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from benchmarks.measure import ROOT, Result, report
from vivek.providers.adapters.openai_compat import OpenAICompatProvider
from vivek.providers.catalog import ModelLists
from vivek.providers.wire.http import HttpDoor

MODELS = 1000
READS = 2000
ASKS = 200
LIMIT_MS = 1.0
CERTIFICATES = ROOT / "tests" / "providers" / "tls"


class Handler(BaseHTTPRequestHandler):
    """Answers every question with the same list, and keeps its connections."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else head and body wait for each other, and that is all that is measured
    body = json.dumps({"data": [{"id": f"model-{number}", "object": "model"} for number in range(MODELS)]}).encode()

    def do_GET(self) -> None:
        """Answer."""
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(self.body)))
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Short(Handler):
    """Answers shortly, so that the connection is what takes time."""

    body = b"{}"


@contextmanager
def served(handler: type[Handler], certificate: Path | None = None) -> Iterator[str]:
    """Serve on a free port; yield the address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        if certificate is not None:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(certificate, CERTIFICATES / "key.pem")
            server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http{'s' if certificate else ''}://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


async def times(work: Callable[[], Awaitable[object]], count: int) -> list[float]:
    """Return how long something took each time, in milliseconds."""
    await work()
    took = []
    for _ in range(count):
        begun = time.perf_counter()
        await work()
        took.append((time.perf_counter() - begun) * 1000)
    return took


async def lists(url: str) -> list[Result]:
    """Measure a list that is known, and one that is asked for."""
    provider = OpenAICompatProvider(url)
    known = ModelLists()
    hits = await times(lambda: known.get(provider, "some-key"), READS)

    async def asked() -> None:
        known.invalidate()
        await known.get(provider, "some-key")

    misses = await times(asked, ASKS)
    await provider.close()
    hundredth = statistics.quantiles(hits, n=100)[98]
    return [
        Result("a list that is known", statistics.median(hits), "ms", LIMIT_MS, f"{MODELS} models, {READS} reads"),
        Result("a list that is known, the slowest of a hundred", hundredth, "ms", LIMIT_MS),
        Result("a list that is asked for", statistics.median(misses), "ms", None, f"{MODELS} models, over loopback"),
    ]


async def connections(url: str) -> list[Result]:
    """Measure a short question on an encrypted connection that is kept, and on a new one each time."""
    door = HttpDoor(url)
    kept = await times(lambda: door.get_json("/x"), ASKS)
    await door.close()

    async def anew() -> None:
        fresh = HttpDoor(url)
        await fresh.get_json("/x")
        await fresh.close()

    new = await times(anew, ASKS)
    note = "no way to go: to a server elsewhere a new one costs two round trips more"
    return [
        Result("a question on an encrypted connection that is kept", statistics.median(kept), "ms"),
        Result("the same on a new one", statistics.median(new), "ms", None, note),
    ]


def main() -> int:
    """Measure both."""
    os.environ["SSL_CERT_FILE"] = str(CERTIFICATES / "good.pem")
    with served(Handler) as url:
        results = asyncio.run(lists(url))
    with served(Short, CERTIFICATES / "good.pem") as url:
        results += asyncio.run(connections(url))
    return report("model_list", "Lists of models, and connections that are kept", results)


if __name__ == "__main__":
    sys.exit(main())
