"""Blocks of a reply as things rich can draw. Text of a model never becomes markup, a link or a lost tag."""

from markdown_it import MarkdownIt
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.markdown import Markdown
from rich.segment import Segment
from rich.syntax import Syntax
from rich.text import Text

from vivek.cli.render.reply import Block
from vivek.cli.render.safe_text import visible

_THEME = "ansi_dark"  # the terminal's own colours
# Tags stay text: `List<int>` must not lose its `<int>`.
_PARSER = MarkdownIt("commonmark", {"html": False}).enable("strikethrough").enable("table")


def drawable(block: Block) -> RenderableType:
    """Return a block ready to be printed."""
    match block.kind:
        case "prose":
            return prose(block.text)
        case "code":
            return code(block.text, block.language)
        case "folded":
            return Text(f"{visible(block.text)} [{block.lines} lines]".strip(), style="dim")


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


def prose(text: str) -> Trimmed:
    """Return Markdown with its tags as text and its links spelled out."""
    drawn = Markdown("", code_theme=_THEME, hyperlinks=False)
    drawn.markup = visible(text)
    drawn.parsed = _PARSER.parse(drawn.markup)
    return Trimmed(drawn)


def code(text: str, language: str) -> Text:
    """Return code in the colours of its language, without padding, so that it can be copied."""
    drawn = Syntax("", language or "text", theme=_THEME, background_color="default").highlight(visible(text))
    drawn.rstrip()
    drawn.no_wrap = False
    drawn.overflow = "fold"
    return drawn
