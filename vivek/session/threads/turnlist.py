"""The turns of a thread as lists show them: number, request, and where each ended; no model, no graph."""

from collections.abc import Mapping
from dataclasses import dataclass

from vivek.schema.transcript import Row
from vivek.schema.travel import TurnLine
from vivek.workspace.store import Store

_READ = 4_000
_LONGEST = 100


@dataclass(frozen=True, slots=True)
class Exchange:
    """A finished turn in the log.

    Attributes:
        number: Counted from 1.
        request: What was asked.
        answer: What was answered, None when that is not in the log.
    """

    number: int
    request: Row
    answer: Row | None


def exchanges(store: Store, log: str | None) -> list[Exchange]:
    """Return the finished turns of a thread, oldest first; raises WorkspaceError when one is missing."""
    rows = store.chain(log)
    asked = [at for at, row in enumerate(rows) if row.role == "user"]
    return [
        Exchange(number, rows[at], rows[at + 1] if at + 1 < len(rows) and rows[at + 1].role == "assistant" else None)
        for number, at in enumerate(asked, 1)
    ]


def turn_lines(
    store: Store, log: str | None, ends: Mapping[int, str], files: Mapping[int, tuple[str, ...]]
) -> tuple[TurnLine, ...]:
    """Return the finished turns of a thread as lines.

    Args:
        store: Where the texts are.
        log: The head of the thread's log.
        ends: The checkpoint at the end of each turn.
        files: What each turn changed.
    """
    return tuple(
        TurnLine(turn.number, line_of(store, turn.request.blob), ends.get(turn.number, ""), files.get(turn.number, ()))
        for turn in exchanges(store, log)
    )


def line_of(store: Store, blob: str) -> str:
    """Return the first line of a text that says something, shortened."""
    text = ""
    for piece in store.pieces(blob):
        text = (text + piece).lstrip()
        if len(text) > _READ or "\n" in text:
            break
    line = " ".join(text.partition("\n")[0].split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
