"""Calls somebody back who went away during a long turn."""

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from vivek.errors import VivekError

if TYPE_CHECKING:
    from vivek.schema.terminal import Notify
    from vivek.session.options import Choices
    from vivek.session.place import Place

LONG_SECONDS = 20.0
"""A turn that takes longer is worth a call."""

_BELL = "\a"


class Bell:
    """Rings at the end of what took long, and where a question comes up after that long.

    Args:
        clock: Seconds of a clock that only goes forward.
        how: Says what rings; asked when there is something to ring for.
        write: Writes to the terminal.
    """

    def __init__(self, clock: Callable[[], float], how: "Callable[[], Notify]", write: Callable[[str], None]) -> None:
        self._clock = clock
        self._how = how
        self._write = write
        self._began = clock()

    def start(self) -> None:
        """Count from now."""
        self._began = self._clock()

    def ring(self, why: str) -> None:
        """Call, if it took long since the start.

        Args:
            why: A few plain words for a notification.
        """
        if self._clock() - self._began < LONG_SECONDS:
            return
        match self._how():
            case "bell":
                self._write(_BELL)
            case "osc9":
                self._write(f"\x1b]9;vivek: {why}{_BELL}")
            case "off":
                pass


def ring_terminal(sound: str) -> None:
    """Write to the terminal what it does not draw."""
    sys.stdout.write(sound)
    sys.stdout.flush()


def notify_of(place: "Place", choices: "Choices") -> "Notify":
    """Return what the settings say now; the bell where they cannot be read, which is told elsewhere."""
    from vivek.session.settings import load_settings

    try:
        return load_settings(place, choices).terminal.notify
    except VivekError:
        return "bell"
