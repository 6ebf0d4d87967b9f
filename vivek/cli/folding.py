"""Long pastes, folded: one character stands for each in the line, its text goes out whole."""

from bisect import bisect_right
from collections.abc import Callable

from prompt_toolkit.layout.processors import Processor, Transformation, TransformationInput

_FIRST = 0x100000  # a plane for private use: no keyboard types it
_LAST = 0x1000FF
_LINES = 12
_CHARACTERS = 1_500
_OPEN_CHARACTERS = 200_000


class Folds:
    """The texts that characters of the line stand for; the newest 256 of them."""

    def __init__(self) -> None:
        self._texts: dict[int, str] = {}
        self._next = _FIRST

    def fold(self, pasted: str) -> str:
        """Return what goes into the line for a paste: itself, or one character that stands for it."""
        text = pasted.replace("\r\n", "\n").replace("\r", "\n")
        short = len(text) <= _CHARACTERS and text.count("\n") < _LINES
        if short and not any(_FIRST <= ord(char) <= _LAST for char in text):
            return text
        self._texts[self._next] = text
        char = chr(self._next)
        self._next = _FIRST if self._next == _LAST else self._next + 1
        return char

    def whole(self, line: str) -> str:
        """Return a line with every text in its place; what was no text is made one.

        A terminal may send bytes that are no UTF-8: a message holds only what can be written down.
        """
        text = line.translate(self._texts) if self._texts else line
        return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")

    def label(self, char: str) -> str:
        """Return what is shown for a character, itself if it stands for nothing."""
        text = self._texts.get(ord(char))
        if text is None:
            return char
        lines = text.count("\n") + (not text.endswith("\n"))
        return f"[pasted {lines:,} lines]" if lines > 1 else f"[pasted {len(text):,} characters]"

    def shown(self, line: str) -> str:
        """Return a line as it is shown."""
        return "".join(map(self.label, line)) if self._texts else line

    def opened(self, char: str) -> str | None:
        """Return the text that a character stands for, None if none or too much to be edited in a line."""
        text = self._texts.get(ord(char))
        return text if text is not None and len(text) <= _OPEN_CHARACTERS else None

    def stands(self, char: str) -> bool:
        """Tell whether a character stands for a text."""
        return len(char) == 1 and ord(char) in self._texts


class FoldProcessor(Processor):
    """Shows labels in place of the characters that stand for pastes.

    Args:
        folds: What they stand for.
    """

    def __init__(self, folds: Folds) -> None:
        self._folds = folds

    def apply_transformation(self, transformation_input: TransformationInput) -> Transformation:
        """Return one line of the input as it is drawn."""
        fragments = transformation_input.fragments
        if not any(self._folds.stands(char) for _, text, *_ in fragments for char in text):
            return Transformation(fragments)
        drawn: list[tuple[str, str]] = []
        starts = [0]  # where each character of the line begins on the screen
        for style, text, *_ in fragments:
            for char in text:
                label = self._folds.label(char)
                drawn.append((f"{style} reverse" if self._folds.stands(char) else style, label))
                starts.append(starts[-1] + len(label))
        return Transformation([*drawn], source_to_display=_display(starts), display_to_source=_source(starts))


def _display(starts: list[int]) -> Callable[[int], int]:
    return lambda at: starts[at] if at < len(starts) else starts[-1] + at - len(starts) + 1


def _source(starts: list[int]) -> Callable[[int], int]:
    def source(at: int) -> int:
        if at >= starts[-1]:
            return at - starts[-1] + len(starts) - 1
        return bisect_right(starts, at) - 1

    return source
