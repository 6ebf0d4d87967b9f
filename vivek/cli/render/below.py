"""What stands below the printed text while a turn runs: the end of what is open, the status, what is typed."""

from collections.abc import Callable, Sequence

from rich.console import Console
from rich.text import Text

from vivek.cli.render.activity import Activity
from vivek.cli.render.safe_text import fit, visible
from vivek.cli.render.tail import Tail
from vivek.cli.render.typed import typed_lines
from vivek.schema.events import Event, ThinkingDelta
from vivek.schema.nodes import SILENT_NODES

TAIL_LINES = 5
_THOUGHT_LINES = 2
_ROOM = 4  # lines of the screen that are left alone
_WIDEST = 100  # columns that are used at most, so that little stands here when the terminal is made narrow
_TAB = 4
_DIM, _PLAIN = "\x1b[2m", "\x1b[m"


class Below:
    """The lines that are drawn anew, and what they show.

    Args:
        console: The terminal.
        clock: Seconds of a clock that only goes forward.
    """

    def __init__(self, console: Console, clock: Callable[[], float]) -> None:
        self._console = console
        self._tail = Tail(console.file)
        self._activity = Activity(clock)
        self._thoughts = ""
        self._queued: tuple[str, ...] = ()
        self._draft = ""

    @property
    def drawn(self) -> bool:
        """Whether there are lines to be taken away."""
        return self._tail.drawn

    def note(self, event: Event) -> None:
        """Take in an event."""
        self._activity.note(event)
        if isinstance(event, ThinkingDelta) and event.node not in SILENT_NODES:
            self._thoughts = (self._thoughts + event.text)[-_THOUGHT_LINES * _WIDEST :]

    def typing(self, queued: Sequence[str], draft: str) -> None:
        """Take in what is typed: messages that wait, and one with its cursor."""
        self._queued, self._draft = tuple(queued), draft

    def thought(self) -> str:
        """Return once how long the model thought aloud, "" when it did not; what it thought is not kept."""
        told, aloud, self._thoughts = self._activity.thought(), bool(self._thoughts), ""
        return told if aloud else ""

    def draw(self, text: str, above: str) -> None:
        """Bring the lines up to date.

        Args:
            text: What is open of the reply, or the end of it.
            above: What is printed before them, to stay.
        """
        columns, rows = self._console.size
        self._tail.draw(self._lines(text, min(columns, _WIDEST), rows), columns, above)

    def clear(self, above: str = "") -> None:
        """Take the lines away, and print what is to stay in their place."""
        self._tail.clear(above)

    def _lines(self, text: str, width: int, rows: int) -> list[str]:
        typed = typed_lines(self._queued, self._draft, width)[1 - rows :]
        below = [f"{_DIM}{fit(self._activity.line(width), width)}{_PLAIN}", *typed]
        most = min(TAIL_LINES, rows - _ROOM - len(typed))
        if most < 1:
            return below
        if self._thoughts:
            thoughts = self._broken(self._thoughts, width, min(_THOUGHT_LINES, most))
            return [*(f"{_DIM}{line}{_PLAIN}" for line in thoughts), *below]
        return [*self._broken(text, width, most), *below]

    def _broken(self, text: str, width: int, most: int) -> list[str]:
        """Return the last lines of a text as they fit."""
        shown = Text(visible(text[-most * width :]).expandtabs(_TAB), overflow="fold")
        lines = [line.plain.rstrip() for line in shown.wrap(self._console, width)]
        return [line for line in lines if line][-most:]
