"""Pieces of HTML: whatever text comes from outside is made visible, cut and escaped here, and nowhere else."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal

from vivek.cli.render.safe_text import one_line
from vivek.schema.measures import Place

MOST_ROWS = 1_000
"""Rows of one table; a browser draws no more in a moment, and nobody reads them."""

_LONGEST = 400
_PART_END = re.compile(r"/(?=\w)|(?<=[^\W_])_+(?=[^\W_])")
UNKNOWN = "\u2013"
"""Stands where nothing is known: a figure that nobody measured is no 0."""


class Raw(str):
    """Text that is HTML already."""

    __slots__ = ()


Cell = str | int | float | None
Kind = Literal["text", "prose", "number", "share"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its name, what it holds, and what that means."""

    name: str
    kind: Kind = "text"
    about: str = ""


def text_of(text: str) -> Raw:
    """Return a text of others as HTML on one line."""
    return Raw(escape(one_line(text, _LONGEST)))


def code_of(text: str) -> Raw:
    """Return a path or a name as HTML; a line may end behind a part of it."""
    return Raw(f"<code>{prose_of(text)}</code>")


def prose_of(text: str) -> Raw:
    """Return a sentence as HTML; a line may end within the names in it, which are often wider than a column."""
    return Raw(_PART_END.sub(r"\g<0><wbr>", text_of(text)))


def place_of(place: Place) -> Raw:
    """Return where something is."""
    return code_of(f"{place.path}:{place.line}" if place.line else place.path)


def list_of(items: Sequence[Raw], most: int = 20) -> Raw:
    """Return things in a row, and how many more there are."""
    more = f" and {len(items) - most:,} more" if len(items) > most else ""
    return Raw(", ".join(items[:most]) + more)


def section(name: str, title: str, about: str, body: Iterable[str]) -> Iterator[str]:
    """Yield a section with a heading.

    Args:
        name: What links lead to.
        title: Its heading.
        about: What is shown, in a sentence.
        body: Its lines.
    """
    yield f'<section id="{name}" aria-labelledby="{name}-title">'
    yield f'<h2 id="{name}-title">{escape(title)}</h2>'
    if about:
        yield f'<p class="about">{escape(about)}</p>'
    yield from body
    yield "</section>"


def table(
    caption: str, columns: Sequence[Column], rows: Sequence[Sequence[Cell]], none: str = "None."
) -> Iterator[str]:
    """Yield a table, or a sentence where it would be empty.

    Args:
        caption: What its rows are.
        columns: Its columns.
        rows: Its rows, the most important first.
        none: What is said where there are no rows.
    """
    if not rows:
        yield f'<p class="none">{escape(none)}</p>'
        return
    yield '<div class="wide"><table>'
    yield f"<caption>{escape(caption)}</caption>"
    yield f"<thead><tr>{''.join(map(_head, columns))}</tr></thead>"
    yield "<tbody>"
    for row in rows[:MOST_ROWS]:
        yield f"<tr>{''.join(_cell(column, cell) for column, cell in zip(columns, row, strict=True))}</tr>"
    yield "</tbody></table></div>"
    if len(rows) > MOST_ROWS:
        yield f'<p class="about">The first {MOST_ROWS:,} of {len(rows):,}; <code>--format json</code> has all.</p>'


def _head(column: Column) -> str:
    about = f' title="{escape(column.about)}"' if column.about else ""
    return f'<th scope="col" data-kind="{column.kind}"{about}>{escape(column.name)}</th>'


def _cell(column: Column, cell: Cell) -> str:
    match cell:
        case None:
            return f'<td class="n">{UNKNOWN}</td>' if column.kind in ("number", "share") else f"<td>{UNKNOWN}</td>"
        case Raw():
            return f"<td>{cell}</td>"
        case str():
            return f"<td>{text_of(cell)}</td>"
        case _ if column.kind == "share":
            return f'<td class="n">{_bar(float(cell))}<span class="share">{cell:.0%}</span></td>'
        case int():
            return f'<td class="n">{cell:,}</td>'
        case _:
            return f'<td class="n">{cell:.2f}</td>'


def _bar(share: float) -> str:
    width = min(max(share, 0.0), 1.0) * 60
    return f'<svg class="bar" width="60" height="8" aria-hidden="true"><rect width="{width:.1f}" height="8"/></svg>'
