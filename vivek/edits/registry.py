"""The edit dialects by name; each is imported when it is asked for."""

from collections.abc import Collection
from typing import Protocol

from vivek.edits.reply import ParsedReply
from vivek.errors import ConfigError

DIALECTS = ("whole",)
"""The dialects that a model can be told to use."""


class Dialect(Protocol):
    """A way for a model to write edits."""

    @property
    def INSTRUCTION(self) -> str:  # noqa: N802 - a constant of a module
        """What the model is told."""
        ...

    def parse(self, reply: str, known: Collection[str]) -> ParsedReply:
        """Take a reply apart, given the files of the project; never raises."""
        ...


def load_dialect(name: str) -> Dialect:
    """Return the dialect of this name.

    Raises:
        ConfigError: If there is none.
    """
    match name:
        case "whole":
            from vivek.edits.dialects import whole

            return whole
        case _:
            msg = f"There is no edit dialect `{name}`."
            raise ConfigError(msg, hint="Use `whole`.")
