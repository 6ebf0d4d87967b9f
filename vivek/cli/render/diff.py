"""A diff in colours, the words that changed in a stronger one. What is marked is worked out elsewhere."""

from collections.abc import Iterable, Iterator, Sequence

from rich.text import Text

from vivek.cli.render.safe_text import visible, width_of
from vivek.schema.marks import LineKind, MarkedLine

_STYLES: dict[LineKind, str] = {"head": "bold", "hunk": "cyan", "removed": "red", "added": "green", "note": "bold"}
_SIGNS: dict[LineKind, str] = {"same": " ", "removed": "-", "added": "+"}
_STRONGER = "reverse"
_TAB = 8


def diff_text(lines: Iterable[MarkedLine]) -> Text:
    """Return a diff with each line in the colour of its kind."""
    drawn = Text(overflow="fold", tab_size=_TAB)
    for line in lines:
        sign = _SIGNS.get(line.kind, "")
        begin = len(drawn) + len(sign)
        drawn.append(f"{sign}{visible(_ended(line.text))}\n", style=_STYLES.get(line.kind, ""))
        for start, stop in line.marks:
            drawn.stylize(_STRONGER, begin + _shown(line.text, start), begin + _shown(line.text, stop))
    drawn.rstrip()
    return drawn


def diff_pages(lines: Sequence[MarkedLine], *, columns: int, rows: int) -> Iterator[Text]:
    """Yield a diff in pages that fit a screen, broken before a file or a hunk where that does not waste half a page.

    Args:
        lines: The diff.
        columns: The width of the screen.
        rows: Its height; one of them is left for a question.
    """
    room = max(1, rows - 1)
    page: list[MarkedLine] = []
    used = 0
    for line in lines:
        height = _height(line, columns)
        if page and used + height > room:
            cut = _good_cut(page)
            yield diff_text(page[:cut])
            page = page[cut:]
            used = sum(_height(kept, columns) for kept in page)
        page.append(line)
        used += height
    if page:
        yield diff_text(page)


def _good_cut(page: Sequence[MarkedLine]) -> int:
    """Return how many lines of a full page are shown: up to the last file or hunk that begins in its second half."""
    for at in range(len(page) - 1, len(page) // 2, -1):
        begins_file = page[at].kind == "head" and page[at - 1].kind != "head"
        if begins_file or (page[at].kind == "hunk" and page[at - 1].kind != "head"):
            return at
    return len(page)


def _height(line: MarkedLine, columns: int) -> int:
    """Return how many rows a line takes."""
    width = len(_SIGNS.get(line.kind, "")) + width_of(visible(_ended(line.text)).expandtabs(_TAB))
    return max(1, -(-width // max(1, columns)))


def _ended(text: str) -> str:
    """Return a line without the half of a line end that a terminal would obey."""
    return text.removesuffix("\r")


def _shown(text: str, place: int) -> int:
    """Return where a place of a line is once its hidden characters are drawn as escapes."""
    return len(visible(_ended(text[:place])))
