"""Pictures of terminals: what a real one was sent, played back and drawn as SVG."""

import os
import re
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

import pyte
from pyte.screens import Char
from rich.console import Console
from rich.style import Style
from rich.text import Text

Steady = Sequence[tuple[str, str]]

_COLOURS = {"brown": "yellow", "brightbrown": "bright_yellow"}
# The player knows no faint text; grey comes closest.
_FAINT = (b"\x1b[2m", b"\x1b[90m")


def draw_screen(raw: bytes, columns: int, rows: int, *, steady: Steady = ()) -> str:
    """Return what a terminal shows as SVG.

    Args:
        raw: Everything that was sent to it.
        columns: Its width.
        rows: Its height.
        steady: Patterns and what takes their place, so that the picture does not change with the clock.
    """
    screen = pyte.Screen(columns, rows)
    pyte.ByteStream(screen).feed(raw.replace(*_FAINT))
    lines = [_line([screen.buffer[row][column] for column in range(columns)], steady) for row in range(rows)]
    while lines and not lines[-1].plain:
        lines.pop()
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        console = Console(record=True, width=columns, force_terminal=True, color_system="truecolor", file=nowhere)
        for line in lines:
            console.print(line, highlight=False, no_wrap=True, crop=True)
        return console.export_svg(title="vivek", unique_id="vivek")


def _line(row: list[Char], steady: Steady) -> Text:
    line = Text(end="")
    for style, chars in groupby(row, key=_style):
        line.append("".join(char.data for char in chars), style)
    line.rstrip()
    for pattern, instead in steady:
        found = re.search(pattern, line.plain)
        if found is not None:
            told = Text(found.expand(instead), line.get_style_at_offset(Console(), found.start()))
            line = Text.assemble(line[: found.start()], told, line[found.end() :])
    return line


def _style(char: Char) -> Style:
    return Style(
        color=_colour(char.fg),
        bgcolor=_colour(char.bg),
        bold=char.bold or None,
        italic=char.italics or None,
        underline=char.underscore or None,
        reverse=char.reverse or None,
        strike=char.strikethrough or None,
    )


def _colour(name: str) -> str | None:
    if name == "default":
        return None
    if re.fullmatch("[0-9a-f]{6}", name):
        return f"#{name}"
    return _COLOURS.get(name) or re.sub("^bright(?!_)", "bright_", name)
