"""Settings of the terminal that a chat runs on."""

from dataclasses import dataclass
from typing import Literal

Notify = Literal["bell", "osc9", "off"]


@dataclass(frozen=True, slots=True)
class TerminalSpec:
    """How a chat behaves on its terminal.

    Attributes:
        notify: What tells that a long turn is done: the terminal's bell, a notification (OSC 9), or nothing.
    """

    notify: Notify = "bell"
