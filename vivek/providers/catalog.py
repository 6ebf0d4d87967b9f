"""Models by name: which of those there are is nearest to the one asked for, and lists that are asked for once."""

import asyncio
import hashlib
import threading
import time
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass

from vivek.providers.base import Provider
from vivek.schema.models import ModelInfo
from vivek.schema.secret import Secret

SECONDS = 300.0
"""How long a list of models is taken for true."""


def nearest(name: str, names: Sequence[str], limit: int = 3) -> tuple[str, ...]:
    """Return the names most like `name`, best first; none when nothing is alike."""
    from rapidfuzz import fuzz, process, utils

    found = process.extract(
        name, names, scorer=fuzz.WRatio, processor=utils.default_process, limit=limit, score_cutoff=60
    )
    return tuple(match[0] for match in found)


def did_you_mean(name: str, names: Sequence[str], prefix: str = "") -> str:
    """Return a question that offers the nearest names, ready to be typed; "" when nothing is alike."""
    offers = " or ".join(f"`{prefix}{each}`" for each in nearest(name, names))
    return f"Did you mean {offers}?" if offers else ""


@dataclass(frozen=True, slots=True)
class Figures:
    """How often a list was there already (hits), and how often its server was asked (misses)."""

    hits: int
    misses: int


_Place = tuple[str, str, str, bool]
_Models = tuple[ModelInfo, ...]


class ModelLists:
    """The models of each server as it told them last; safe in tasks, threads and several event loops.

    Args:
        seconds: How long a list is kept.
        clock: Seconds, monotonic.
    """

    def __init__(self, *, seconds: float = SECONDS, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: dict[_Place, tuple[float, _Models]] = {}
        self._coming: dict[_Place, Future[_Models]] = {}
        self._hits = self._misses = 0

    async def get(
        self,
        provider: Provider,
        key: Secret | str | None = None,
        fetch: Callable[[], Awaitable[Sequence[ModelInfo]]] | None = None,
    ) -> Sequence[ModelInfo]:
        """Return the models of a provider; its server is asked at most once, however many want them at a time.

        Args:
            provider: Whom to ask when they are not known; one without a server is always asked.
            key: Its key: another key may see other models.
            fetch: Asks for more than the plain list; kept apart from it.

        Raises:
            ModelAPIError: If the server has to be asked and cannot tell; that is not kept.
        """
        if not provider.base_url.startswith(("http://", "https://")):
            return await (fetch or provider.models)()
        place = (provider.name, provider.base_url, _fingerprint(Secret.of(key)), fetch is not None)
        while True:
            with self._lock:
                until, models = self._kept.get(place, (0.0, ()))
                if self._clock() < until:
                    self._hits += 1
                    return models
                coming = self._coming.get(place)
                if coming is None:
                    self._misses += 1
                    mine = self._coming[place] = Future()
                    # So that none of those who wait can cancel it for the others.
                    mine.set_running_or_notify_cancel()
            if coming is None:
                return await self._fetch(place, mine, fetch or provider.models)
            try:
                models = await asyncio.wrap_future(coming)
            except _GivenUpError:
                continue  # who asked was cancelled: the next one asks
            with self._lock:
                self._hits += 1
            return models

    def invalidate(self, base_url: str | None = None) -> None:
        """Forget the lists of one server, or of all: what they say is no longer true."""
        with self._lock:
            for places in (self._kept, self._coming):
                for place in [place for place in places if base_url in {None, place[1]}]:
                    del places[place]

    def figures(self) -> Figures:
        """Return how often a list was known, and how often it was not."""
        with self._lock:
            return Figures(self._hits, self._misses)

    async def _fetch(
        self, place: _Place, mine: "Future[_Models]", fetch: Callable[[], Awaitable[Sequence[ModelInfo]]]
    ) -> _Models:
        try:
            models = tuple(await fetch())
        except BaseException as error:
            self._end(place, mine)
            mine.set_exception(error if isinstance(error, Exception) else _GivenUpError())
            raise
        with self._lock:
            if self._coming.get(place) is mine:  # else it was forgotten in the meantime, and may be old
                self._kept[place] = (self._clock() + self._seconds, models)
        self._end(place, mine)
        mine.set_result(models)
        return models

    def _end(self, place: _Place, mine: "Future[_Models]") -> None:
        with self._lock:
            if self._coming.get(place) is mine:
                del self._coming[place]


class _GivenUpError(Exception):
    """Whoever asked for a list was cancelled."""


def _fingerprint(key: Secret | None) -> str:
    """Return what tells keys apart without being one."""
    return hashlib.sha256(key.reveal().encode("utf-8", "surrogatepass")).hexdigest() if key else ""


MODEL_LISTS = ModelLists()
"""Those of this process."""
