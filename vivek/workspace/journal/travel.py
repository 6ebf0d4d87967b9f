"""Takes the user's files along when a thread goes to another turn; never writes unasked over what others wrote.

What it replaces is kept in the journal first: every leap can be undone, and happens wholly or not at all.
"""

import os
from collections.abc import Sequence
from contextlib import AbstractContextManager

from vivek.workspace.files import Files
from vivek.workspace.journal.intents import Intents
from vivek.workspace.journal.journal import LOCK_NAME
from vivek.workspace.journal.leaps import Leap, leap_of
from vivek.workspace.journal.mover import Mover
from vivek.workspace.journal.moves import Move, Record
from vivek.workspace.journal.records import Records
from vivek.workspace.journal.retreat import Kept, UndoOutcome, way_to
from vivek.workspace.locks import hold
from vivek.workspace.store import Store


class Travel:
    """The way between the turns of a thread.

    Args:
        store: Where intents and contents are kept.
        workspace: The user's files.
        wait: Seconds to wait for another process that is changing files.
    """

    def __init__(self, store: Store, workspace: Files, *, wait: float = 30.0) -> None:
        self._store = store
        self._wait = wait
        self._records = Records(store)
        self._mover = Mover(store, workspace)
        self._intents = Intents(store, workspace, self._records, self._mover)

    def plan(self, leap: Leap, *, force: bool = False) -> UndoOutcome:
        """Tell what would become of the files, and change nothing.

        Args:
            leap: The leap.
            force: Take back also what somebody else changed since.
        """
        with self._alone():
            moves, kept = self._way(leap, force=force)
        return UndoOutcome(moves, kept, leap.turn)

    def go(self, leap: Leap, *, force: bool = False) -> UndoOutcome:
        """Bring the files to where a thread leaps, and the journal with them.

        Args:
            leap: The leap; a second call with the same one does nothing.
            force: Take back also what somebody else changed since; it is kept in the journal.

        Raises:
            WorkspaceError: If a file is read-only or the disk fails; nothing is changed then.
        """
        with self._alone():
            notes = tuple(self._intents.settle())
            if self._is_done(leap):
                return UndoOutcome(turn=leap.turn, notes=notes)
            moves, kept = self._way(leap, force=force)
            token = os.urandom(8).hex()
            self._intents.run(Record(leap.id, token, "undo", leap.aside, leap.turn, token, moves))
        return UndoOutcome(moves, kept, leap.turn, notes)

    def settle(self, leap: Leap) -> bool:
        """End what a sudden end cut off, and tell whether this leap happened."""
        with self._alone():
            self._intents.settle()
            return self._is_done(leap)

    def leap_to(self, aside: str) -> Leap | None:
        """Return the leap that set something aside under a name."""
        record = self._records.leap(aside)
        return None if record is None else leap_of(record)

    def way_to_turn(self, threads: Sequence[str], turn: int, *, aside: str = "") -> UndoOutcome:
        """Tell how the files were at the end of a turn, as moves from how they are; changes nothing.

        Args:
            threads: The thread and those it was forked from.
            turn: The turn.
            aside: The name under which the turn was set aside, "" when it was not.
        """
        records = [record for thread in threads for record in self._records.since(thread, turn)]
        leap = self._records.leap(aside) if aside else None
        if leap is not None:
            records = [record for record in records if record.thread == aside or record.seq > leap.seq]
            records.append(leap)
        records.sort(key=lambda record: record.seq)
        with self._alone():
            moves, kept = way_to(records, self._mover.look, self._records.writer, force=False)
        return UndoOutcome(moves, kept, turn)

    def files_of_turns(self, thread: str) -> dict[int, tuple[str, ...]]:
        """Return the files that each turn of a thread changed, taken back since or not."""
        found: dict[int, dict[str, None]] = {}
        for record in self._records.since(thread, 0):
            if record.kind == "apply":
                found.setdefault(record.turn, {}).update(dict.fromkeys(record.paths))
        return {turn: tuple(sorted(paths)) for turn, paths in found.items()}

    def _way(self, leap: Leap, *, force: bool) -> tuple[tuple[Move, ...], tuple[Kept, ...]]:
        if not leap.files:
            return (), ()
        records = self._records.since(leap.thread, leap.turn)
        before = self._records.leap(leap.back) if leap.back else None
        if before is not None:
            records = [before, *(record for record in records if record.seq > before.seq)]
        return way_to(records, self._mover.look, self._records.writer, force=force)

    def _is_done(self, leap: Leap) -> bool:
        record = self._records.leap(leap.aside)
        return record is not None and record.id == leap.id and record.state != "intent"

    def _alone(self) -> AbstractContextManager[None]:
        return hold(self._store.folder / "locks" / LOCK_NAME, wait=self._wait)
