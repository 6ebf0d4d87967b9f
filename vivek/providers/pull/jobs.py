"""What can be fetched, ready to be confirmed and run: a model of Ollama's library, one file, or a folder of files."""

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol, Self

from vivek.errors import WorkspaceError
from vivek.providers.catalog import MODEL_LISTS
from vivek.providers.pull.fetching import Fetcher, Tell
from vivek.providers.pull.ollama import pull_from_ollama
from vivek.providers.pull.part import Disk, Part, told
from vivek.providers.pull.wanted import WantedFile
from vivek.providers.wire.download import Downloader
from vivek.schema.fetching import FetchPlan
from vivek.schema.secret import Secret


class Job(Protocol):
    """Something to fetch.

    Attributes:
        plan: What it means; shown before it runs.
    """

    @property
    def plan(self) -> FetchPlan:
        """What it means; shown before it runs."""
        ...

    def noting(self, note: str) -> Self:
        """Return the same with something else to know before saying yes."""
        ...

    async def run(self, tell: Tell) -> None:
        """Fetch it; when this returns, it can be used.

        Raises:
            ModelAPIError: If it cannot be had.
            WorkspaceError: If the disk refuses, or another vivek is at it.
        """
        ...


@dataclass(frozen=True, slots=True)
class _Planned:
    """What all have."""

    plan: FetchPlan

    def noting(self, note: str) -> Self:
        """Return the same with something else to know before saying yes."""
        return replace(self, plan=replace(self.plan, notes=(*self.plan.notes, note)))


@dataclass(frozen=True, slots=True)
class OllamaJob(_Planned):
    """A model that Ollama fetches."""

    model: str
    base_url: str | None = None
    key: Secret | None = None

    async def run(self, tell: Tell) -> None:
        """Let Ollama fetch it."""
        await pull_from_ollama(self.model, tell, base_url=self.base_url, key=self.key)
        MODEL_LISTS.invalidate()


@dataclass(frozen=True, slots=True)
class FileJob(_Planned):
    """One file that gets its place in a folder."""

    wanted: WantedFile
    folder: Path
    downloader: Downloader
    disk: Disk = field(default_factory=Disk)

    async def run(self, tell: Tell) -> None:
        """Fetch the file."""
        _make(self.folder)
        if self.wanted.size is not None:
            self.disk.check_room(self.folder, self.wanted.size - self.plan.present_bytes)
        await Fetcher(self.downloader, tell, self.disk, self.wanted.size).fetch(self.wanted, self.folder)


@dataclass(frozen=True, slots=True)
class FolderJob(_Planned):
    """Several files that get their place together: none of them before all are proven."""

    wanted: Sequence[WantedFile]
    folder: Path
    downloader: Downloader
    disk: Disk = field(default_factory=Disk)

    async def run(self, tell: Tell) -> None:
        """Fetch the files."""
        fetcher = Fetcher(self.downloader, tell, self.disk, self.plan.size_bytes)
        place = self.folder if self.folder.exists() else waiting_folder(self.folder)
        if place != self.folder:
            _make(place)
            self.disk.check_room(place, (self.plan.size_bytes or 0) - self.plan.present_bytes)
        with _held(place):
            for wanted in self.wanted:
                await fetcher.fetch(wanted, place)
            if place != self.folder:
                with told(self.folder):
                    place.rename(self.folder)


def waiting_folder(folder: Path) -> Path:
    """Return where the files of a folder wait for each other; hidden, so that nobody takes it for a model."""
    return folder.with_name(f".{folder.name}.part")


def present_bytes(files: Sequence[WantedFile], folder: Path) -> int:
    """Return how many bytes of some files are in a folder already, whole ones and begun ones."""
    return sum(_present(wanted, folder) for wanted in files)


def _present(wanted: WantedFile, folder: Path) -> int:
    whole = folder / wanted.name
    return whole.stat().st_size if whole.is_file() else Part(wanted, folder, Disk()).left()


def _make(folder: Path) -> None:
    """Make a folder, and those above it that are missing, for the user alone."""
    with told(folder):
        for each in reversed([folder, *folder.parents]):
            if not each.exists():
                each.mkdir(mode=0o700, exist_ok=True)


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """Hold the lock of a folder.

    Raises:
        WorkspaceError: If another process holds it.
    """
    with told(folder):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            msg = f"Another vivek is fetching into {folder} right now."
            raise WorkspaceError(msg, hint="Wait for it, or end it, then try again.") from error
        yield
    finally:
        os.close(handle)
