"""Fetches one file: goes on where an earlier attempt stopped, tries again when the line breaks, proves the bytes."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

from vivek.errors import (
    ModelAPIError,
    ProviderTimeoutError,
    ProviderUnavailableError,
    StreamInterruptedError,
    WorkspaceError,
)
from vivek.providers.pull.part import Disk, Part
from vivek.providers.pull.wanted import WantedFile, count_file
from vivek.providers.wire.download import Arriving, Downloader
from vivek.schema.fetching import FetchProgress

Tell = Callable[[FetchProgress], None]

_BLOCK = 1 << 20
_MOST_BYTES = 1 << 40  # of a file whose size nobody told
_TRIES = 4  # in a row that bring nothing new
_LONGEST_WAIT = 60.0  # seconds
_AGAIN = "The same command goes on where it stopped."


@dataclass
class Fetcher:
    """Fetches files into a folder, one after the other.

    Attributes:
        downloader: Who opens them.
        tell: Told how far it is.
        disk: Where they are written.
        total: Bytes of all files together, None when unknown.
        before: Bytes of the files that are done.
        pause: Waits some seconds.
    """

    downloader: Downloader
    tell: Tell
    disk: Disk = field(default_factory=Disk)
    total: int | None = None
    before: int = 0
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep

    async def fetch(self, wanted: WantedFile, folder: Path) -> None:
        """Fetch a file; it gets its name when its bytes are proven, and not before.

        Raises:
            WorkspaceError: If another file of that name is there, another vivek is at it, or the disk refuses.
            ModelAPIError: If the file cannot be had, or is not the right one: then nothing of it is kept.
            StreamInterruptedError: If the line broke again and again; what came is kept.
        """
        target = folder / wanted.name
        here = _size_of(target)
        if here is None:
            with Part(wanted, folder, self.disk) as part:
                here = _size_of(target)
                if here is None:
                    await self._complete(part, wanted)
                    self.before += part.have
                    return
                part.remove()  # finished by another vivek between the look and the lock
        await self._prove(wanted, target, here)
        self.before += here

    async def _prove(self, wanted: WantedFile, target: Path, size: int) -> None:
        """Check a file that has its name already."""
        found = ""
        if wanted.size in {None, size}:
            for seen, found in count_file(target, wanted.checksum, size):  # noqa: B007 - the last one counts
                self._at("checking", seen)
                await asyncio.sleep(0)
        if found != wanted.checksum.value:
            msg = f"{target} is there already, and is another file: its checksum differs."
            raise WorkspaceError(msg, hint="Move it away, or remove it, then try again.")

    async def _complete(self, part: Part, wanted: WantedFile) -> None:
        for seen in part.recount():
            self._at("checking", seen)
            await asyncio.sleep(0)
        if wanted.size is None or part.have < wanted.size:
            await self._patiently(part, wanted)
        if not part.proven():
            part.remove()
            msg = f"What came as {wanted.name} has another checksum than it should have; it was removed."
            raise ModelAPIError(msg, hint="Try again; if it stays so, the host has another file, or the line is bad.")
        self._at("finishing", part.have)
        part.finish()

    async def _patiently(self, part: Part, wanted: WantedFile) -> None:
        """Go on after the line broke, as long as that brings something new."""
        furthest, tries = part.have, 0
        while True:
            try:
                await self._once(part, wanted)
            except (StreamInterruptedError, ProviderUnavailableError, ProviderTimeoutError) as error:
                tries = 0 if part.have > furthest else tries + 1
                furthest = max(furthest, part.have)
                wait = getattr(error, "retry_after", None) or 2.0**tries / 2
                if tries >= _TRIES or wait > _LONGEST_WAIT:
                    raise StreamInterruptedError(error.message, hint=_AGAIN) from error
                self._at("waiting", part.have, f"{error.message.rstrip('.')}; trying again.")
                await self.pause(wait)
            else:
                return

    async def _once(self, part: Part, wanted: WantedFile) -> None:
        async with self.downloader.open(wanted.url, start=part.have, tag=part.tag) as arriving:
            told = self._begin(part, wanted, arriving)
            if self.total is None and arriving.total is not None:  # only now is it known
                self.total = arriving.total
                self.disk.check_room(part.folder, arriving.total - part.have)
            self._at("fetching", part.have, told)
            most = wanted.size if wanted.size is not None else arriving.total or _MOST_BYTES
            held = bytearray()
            try:
                async for piece in arriving.pieces:
                    held += piece
                    if part.have + len(held) > most:
                        held.clear()
                        part.remove()
                        msg = f"{arriving.hosts[-1]} sends more than the {most:,} bytes of {wanted.name}."
                        raise ModelAPIError(msg, hint="The host has another file; nothing was kept.")
                    if len(held) >= _BLOCK:
                        part.add(bytes(held))
                        held.clear()
                    self._at("fetching", part.have + len(held))
            finally:
                part.add(bytes(held))  # what came is kept, also when the user stops it
            if part.have < most < _MOST_BYTES:
                msg = f"{arriving.hosts[-1]} ended the file at {part.have:,} of {most:,} bytes."
                raise StreamInterruptedError(msg, hint=_AGAIN)

    def _begin(self, part: Part, wanted: WantedFile, arriving: Arriving) -> str:
        """Check what the server offers against what is wanted; return what to tell of it."""
        size, total, host = wanted.size, arriving.total, arriving.hosts[-1]
        if size is not None and total is not None and size != total:
            msg = f"{host} has {total:,} bytes as {wanted.name}, not {size:,}."
            raise ModelAPIError(msg, hint="It is another file; nothing was fetched.")
        told = f"from {' -> '.join(arriving.hosts)}"
        if part.have and arriving.start == 0:
            told = f"{host} cannot go on where it stopped, or has another version: the file begins anew."
            part.begin_anew()
        if part.have == 0:
            part.describe(arriving.tag)
        return told

    def _at(self, doing: str, done: int, notice: str = "") -> None:
        self.tell(FetchProgress(doing, self.before + done, self.total, notice))


def _size_of(path: Path) -> int | None:
    """Return the bytes of a file, None when nothing is there.

    Raises:
        WorkspaceError: If something else than a file is there.
    """
    if not path.exists():
        return None
    if not path.is_file():
        msg = f"{path} is there already, and is no file."
        raise WorkspaceError(msg, hint="Move it away, then try again.")
    return path.stat().st_size
