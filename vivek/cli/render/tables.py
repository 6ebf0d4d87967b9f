"""Lists of threads as plain text that fits the terminal; no drawing library, since lists are often piped."""

from collections.abc import Iterable, Iterator, Sequence

from vivek.cli.render.safe_text import fit, one_line, visible
from vivek.schema.threads import ThreadHit, ThreadSummary

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
    heads = ("THREAD", "STATUS", "TURNS", "AGE")
    # Ids and words of our own are plain ASCII, so that their length is their width; ten thousand rows feel that.
    table = [
        heads,
        *((one.id, one.status.replace("_", " "), str(one.turns), age_of(now - one.updated)) for one in threads),
    ]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    named = {each: f"  {one_line(each)}" if directories else "" for each in {thread.directory for thread in threads}}
    lasts = ["TITLE", *(one_line(thread.title) + named[thread.directory] for thread in threads)]
    while len(widths) > 1 and sum(widths) + 2 * len(widths) + _LEAST_TITLE > width:
        widths.pop()  # a narrow terminal keeps id and title
    room = max(_LEAST_TITLE, width - sum(widths) - 2 * len(widths))
    row = "  ".join(f"{{:{wide}}}" for wide in widths) + "  {}"
    cells = (row.format(*each[: len(widths)], fit(last, room)) for each, last in zip(table, lasts, strict=True))
    return "\n".join(map(str.rstrip, cells))


def hit_lines(hits: Iterable[ThreadHit], *, directories: bool = False) -> Iterator[str]:
    """Yield what a search found: a head for each thread, then turn, speaker and line.

    Args:
        hits: The places, those of one thread beside each other.
        directories: Whether to name the project of each thread.
    """
    before = None
    for hit in hits:
        if (hit.directory, hit.thread) != before:
            before = (hit.directory, hit.thread)
            where = f"  {one_line(hit.directory)}" if directories else ""
            yield f"{one_line(hit.thread)}  {one_line(hit.title)}{where}"
        yield f"  turn {hit.turn}, {'you' if hit.role == 'user' else 'model'}: {one_line(hit.line)}"


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
