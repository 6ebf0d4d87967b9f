"""Holds each prompt against the one before it, so that a lost cache can be explained. Keeps the last prompt only."""

from dataclasses import dataclass, field, replace

from vivek.schema.chunk import Usage
from vivek.schema.context import CacheLoss
from vivek.schema.messages import Message
from vivek.schema.sameness import common_start

KEPT = 0.9
"""A server that takes less than this share of the prompt before from its cache has lost some of it."""

_SHOWN = 24  # characters


@dataclass(slots=True)
class Ledger:
    """The prompts of one model during a session.

    Attributes:
        calls: How many there were.
    """

    calls: int = 0
    _loss: CacheLoss | None = field(init=False, default=None)
    _lost_at: int = field(init=False, default=0)
    _last: tuple[Message, ...] = field(init=False, default=())
    _read: int | None = field(init=False, default=None)

    def note(self, node: str, messages: tuple[Message, ...], usage: Usage) -> None:
        """Take in a prompt that was answered, with the server's figures."""
        before, read = self._last, self._read
        self._last, self._read = messages, usage.prompt_tokens
        self.calls += 1
        cached = usage.cached_tokens
        if not before or (cached is not None and read is not None and cached >= KEPT * read):
            return
        found = first_difference(before, messages)
        if found is None and (cached is None or read is None):
            return  # every byte agrees, and nobody says that it was read again
        loss = CacheLoss(node, 0, read, cached) if found is None else found
        self._loss, self._lost_at = replace(loss, node=node, read_before=read, cached=cached), self.calls

    @property
    def lost(self) -> CacheLoss | None:
        """Return the last time that the cache was lost, None if it never was."""
        return None if self._loss is None else replace(self._loss, calls_ago=self.calls - self._lost_at)


def first_difference(before: tuple[Message, ...], now: tuple[Message, ...]) -> CacheLoss | None:
    """Return where a prompt departs from the one before; None if it only adds to it. Tokens are left out."""
    for number, old in enumerate(before, 1):
        if number > len(now):
            return CacheLoss("", 0, None, None, number, "", 0, old.content[:_SHOWN], "")
        new = now[number - 1]
        if old == new:
            continue
        at = common_start(old.content, new.content) if old.role == new.role else 0
        offset = len(old.content[:at].encode("utf-8", "replace"))
        was, is_now = (text[at : at + _SHOWN] for text in (old.content, new.content))
        return CacheLoss("", 0, None, None, number, new.role, offset, was, is_now)
    return None
