"""A host of files on loopback that can do all that real ones do wrong, one fault at a time."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.providers.raw_server import RawServer, Seen, raw_server, reply
from vivek.providers.pull.wanted import Checksum, WantedFile

CONTENT = b"".join(hashlib.sha256(b"%d" % number).digest() for number in range(100_000))  # 3.2 MB, never the same twice
NAME = "tiny-q8_0.gguf"


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def git_name(data: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


@dataclass
class FileHost:
    """What it does.

    Attributes:
        files: Content by path.
        ranges: Whether it can begin in the middle.
        tag: Its `ETag`, "" for none.
        cuts: After how many bytes of an answer it hangs up, one number an answer; then it behaves.
        lengths: Whether it tells the length of what it sends.
        answers: Raw answers by path, instead of a file.
        slow: Seconds between two pieces.
        hangs: Whether it says nothing more after its head.
        seen: What it was asked.
    """

    files: dict[str, bytes] = field(default_factory=lambda: {f"/{NAME}": CONTENT})
    ranges: bool = True
    tag: str = '"one"'
    cuts: list[int] = field(default_factory=list)
    lengths: bool = True
    answers: dict[str, bytes] = field(default_factory=dict)
    slow: float = 0.0
    hangs: bool = False
    seen: list[Seen] = field(default_factory=list)
    url: str = ""

    async def answer(self, request: Seen, writer: asyncio.StreamWriter) -> None:
        self.seen.append(request)
        path = request.path.partition("?")[0]
        if path in self.answers:
            writer.write(self.answers[path])
            return
        if path not in self.files:
            writer.write(reply("404 Not Found", "text/plain", b"no"))
            return
        data = self.files[path]
        start = self._start(request)
        if start > len(data) or (start and start == len(data)):
            writer.write(reply("416 Range Not Satisfiable", "text/plain", b"", Content_Range=f"bytes */{len(data)}"))
            return
        lines = ["HTTP/1.1 206 Partial Content" if start else "HTTP/1.1 200 OK", "Connection: close"]
        lines += [f"Content-Length: {len(data) - start}"] if self.lengths else []
        lines += [f"Content-Range: bytes {start}-{len(data) - 1}/{len(data)}"] if start else []
        lines += [f"ETag: {self.tag}"] if self.tag else []
        writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
        if self.hangs:
            await writer.drain()
            await asyncio.sleep(60)
        body = data[start:]
        if self.cuts:
            body = body[: self.cuts.pop(0)]
        for at in range(0, len(body), 65_536):
            writer.write(body[at : at + 65_536])
            await writer.drain()
            if self.slow:
                await asyncio.sleep(self.slow)

    def _start(self, request: Seen) -> int:
        asked = request.headers.get("range", "")
        if not self.ranges or not asked:
            return 0
        if request.headers.get("if-range", self.tag) != self.tag:
            return 0
        return int(asked.removeprefix("bytes=").removesuffix("-"))

    def wanted(self, name: str = NAME, *, size: int | None = -1, checksum: str = "") -> WantedFile:
        """Return what is to be fetched; the real size and checksum unless told otherwise."""
        data = self.files[f"/{name}"]
        real = len(data) if size == -1 else size
        return WantedFile(name, f"{self.url}/{name}", real, Checksum("sha256", checksum or sha256(data)))

    def ranges_asked(self) -> list[str]:
        """Return the ranges asked for, "" for a whole file."""
        return [request.headers.get("range", "") for request in self.seen]


@asynccontextmanager
async def file_host(host: FileHost | None = None) -> AsyncIterator[FileHost]:
    host = host or FileHost()
    server: RawServer
    async with raw_server(host.answer) as server:
        host.url = server.url
        yield host
