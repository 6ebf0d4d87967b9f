"""Lists of threads as plain text that fits the terminal; no drawing library, since lists are often piped."""

from collections.abc import Iterable, Iterator, Sequence

from vivek.cli.render.safe_text import fit, one_line, visible, width_of
from vivek.schema.threads import ThreadSummary

_STEPS = ((60, "s"), (3_600, "min"), (86_400, "h"), (7 * 86_400, "d"), (365 * 86_400, "w"))
_DIVISORS = {"s": 1, "min": 60, "h": 3_600, "d": 86_400, "w": 7 * 86_400}
_LEAST_TITLE = 10


def age_of(seconds: float) -> str:
    """Return an age in its largest unit, such as `3 h`; times to come count as now."""
    seconds = max(0.0, seconds)
    for limit, unit in _STEPS:
        if seconds < limit:
            return f"{int(seconds // _DIVISORS[unit])} {unit}"
    return f"{int(seconds // (365 * 86_400))} y"


def thread_table(threads: Sequence[ThreadSummary], *, now: float, width: int, directories: bool = False) -> str:
    """Return a table of threads, one line each.

    Args:
        threads: What to list.
        now: Seconds since the epoch.
        width: Columns of the terminal.
        directories: Whether to name the project of each.
    """
    rows = [
        [thread.id, thread.status.replace("_", " "), str(thread.turns), age_of(now - thread.updated)]
        for thread in threads
    ]
    heads = ["THREAD", "STATUS", "TURNS", "AGE"]
    table = [heads, *rows]
    widths = [max(width_of(row[column]) for row in table) for column in range(len(heads))]
    lasts = ["TITLE"] + [_last(thread, directories=directories) for thread in threads]
    while len(widths) > 1 and sum(widths) + 2 * len(widths) + _LEAST_TITLE > width:
        widths.pop()  # a narrow terminal keeps id and title
    lines = []
    for row, last in zip(table, lasts, strict=True):
        cells = [cell + " " * (wide - width_of(cell)) for cell, wide in zip(row, widths, strict=False)]
        room = max(_LEAST_TITLE, width - sum(widths) - 2 * len(widths))
        lines.append("  ".join([*cells, fit(last, room)]).rstrip())
    return "\n".join(lines)


def conversation(messages: Iterable[tuple[str, Iterable[str]]]) -> Iterator[str]:
    """Yield what was said in a thread, each message under the name of its speaker, piece by piece: one may be long."""
    between = ""
    for role, pieces in messages:
        yield f"{between}{one_line(role)}:\n"
        yield from _stripped(pieces)
        between = "\n\n"
    if between:
        yield "\n"


def _stripped(pieces: Iterable[str]) -> Iterator[str]:
    """Yield a text made visible, without blanks at its ends; halves of a line end come together on the way."""
    held, begun = "", False
    for piece in pieces:
        text = held + piece if begun else piece.lstrip()
        shown = text.rstrip()
        held = text[len(shown) :]
        if shown:
            begun = True
            yield visible(shown)


def _last(thread: ThreadSummary, *, directories: bool) -> str:
    title = one_line(thread.title)
    return f"{title}  {one_line(thread.directory)}" if directories else title
