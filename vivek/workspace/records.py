"""What the journal writes down: change sets that are to be, were or are no longer in the user's files.

Rows only; `journal.py` acts on them.
"""

import hashlib
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Literal

from vivek.schema.edits import ChangeSet
from vivek.workspace.store import Store

Act = Literal["apply", "undo"]
State = Literal["intent", "done", "undone"]


@dataclass(frozen=True, slots=True)
class Move:
    """One file from one content to another.

    Attributes:
        path: Relative to the root.
        old: SHA-256 (hex) of its bytes now, None when it does not exist.
        new: SHA-256 (hex) of its bytes afterwards, None when it is deleted.
        mode: Rights for when the file has to be made anew, None for the usual ones.
        folders: Levels of folders above it that exist for its sake only.
    """

    path: str
    old: str | None
    new: str | None
    mode: int | None = None
    folders: int = 0

    def reversed(self) -> "Move":
        """Return the way back."""
        return replace(self, old=self.new, new=self.old)


@dataclass(frozen=True, slots=True)
class Record:
    """One change set of the journal.

    Attributes:
        id: The change set's id.
        digest: What tells apart two change sets of one id.
        kind: Whether it brings a change or takes one back.
        thread: The thread it belongs to.
        turn: The turn of that thread.
        token: Part of the names of its temporary files.
        moves: Only the files that vivek itself has to touch.
        state: How far it is.
        seq: Its place in the journal, 0 before it has one.
    """

    id: str
    digest: str
    kind: Act
    thread: str
    turn: int
    token: str
    moves: tuple[Move, ...]
    state: State = "intent"
    seq: int = field(default=0, compare=False)

    @property
    def paths(self) -> tuple[str, ...]:
        """The files it touches."""
        return tuple(move.path for move in self.moves)

    @property
    def title(self) -> str:
        """Name it for the user."""
        what = "A change to" if self.kind == "apply" else "An undo of"
        return f"{what} {', '.join(self.paths) or 'nothing'}"

    def tag(self, path: str) -> str:
        """Name the temporary file of one move; the same whichever way and in whichever order the moves are done."""
        return f"{self.token}-{hashlib.sha256(path.encode()).hexdigest()[:12]}"


def digest_of(change_set: ChangeSet) -> str:
    """Tell apart change sets of one id: an id may come again when a thread is deleted and its name reused."""
    lines = (f"{edit.path}\0{edit.before}\0{edit.after}" for edit in change_set.edits)
    return hashlib.sha256("\n".join(lines).encode("utf-8", "surrogatepass")).hexdigest()


class Records:
    """The rows of the journal in a store's database. Every method may raise WorkspaceError."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, record: Record) -> None:
        """Write down an intent; an older record of the same change set goes."""
        with self._store.transaction() as connection:
            connection.execute("DELETE FROM change_sets WHERE id = ? AND digest = ?", (record.id, record.digest))
            seq = connection.execute(
                "INSERT INTO change_sets (id, digest, kind, state, thread, turn, token) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (record.id, record.digest, record.kind, "intent", record.thread, record.turn, record.token),
            ).lastrowid
            connection.executemany(
                "INSERT INTO moves (change_set, position, path, old, new, mode, folders) VALUES (?, ?, ?, ?, ?, ?, ?)",
                [
                    (seq, position, move.path, self._number(move.old), self._number(move.new), move.mode, move.folders)
                    for position, move in enumerate(record.moves)
                ],
            )

    def finish(self, record: Record) -> None:
        """Mark a record as done; one that takes a turn back marks that turn's change sets as well."""
        with self._store.transaction() as connection:
            if record.kind == "undo":
                connection.execute(
                    "UPDATE change_sets SET state = 'undone' "
                    "WHERE kind = 'apply' AND state = 'done' AND thread = ? AND turn = ?",
                    (record.thread, record.turn),
                )
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

    def _number(self, sha: str | None) -> int | None:
        return None if sha is None else self._store.number_of(sha)

    def _select(self, where: str, values: Iterable[object]) -> list[Record]:
        with self._store.reading() as connection:
            sets = connection.execute(
                f"SELECT seq, id, digest, kind, thread, turn, token, state FROM change_sets WHERE {where} ORDER BY seq",
                tuple(values),
            ).fetchall()
            return [
                Record(id_, digest, kind, thread, turn, token, _moves(connection, seq), state, seq)
                for seq, id_, digest, kind, thread, turn, token, state in sets
            ]


def _moves(connection: sqlite3.Connection, seq: int) -> tuple[Move, ...]:
    rows = connection.execute(
        "SELECT path, before.sha, after.sha, mode, folders FROM moves LEFT JOIN blobs AS before ON before.id = old "
        "LEFT JOIN blobs AS after ON after.id = new WHERE change_set = ? ORDER BY position",
        (seq,),
    )
    return tuple(Move(path, _shown(old), _shown(new), mode, folders) for path, old, new, mode, folders in rows)


def _shown(sha: bytes | None) -> str | None:
    return None if sha is None else sha.hex()
