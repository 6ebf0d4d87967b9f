"""Connections of a test's proxy to the server behind it, which can all be cut at once."""

import http.client
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit


class Upstream:
    """The server behind a proxy.

    Args:
        url: Where it answers.
    """

    def __init__(self, url: str) -> None:
        self._there = urlsplit(url)
        self._sockets: set[socket.socket] = set()
        self._lock = threading.Lock()

    @property
    def connections(self) -> int:
        """How many requests are being worked on."""
        with self._lock:
            return len(self._sockets)

    @contextmanager
    def asked(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]
    ) -> Iterator[http.client.HTTPResponse]:
        """Send a request and yield the answer; leaving closes the connection, and the server stops its work."""
        connection = http.client.HTTPConnection(str(self._there.hostname), self._there.port)
        connection.connect()
        # A response that ends with its connection takes the socket away from it, so it is remembered here.
        line = connection.sock
        with self._lock:
            self._sockets.add(line)
        try:
            connection.request(method, path, body, dict(headers))
            with connection.getresponse() as answer:
                yield answer
        finally:
            with self._lock:
                self._sockets.discard(line)
            connection.close()
            line.close()

    def break_off(self) -> None:
        """Cut every connection, as when the server dies."""
        with self._lock:
            for line in self._sockets:
                with suppress(OSError):
                    line.shutdown(socket.SHUT_RDWR)
