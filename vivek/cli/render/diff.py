"""A diff in colours, the words that changed in a stronger one. What is marked is worked out elsewhere."""

from collections.abc import Iterable

from rich.text import Text

from vivek.cli.render.safe_text import visible
from vivek.schema.marks import LineKind, MarkedLine

_STYLES: dict[LineKind, str] = {"head": "bold", "hunk": "cyan", "removed": "red", "added": "green", "note": "bold"}
_SIGNS: dict[LineKind, str] = {"same": " ", "removed": "-", "added": "+"}
_STRONGER = "reverse"


def diff_text(lines: Iterable[MarkedLine]) -> Text:
    """Return a diff with each line in the colour of its kind."""
    drawn = Text(overflow="fold")
    for line in lines:
        sign = _SIGNS.get(line.kind, "")
        begin = len(drawn) + len(sign)
        drawn.append(f"{sign}{visible(_ended(line.text))}\n", style=_STYLES.get(line.kind, ""))
        for start, stop in line.marks:
            drawn.stylize(_STRONGER, begin + _shown(line.text, start), begin + _shown(line.text, stop))
    drawn.rstrip()
    return drawn


def _ended(text: str) -> str:
    """Return a line without the half of a line end that a terminal would obey."""
    return text.removesuffix("\r")


def _shown(text: str, place: int) -> int:
    """Return where a place of a line is once its hidden characters are drawn as escapes."""
    return len(visible(_ended(text[:place])))
