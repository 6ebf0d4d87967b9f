"""How a window is shared among the parts of a prompt."""

from collections.abc import Callable
from dataclasses import dataclass, field

Count = Callable[[str], int]
"""Tokens of a text."""

Shrink = Callable[[int, Count], str]
"""Says the same in at most so many tokens, as counted by the function given; "" when nothing of use fits."""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the last user message.

    Attributes:
        name: `notes`, `request`, `plan`, `file:PATH`, `evidence`, `instruction`.
        text: What it says.
        tokens: Its size.
        priority: Higher stays longer, and stays whole longer.
        required: Whether the prompt is useless without it: it is never dropped.
        minimum: Tokens below which its shorter form is of no use; without `shrink` it has none.
        maximum: Tokens it may take even when there is room for more, None for any number.
        shrink: Makes its shorter form, None where only the whole is of use.
    """

    name: str
    text: str
    tokens: int
    priority: int
    required: bool = False
    minimum: int = 0
    maximum: int | None = None
    shrink: Shrink | None = field(default=None, compare=False, repr=False)

    @property
    def floor(self) -> int:
        """Return the fewest tokens it can be brought down to."""
        return self.tokens if self.shrink is None else min(self.tokens, self.minimum)


@dataclass(frozen=True, slots=True)
class Fit:
    """What fits.

    Attributes:
        kept: The sections to be said, in their given order, some of them in their shorter form.
        dropped: Those left out.
        left: Tokens that are free.
        shrunk: The whole form of those that are kept in a shorter one.
    """

    kept: tuple[Section, ...]
    dropped: tuple[Section, ...]
    left: int
    shrunk: tuple[Section, ...] = ()
