"""A thread leaps to another of its turns: what it changed since is set aside under another name, or comes back.

Rows of the journal only; `travel.py` works out what becomes of the files.
"""

import sqlite3
from dataclasses import dataclass

from vivek.workspace.journal.moves import LEAP, Record

LEAPS = f"id LIKE '{LEAP}%'"
FREE = f"id NOT LIKE '{LEAP}%'"
"""What tells change sets of leaps from all others, in SQL."""

_TALK = "talk"


@dataclass(frozen=True, slots=True)
class Leap:
    """One way to another turn.

    Attributes:
        thread: The thread.
        turn: How many of its turns stay.
        aside: The name under which all later ones are set aside.
        back: The name under which turns were set aside that come back now, "" for none.
        files: Whether the files go along.
    """

    thread: str
    turn: int
    aside: str
    back: str = ""
    files: bool = True

    @property
    def id(self) -> str:
        """The id of its change set; ids of threads hold no colon."""
        return f"{LEAP}{self.thread}:{self.aside}:{self.back}:{'' if self.files else _TALK}"


def leap_of(record: Record) -> Leap:
    """Return the leap that a change set belongs to."""
    thread, aside, back, kind = record.id.removeprefix(LEAP).split(":")
    return Leap(thread, record.turn, aside, back, files=kind != _TALK)


def change_hands(connection: sqlite3.Connection, record: Record) -> None:
    """Give the change sets that a leap concerns to those who have them from now on.

    Their ids change as well: a turn that is taken again may come to the same change under the same number.
    """
    leap = leap_of(record)
    gone = "state = 'undone', aside = state" if leap.files else "aside = ''"
    connection.execute(
        f"UPDATE change_sets SET {gone}, id = :aside || '/' || id, thread = :aside "
        f"WHERE thread = :thread AND finished >= :turn AND state != 'intent' AND {FREE}",
        {"aside": leap.aside, "thread": leap.thread, "turn": leap.turn},
    )
    if leap.back:
        connection.execute(
            "UPDATE change_sets SET state = CASE aside WHEN '' THEN state ELSE aside END, aside = NULL, "
            "id = substr(id, length(:back) + 2), thread = :thread WHERE thread = :back AND aside IS NOT NULL",
            {"back": leap.back, "thread": leap.thread},
        )
