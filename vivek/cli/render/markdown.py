"""Blocks of a reply as things rich can draw. Text of a model never becomes markup, a link or a lost tag."""

from markdown_it import MarkdownIt
from rich.console import RenderableType
from rich.markdown import Markdown
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


def prose(text: str) -> Markdown:
    """Return Markdown with its tags as text and its links spelled out."""
    drawn = Markdown("", code_theme=_THEME, hyperlinks=False)
    drawn.markup = visible(text)
    drawn.parsed = _PARSER.parse(drawn.markup)
    return drawn


def code(text: str, language: str) -> Text:
    """Return code in the colours of its language, without padding, so that it can be copied."""
    drawn = Syntax("", language or "text", theme=_THEME, background_color="default").highlight(visible(text))
    drawn.rstrip()
    drawn.no_wrap = False
    drawn.overflow = "fold"
    return drawn
