"""A setting's value with where it came from."""

from dataclasses import dataclass
from typing import Literal

Origin = Literal["default", "user", "project", "environment", "flag"]


@dataclass(frozen=True, slots=True)
class Setting:
    """One value, ready to be shown.

    Attributes:
        key: Its dotted name.
        value: The value, as its origin wrote it or as its type.
        origin: Who says it.
        place: The file with its line, or the variable; "" for a default and for the command line.
        column: Where on the line its key begins, from 1; 0 where nobody knows.
        profile: The profile it belongs to, "" for none.
        untyped: Whether the value is text that still has to be read as its type.
    """

    key: str
    value: object
    origin: Origin
    place: str = ""
    column: int = 0
    profile: str = ""
    untyped: bool = False

    @property
    def where(self) -> str:
        """Return the place with its column, or who says it."""
        return f"{self.place}:{self.column}" if self.place and self.column else self.place or self.origin

    @property
    def said_by(self) -> str:
        """Return who says it, and where, in words: `user (config.toml:4)`, `profile ci (config.toml:9)`."""
        who = f"profile {self.profile}" if self.profile else self.origin
        return f"{who} ({self.place})" if self.place else who
