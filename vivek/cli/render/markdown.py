"""Markdown as things rich can draw. Text of a model never becomes markup, a link or a lost tag."""

import re
from copy import copy

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.markdown import CodeBlock, Heading, Markdown, TableElement
from rich.segment import Segment
from rich.syntax import Syntax
from rich.text import Text
from rich.theme import Theme

from vivek.cli.render.colours import THEME
from vivek.cli.render.safe_text import visible

STYLES = Theme({"markdown.code": "bold cyan", "markdown.code_block": "cyan", "markdown.h1": "bold underline magenta"})
"""Styles that leave the background of the terminal alone, whichever it is."""

_DUNDER = re.compile(r"__[A-Za-z]\w*?__(?!\w)")
_COLUMN = 6  # columns of the terminal that a column of a table needs to be read


def prose(text: str) -> "Trimmed":
    """Return Markdown with its tags as text and its links spelled out."""
    drawn = copy(_EMPTY)  # a new one would make a parser of its own, which costs more than the drawing
    drawn.markup = visible(text)
    drawn.parsed = [_with_plain_links(token) for token in _PARSER.parse(drawn.markup)]
    return Trimmed(drawn)


class Trimmed:
    """Draws something without empty lines around it and without blanks at the ends of lines, ready to be copied."""

    def __init__(self, inner: RenderableType) -> None:
        self._inner = inner

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the lines that are left."""
        lines = [_without_blanks(line) for line in console.render_lines(self._inner, options, pad=False)]
        while lines and not lines[-1]:
            lines.pop()
        first = next((number for number, line in enumerate(lines) if line), 0)
        for line in lines[first:]:
            yield from line
            yield Segment.line()


def _without_blanks(line: list[Segment]) -> list[Segment]:
    kept = list(line)
    while kept and not kept[-1].text.strip():
        kept.pop()
    if kept:
        kept[-1] = Segment(kept[-1].text.rstrip(), kept[-1].style, kept[-1].control)
    return kept


def _with_plain_links(token: Token) -> Token:
    """Return a token in which an address that is its own text is not spelled out twice."""
    children = token.children or []
    for at, child in enumerate(children[:-2]):
        text, close = children[at + 1 : at + 3]
        if child.type == "link_open" and close.type == "link_close" and text.content == child.attrGet("href"):
            return token.copy(children=[*children[:at], text, *children[at + 3 :]])
    return token


class _Heading(Heading):
    """A heading at the left margin, like all the rest."""

    LEVEL_ALIGN = dict.fromkeys(Heading.LEVEL_ALIGN, "left")


class _Code(CodeBlock):
    """Code in a list or a quote, without empty lines around it."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        code = str(self.text).rstrip()
        yield Syntax(code, self.lexer_name, theme=self.theme, word_wrap=True, background_color="default")


class _Table(TableElement):
    """A table; one that has too many columns for the terminal is drawn row by row, each cell below its heading."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        heads = (
            [] if self.header is None or self.header.row is None else [cell.content for cell in self.header.row.cells]
        )
        if len(heads) * (_COLUMN + 1) < options.max_width or self.body is None:
            yield from super().__rich_console__(console, options)
            return
        for number, row in enumerate(self.body.rows):
            if number:
                yield Text("")
            for head, cell in zip(heads, (cell.content for cell in row.cells), strict=False):
                name = Text(head.plain, style="bold")
                yield Text.assemble(name, ": ", cell, overflow="fold") if head.plain else cell


class _Prose(Markdown):
    """Markdown as it reads well in a terminal."""

    elements = Markdown.elements | {
        "code_block": _Code,
        "fence": _Code,
        "heading_open": _Heading,
        "table_open": _Table,
    }


def _read_dunder(state: StateInline, silent: bool) -> bool:
    """Leave a name such as `__init__` as it is: in talk about code it is no bold word."""
    found = _DUNDER.match(state.src, state.pos) if state.src[state.pos] == "_" else None
    if found is None:
        return False
    if not silent:
        state.pending += found.group()
    state.pos = found.end()
    return True


def _make_parser() -> MarkdownIt:
    # Tags stay text: `List<int>` must not lose its `<int>`.
    parser = MarkdownIt("commonmark", {"html": False}).enable("strikethrough").enable("table")
    parser.inline.ruler.before("emphasis", "dunder", _read_dunder)
    return parser


_PARSER = _make_parser()
_EMPTY = _Prose("", code_theme=THEME, hyperlinks=False)
