"""Reads a saved state of a thread without LangGraph: what it says, never what it would run."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from vivek.errors import ThreadError

_WAITS = "branch:to:"
_BEGUN = "__start__"
_FIRST = "planner"


@dataclass(frozen=True, slots=True)
class Saved:
    """A saved state.

    Attributes:
        thread: What outlives a turn, by key.
        turn: What belongs to the turn, by key.
        next: The nodes that would run; none at the end of a turn.
    """

    thread: Mapping[str, Any]  # Any: JSON values, as the nodes wrote them
    turn: Mapping[str, Any]  # Any: as above
    next: tuple[str, ...]

    @property
    def turns(self) -> int:
        """How many turns had ended."""
        return int(self.thread.get("turns") or 0)


def read_saved(kind: str, data: bytes, thread_id: str) -> Saved:
    """Return what a row of the saver's tables holds; types of their own, which a stranger could put there, are refused.

    Args:
        kind: How it is packed.
        data: The packed checkpoint.
        thread_id: Whose it is, for the error.

    Raises:
        ThreadError: If it cannot be read.
    """
    import ormsgpack

    try:
        if kind != "msgpack":
            raise ValueError(kind)
        channels = ormsgpack.unpackb(data)["channel_values"]
        begun = channels.get(_BEGUN)  # the input of a turn, which the state has not taken in yet
        thread, turn = channels.get("thread") or {}, (begun or channels).get("turn") or {}
        waiting = tuple(sorted(name.removeprefix(_WAITS) for name in channels if name.startswith(_WAITS)))
        int(thread.get("turns") or 0), turn.get("applied")
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        msg = f"A saved state of thread {thread_id} is damaged: {error}"
        raise ThreadError(msg, hint="Choose another turn of it; `vivek threads show ID --tree` lists them.") from error
    return Saved(thread, turn, waiting or ((_FIRST,) if begun else ()))
