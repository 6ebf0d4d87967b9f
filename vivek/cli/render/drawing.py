"""The blocks of a reply as things rich can draw."""

from rich.console import RenderableType
from rich.text import Text

from vivek.cli.render.blocks import Block, Splitter
from vivek.cli.render.colours import Colours
from vivek.cli.render.diff import diff_text
from vivek.cli.render.drafts import Marker, as_diff
from vivek.cli.render.markdown import prose
from vivek.cli.render.safe_text import visible

_NARROW = 20  # columns below which Markdown's own indents would crowd out the text


class Drawing:
    """Draws blocks in the order in which they come.

    Args:
        mark: Marks the words that changed in a diff.
    """

    def __init__(self, mark: Marker) -> None:
        self._mark = mark
        self._colours = Colours("")

    def block(self, block: Block, columns: int) -> RenderableType:
        """Return a block ready to be printed.

        Args:
            block: The next one.
            columns: The width of the terminal.
        """
        match block.kind:
            case "prose":
                return Text(visible(block.text).rstrip("\n")) if columns < _NARROW else prose(block.text)
            case "name":
                return Text(visible(block.text).strip("\n"), style="bold", overflow="fold")
            case "code":
                if not block.goes_on:
                    self._colours = Colours(block.language)
                return self._colours.part(block.text)
            case "edit":
                return diff_text(as_diff(block.text, block.state, self._mark))
            case "folded":
                return Text(f"{visible(block.text)} [{_size(block)}]".strip(), style="dim", overflow="fold")

    def whole(self, text: str, columns: int) -> list[RenderableType]:
        """Return a text that is complete, its blocks with the empty lines between them."""
        splitter = Splitter()
        drawn: list[RenderableType] = []
        for block in splitter.feed(text) + splitter.finish():
            if block.gap and drawn:
                drawn.append(Text(""))
            drawn.append(self.block(block, columns))
        return drawn


def _size(block: Block) -> str:
    if block.changed is None:
        return "1 line" if block.lines == 1 else f"{block.lines:,} lines"
    added, removed = block.changed
    return f"edit +{added:,} -{removed:,}"
