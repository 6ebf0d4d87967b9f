"""A text in pieces that may become too long to hold; then its beginning and its end are what is left of it."""

HELD_CHARACTERS = 1_000_000
"""Characters of a reply that vivek holds in memory. A longer one is packed onto the disk while it is shown, and is an
error where it has to be read as a whole: no edit and no plan is that long."""

EDGE_CHARACTERS = 2_000
"""Characters that are left of each end of a text that is too long to hold."""

_MANY_PIECES = 1_000


class Held:
    """Collects the pieces of a text.

    Args:
        limit: Characters up to which all of it is held.

    Attributes:
        length: Characters that have come.
    """

    def __init__(self, limit: int = HELD_CHARACTERS) -> None:
        self.length = 0
        self._limit = limit
        self._pieces: list[str] = []
        self._start = ""
        self._end = ""

    @property
    def cut(self) -> bool:
        """Tell whether more has come than is held."""
        return self.length > self._limit

    def add(self, text: str) -> None:
        """Take the next piece."""
        before = self.cut
        self.length += len(text)
        if before:
            self._end = (self._end + text)[-EDGE_CHARACTERS:]
            return
        self._pieces.append(text)
        if self.cut:
            whole = "".join(self._pieces)
            self._pieces = []
            self._start, self._end = whole[:EDGE_CHARACTERS], whole[EDGE_CHARACTERS:][-EDGE_CHARACTERS:]
        elif len(self._pieces) > _MANY_PIECES:
            self._pieces = ["".join(self._pieces)]

    def text(self) -> str:
        """Return all of it, or its beginning and its end with a line between them that says what is left out."""
        if not self.cut:
            return "".join(self._pieces)
        left_out = self.length - len(self._start) - len(self._end)
        return f"{self._start}\n\n[vivek: {left_out:,} characters are left out here]\n\n{self._end}"
