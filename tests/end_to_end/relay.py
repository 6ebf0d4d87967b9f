"""Programs that are installed but do not run: started, they listen and hand everything on to a server that runs."""

import os
import signal
import socket
import sys
from dataclasses import dataclass
from pathlib import Path

_RELAY = """#!{python}
import http.client, os, sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

assert sys.argv[-1] == {last!r}, sys.argv
open({pid!r}, "w").write(str(os.getpid()))
there = urlsplit({url!r})

class Relay(BaseHTTPRequestHandler):
    def do_GET(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        up = http.client.HTTPConnection(there.hostname, there.port)
        up.request(self.command, self.path, body, {{"Authorization": "Bearer " + {key!r}}})
        got = up.getresponse()
        self.send_response(got.status)
        self.send_header("Content-Type", got.headers["Content-Type"])
        self.end_headers()
        while data := got.read1(65536):
            self.wfile.write(data)
    do_POST = do_GET

print("a line of a log that nobody reads" * 5000, flush=True)
ThreadingHTTPServer(("127.0.0.1", {port}), Relay).serve_forever()
"""


def free_port() -> int:
    """Return a port where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True, slots=True)
class Relay:
    """A program in a folder of its own, which belongs on the PATH.

    Attributes:
        folder: The folder.
        port: Where it listens.
    """

    folder: Path
    port: int

    @property
    def started(self) -> bool:
        """Whether somebody has started it."""
        return self._pid.exists()

    @property
    def path(self) -> str:
        """The PATH with it in front."""
        return f"{self.folder}{os.pathsep}{os.environ['PATH']}"

    def install(self, name: str, *, url: str, last: str, key: str = "") -> None:
        """Write the program.

        Args:
            name: What it is called.
            url: The server it hands on to.
            last: The argument that it must be started with last.
            key: What that server wants.
        """
        self.folder.mkdir()
        text = _RELAY.format(python=sys.executable, pid=str(self._pid), url=url, port=self.port, last=last, key=key)
        (self.folder / name).write_text(text)
        (self.folder / name).chmod(0o755)

    def runs(self) -> bool:
        """Tell whether it runs."""
        try:
            os.kill(int(self._pid.read_text()), 0)
        except (OSError, ValueError):
            return False
        return True

    def stop(self) -> None:
        """End it if it was started."""
        if self.started:
            os.kill(int(self._pid.read_text()), signal.SIGTERM)

    @property
    def _pid(self) -> Path:
        return self.folder / "pid"
