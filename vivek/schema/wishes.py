"""How one turn may be wanted otherwise than the thread works."""

from dataclasses import dataclass
from typing import Literal

from vivek.schema.plan import ModeName


@dataclass(frozen=True, slots=True)
class Attached:
    """A text that goes with a message, as data.

    Attributes:
        label: What it is, in one line.
        text: All of it; what is too long for the prompt is cut there.
    """

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class TurnWish:
    """How one turn is wanted.

    Attributes:
        mode: The mode of this turn, None for the thread's.
        reads_only: Whether nothing may be changed in it, whatever the mode allows.
        plan: `show` ends the turn with its plan, `follow` works by the plan of the turn before.
        attached: What goes with the message.
    """

    mode: ModeName | None = None
    reads_only: bool = False
    plan: Literal["", "show", "follow"] = ""
    attached: tuple[Attached, ...] = ()


AS_USUAL = TurnWish()
"""A turn as the thread works."""
