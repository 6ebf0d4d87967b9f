"""Finds places by their description: what an embedding model made of the code is kept and compared.

The model itself is handed in as a callable. Search by words needs none of this.
"""

import hashlib
import math
import operator
from array import array
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from vivek.errors import ContextWindowExceededError, IndexingError
from vivek.project.index.base import Lookup
from vivek.project.vectors.chunks import CHARACTERS, Piece, pieces_of
from vivek.project.vectors.store import VectorStore

Embed = Callable[[Sequence[str]], Awaitable[Sequence[Sequence[float]] | None]]

BATCH = 16
"""Pieces that are embedded in one request; between two requests it can be stopped."""

MOST_PLAIN = 10_000
"""Pieces up to which distances are computed without numpy: about a quarter of a second of CPU with 768 dimensions."""

_SHORTEST = 200


@dataclass(frozen=True, slots=True)
class VectorStatus:
    """How far the vectors are.

    Attributes:
        model: The model they are of.
        dimension: Their length, 0 while there are none.
        files: Files whose pieces all have one.
        listed: Files that are to have them.
        pieces: Pieces that have one.
        told: Why there are none, not all, or not all are searched, or "".
    """

    model: str
    dimension: int = 0
    files: int = 0
    listed: int = 0
    pieces: int = 0
    told: str = ""


@dataclass(frozen=True, slots=True)
class Near:
    """A piece of a file that is near to a text in meaning; lines count from 1, `score` is a cosine."""

    path: str
    line: int
    end_line: int
    score: float


class Vectors:
    """The vectors of one repository and one model; not to be used by two tasks at a time.

    Args:
        store: Where they are kept.
    """

    def __init__(self, store: VectorStore) -> None:
        self._store = store
        self._told = ""
        self._listed = 0
        self._longest = CHARACTERS

    def close(self) -> None:
        """Close the database."""
        self._store.close()

    def status(self) -> VectorStatus:
        """Return how far they are."""
        files, pieces = self._store.counts()
        told = self._told
        if not told and pieces > MOST_PLAIN and find_spec("numpy") is None:
            told = f"Without numpy only the first {MOST_PLAIN:,} of {pieces:,} pieces are searched."
        return VectorStatus(self._store.model, self._store.dimension(), files, max(files, self._listed), pieces, told)

    async def fill(
        self,
        lookup: Lookup,
        read: Callable[[str], bytes | None],
        embed: Embed,
        *,
        on_progress: Callable[[int, int], None] | None = None,
        stop: Callable[[], bool] = lambda: False,
    ) -> VectorStatus:
        """Embed what is new or changed, file by file, and forget what is gone; whatever was done is kept.

        Args:
            lookup: What is known of the repository.
            read: Returns the bytes of a file as it is now, None when there is none.
            embed: Returns one vector for each text, None where the server cannot; its errors pass through.
            on_progress: Hears of files done and files to do.
            stop: Asked before each request.

        Raises:
            IndexingError: If the model returns something else than one vector for each text.
            WorkspaceError: If the database cannot be written.
        """
        paths = lookup.paths()
        self._listed, self._told = len(paths), ""
        known = self._store.files()
        self._store.drop(sorted(known.keys() - set(paths)))
        for number, path in enumerate(paths):
            data = read(path)
            digest = hashlib.sha256(data or b"").digest()
            if known.get(path) != digest:
                pieces = () if data is None else pieces_of(path, data, lookup.definitions_in(path))
                self._told = await self._embed_missing(pieces, embed, stop)
                if self._told:
                    break
                self._store.put(path, digest, pieces)
            if on_progress is not None:
                on_progress(number + 1, len(paths))
        else:
            self._store.sweep()
        return self.status()

    def nearest(self, vector: Sequence[float], *, limit: int = 30) -> tuple[Near, ...]:
        """Return the pieces nearest to a vector of the same model, the nearest first; none where lengths differ.

        Without numpy only the first `MOST_PLAIN` pieces are looked at; `status` says so.

        Raises:
            WorkspaceError: If the database cannot be read.
        """
        places, stored = self._store.all()
        wanted = _unit(vector)
        if not places or wanted is None or len(wanted) != self._store.dimension():
            return ()
        scores = _scores(wanted, stored)
        order = sorted(range(len(scores)), key=lambda number: (-scores[number], places[number]))[:limit]
        return tuple(Near(*places[number], scores[number]) for number in order)

    async def _embed_missing(self, pieces: Sequence[Piece], embed: Embed, stop: Callable[[], bool]) -> str:
        """Embed what has no vector yet; return why it broke off, or ""."""
        missing = [piece for piece in pieces if not self._store.has(piece.hash)]
        for start in range(0, len(missing), BATCH):
            if stop():
                return "It was stopped; the rest is done later."
            batch = missing[start : start + BATCH]
            vectors = await self._vectors(embed, [piece.text for piece in batch])
            if vectors is None:
                return f"The server of {self._store.model} makes no embeddings."
            units = _units(vectors)
            if len(units) != len(batch):
                msg = f"{self._store.model} did not return one usable vector for each text."
                raise IndexingError(msg, hint="Choose another embedding model; search by words goes on.")
            kept = [(piece.hash, unit.tobytes()) for piece, unit in zip(batch, units, strict=True)]
            if not self._store.keep(len(units[0]), kept):
                return f"{self._store.model} changed the length of its vectors, so they are made anew next time."
        return ""

    async def _vectors(self, embed: Embed, texts: Sequence[str]) -> Sequence[Sequence[float]] | None:
        """Embed texts; those that the model cannot take at once are cut shorter until it can."""
        while True:
            try:
                return await embed([text[: self._longest] for text in texts])
            except ContextWindowExceededError:
                if self._longest <= _SHORTEST:
                    raise
                self._longest //= 2


def open_vectors(data: Path, model: str) -> Vectors:
    """Open the vectors of a project; those of another model are thrown away, a damaged database is begun anew.

    Args:
        data: The data folder of the project.
        model: The embedding model, with its provider.

    Raises:
        WorkspaceError: If the database cannot be opened.
    """
    return Vectors(VectorStore(data, model))


def _units(vectors: Sequence[Sequence[float]]) -> "list[array[float]]":
    """Return vectors of length 1 in the directions of others; none where one has no direction or another length."""
    units = [unit for vector in vectors if (unit := _unit(vector)) is not None]
    return units if len({len(unit) for unit in units}) == 1 else []


def _unit(vector: Sequence[float]) -> "array[float] | None":
    length = math.hypot(*vector)
    return array("f", [value / length for value in vector]) if length > 0 and math.isfinite(length) else None


def _scores(wanted: "array[float]", stored: Sequence[bytes]) -> list[float]:
    try:
        import numpy
    except ImportError:
        return plain_scores(wanted, stored[:MOST_PLAIN])
    table = numpy.frombuffer(b"".join(stored), dtype=numpy.float32).reshape(len(stored), -1)
    return [float(score) for score in table @ numpy.frombuffer(wanted.tobytes(), dtype=numpy.float32)]


def plain_scores(wanted: "array[float]", stored: Sequence[bytes]) -> list[float]:
    """Return the cosine of a vector and each of some others, all of length 1, without numpy."""
    numbers = wanted.tolist()
    return [sum(map(operator.mul, numbers, memoryview(vector).cast("f"))) for vector in stored]
