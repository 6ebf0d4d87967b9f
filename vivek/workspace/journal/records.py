"""What the journal writes down: change sets that are to be, were or are no longer in the user's files.

Rows only; `journal.py` acts on them.
"""

import sqlite3
from collections.abc import Iterable

from vivek.workspace.journal.leaps import FREE, LEAPS, change_hands
from vivek.workspace.journal.moves import LEAP, OTHER, REDO, Act, Move, Record
from vivek.workspace.store import Store


class Records:
    """The rows of the journal in a store's database. Every method may raise WorkspaceError."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, record: Record) -> None:
        """Write down an intent; an older record of the same change set goes."""
        with self._store.transaction() as connection:
            connection.execute("DELETE FROM change_sets WHERE id = ? AND digest = ?", (record.id, record.digest))
            seq = connection.execute(
                "INSERT INTO change_sets (id, digest, kind, state, thread, turn, token, finished) "
                "VALUES (?, ?, ?, 'intent', ?, ?, ?, ?)",
                (record.id, record.digest, record.kind, record.thread, record.turn, record.token, record.after),
            ).lastrowid
            connection.executemany(
                "INSERT INTO moves (change_set, position, path, old, new, mode, new_mode, folders) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    (
                        *(seq, position, move.path, self._number(move.old), self._number(move.new)),
                        *(move.old_mode, move.new_mode, move.folders),
                    )
                    for position, move in enumerate(record.moves)
                ],
            )

    def finish(self, record: Record) -> None:
        """Mark a record as done, and what it makes undone.

        One that takes a turn back makes that turn's change sets undone, one that brings it again the undo, and a new
        change every undo of its thread: there is nothing to bring again then.
        """
        values: tuple[str | int, ...] = (record.thread,)
        which = "kind = 'undo' AND thread = ?"
        if record.kind == "undo":
            which, values = "kind = 'apply' AND thread = ? AND turn = ?", (record.thread, record.turn)
        elif record.id.startswith(REDO):
            which, values = "kind = 'undo' AND thread = ? AND id = ?", (record.thread, record.id.removeprefix(REDO))
        with self._store.transaction() as connection:
            if record.id.startswith(LEAP):
                change_hands(connection, record)
            else:
                connection.execute(f"UPDATE change_sets SET state = 'undone' WHERE state = 'done' AND {which}", values)
            connection.execute(
                "UPDATE change_sets SET state = 'done' WHERE id = ? AND digest = ?", (record.id, record.digest)
            )

    def drop(self, record: Record) -> None:
        """Forget a record."""
        with self._store.transaction() as connection:
            connection.execute("DELETE FROM change_sets WHERE id = ? AND digest = ?", (record.id, record.digest))

    def forget(self, thread: str) -> None:
        """Forget everything of a thread that is not under way."""
        with self._store.transaction() as connection:
            connection.execute("DELETE FROM change_sets WHERE thread = ? AND state != 'intent'", (thread,))

    def find(self, id: str, digest: str) -> Record | None:  # noqa: A002 - the field's own name
        """Return the record of a change set."""
        found = self._select("id = ? AND digest = ?", (id, digest))
        return found[0] if found else None

    def pending(self) -> list[Record]:
        """Return what was begun and not ended, oldest first."""
        return self._select("state = 'intent'", ())

    def applied(self, thread: str) -> list[Record]:
        """Return what is in the user's files for a thread, oldest first."""
        return self._select("state = 'done' AND kind = 'apply' AND thread = ?", (thread,))

    def taken_back(self, thread: str) -> list[Record]:
        """Return the undos of a thread that can be brought again, oldest first."""
        return self._select(f"state = 'done' AND kind = 'undo' AND {FREE} AND thread = ?", (thread,))

    def since(self, thread: str, turn: int) -> list[Record]:
        """Return all that was done with files for a thread once so many of its turns had ended, undos too."""
        return self._select(f"state != 'intent' AND {FREE} AND thread = ? AND finished >= ?", (thread, turn))

    def leap(self, aside: str) -> Record | None:
        """Return the change set that set something aside under this name."""
        found = self._select(f"{LEAPS} AND thread = ?", (aside,))
        return found[-1] if found else None

    def last_thread(self, kind: Act) -> str | None:
        """Return the thread of the newest change, or undo, that is in effect or under way, None when there is none."""
        which = f"kind = ? AND state != 'undone' AND {FREE}"
        command = f"SELECT thread FROM change_sets WHERE {which} ORDER BY seq DESC LIMIT 1"
        with self._store.reading() as connection:
            found = connection.execute(command, (kind,)).fetchone()
        return found[0] if found else None

    def last_turn(self, thread: str) -> int:
        """Return the highest number of a turn that a thread ever had, 0 when there is none."""
        with self._store.reading() as connection:
            found = connection.execute("SELECT MAX(turn) FROM change_sets WHERE thread = ?", (thread,)).fetchone()
        return found[0] or 0

    def writer(self, path: str, sha: str | None) -> Record | None:
        """Return the newest change set in effect, of any thread, that left a file so."""
        found = self._select(
            "state = 'done' AND kind = 'apply' AND EXISTS (SELECT 1 FROM moves JOIN blobs ON blobs.id = new "
            "WHERE change_set = seq AND path = ? AND blobs.sha = ?)",
            (path, bytes.fromhex(sha) if sha is not None and sha != OTHER else b""),
        )
        return found[-1] if found else None

    def _number(self, sha: str | None) -> int | None:
        return None if sha is None else self._store.number_of(sha)

    def _select(self, where: str, values: Iterable[object]) -> list[Record]:
        with self._store.reading() as connection:
            sets = connection.execute(
                f"SELECT seq, id, digest, kind, thread, turn, token, state, finished FROM change_sets WHERE {where} "
                "ORDER BY seq",
                tuple(values),
            ).fetchall()
            return [
                Record(id_, digest, kind, thread, turn, token, _moves(connection, seq), state, seq, finished)
                for seq, id_, digest, kind, thread, turn, token, state, finished in sets
            ]


def _moves(connection: sqlite3.Connection, seq: int) -> tuple[Move, ...]:
    rows = connection.execute(
        "SELECT path, before.sha, after.sha, mode, new_mode, folders FROM moves "
        "LEFT JOIN blobs AS before ON before.id = old LEFT JOIN blobs AS after ON after.id = new "
        "WHERE change_set = ? ORDER BY position",
        (seq,),
    )
    return tuple(
        # An undo of an older vivek that was cut off has the rights of a file that is to be made again in `mode`.
        Move(path, _shown(old), _shown(new), mode, mode if old is None and new_mode is None else new_mode, folders)
        for path, old, new, mode, new_mode, folders in rows
    )


def _shown(sha: bytes | None) -> str | None:
    return None if sha is None else sha.hex()
