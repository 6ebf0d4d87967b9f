"""What was computed of prompts, kept for each thread: the common beginning of the next one need not be computed again.

A cache is a list with one entry for each layer of the model; which entries can be shortened, they say themselves.
"""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

Cache = list[Any]  # objects of mlx-lm, which have no types
COUNT_LIMIT = 4


@dataclass(frozen=True, slots=True)
class Begun:
    """A cache to go on with, and how many tokens of the prompt are in it."""

    cache: Cache
    tokens: int


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of one thread: its cache, and the tokens that are in it."""

    thread_id: str
    cache: Cache
    tokens: list[int]


class PrefixCaches:
    """The caches of the threads used last.

    Args:
        make: Makes an empty one.
        limit_bytes: What all of them may take together; the newest is kept whatever it takes.
        limit: How many there may be.
    """

    def __init__(self, make: Callable[[], Cache], limit_bytes: int, limit: int = COUNT_LIMIT) -> None:
        self._make = make
        self._limit_bytes = limit_bytes
        self._limit = limit
        self._kept: OrderedDict[str, tuple[Cache, list[int]]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def take(self, thread_id: str, prompt: Sequence[int]) -> Begun:
        """Return the thread's cache, shortened to what it has in common with `prompt`, or an empty one.

        The last token of the prompt is never in it: something has to be computed for the first word of a reply.
        It is no longer kept here until it is given back.
        """
        cache, tokens = self._kept.pop(thread_id, ([], []))
        common = min(common_length(tokens, prompt), len(prompt) - 1)
        if common and shorten(cache, len(tokens) - common):
            return Begun(cache, common)
        return Begun(self._make(), 0)

    def give(self, thread_id: str, cache: Cache, tokens: Sequence[int]) -> None:
        """Keep a thread's cache.

        Args:
            thread_id: Whose it is.
            cache: It may hold less than all of `tokens`, or one more, when the computation was stopped.
            tokens: The prompt, and what was said after it.
        """
        length = length_of(cache)
        if not length or not shorten(cache, max(0, length - len(tokens))):
            return
        self._kept[thread_id] = cache, list(tokens[:length])
        while len(self._kept) > self._limit or (len(self._kept) > 1 and self._bytes() > self._limit_bytes):
            self._kept.popitem(last=False)

    def newest(self) -> Kept | None:
        """Return what is kept of the thread that was used last."""
        if not self._kept:
            return None
        thread_id = next(reversed(self._kept))
        return Kept(thread_id, *self._kept[thread_id])

    def clear(self) -> None:
        """Forget all."""
        self._kept.clear()

    def _bytes(self) -> int:
        return sum(int(layer.nbytes) for cache, _ in self._kept.values() for layer in cache)


def common_length(one: Sequence[int], other: Sequence[int]) -> int:
    """Return how many tokens the two begin with in common."""
    pairs = zip(one, other, strict=False)
    return next((number for number, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def length_of(cache: Cache) -> int | None:
    """Return how many tokens a cache holds, None when its layers disagree or do not tell: it was left half done."""
    told = {layer.offset for layer in cache if hasattr(layer, "offset")}
    length = told.pop() if len(told) == 1 else None
    return length if isinstance(length, int) else None


def shorten(cache: Cache, tokens: int) -> bool:
    """Take so many tokens off the end of a cache; return whether it could be done."""
    if tokens == 0:
        return True
    if not all(layer.is_trimmable() for layer in cache):
        return False
    return all(layer.trim(tokens) == tokens for layer in cache)
