"""Makes text out of tokens as they come: a character may be made of several. Pure."""

from collections.abc import Callable, Sequence

_HELD_LIMIT = 8  # tokens; a character has four bytes at most, so more than that never becomes one
_UNFINISHED = "\N{REPLACEMENT CHARACTER}"


class TokenReader:
    """Turns the tokens of one reply into its text.

    Some tokenizers decode a token differently after another one, so each step decodes the last few together and
    takes what is new.

    Args:
        decode: The text of some tokens.
    """

    def __init__(self, decode: Callable[[Sequence[int]], str]) -> None:
        self._decode = decode
        self._told: list[int] = []
        self._held: list[int] = []

    def read(self, token: int) -> str:
        """Return the text that a token completes, "" while a character lacks its end."""
        self._held.append(token)
        text = self._new_text()
        if len(self._held) < _HELD_LIMIT and (not text or text.endswith(_UNFINISHED)):
            return ""
        self._told, self._held = self._held, []
        return text

    def rest(self) -> str:
        """Return what is held back, at the end of the reply."""
        text = self._new_text() if self._held else ""
        self._told, self._held = self._held, []
        return text

    def _new_text(self) -> str:
        return self._decode([*self._told, *self._held])[len(self._decode(self._told)) :]
