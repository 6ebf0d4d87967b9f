"""What a command of the chat is, in one line of a table."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from vivek.cli.slash.desk import Desk


@dataclass(frozen=True, slots=True)
class Slash:
    """One command of the chat.

    Attributes:
        usage: The name and what may follow it; the words of it are what completion goes by.
        about: What it does.
        run: Does it, given the rest of the line.
        group: Under which heading it stands.
        chief: Whether `/help` alone shows it.
    """

    usage: str
    about: str
    run: Callable[[Desk, str], Awaitable[None]]
    group: str = ""
    chief: bool = False
