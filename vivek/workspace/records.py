"""What the journal writes down: change sets that are to be, were or are no longer in the user's files.

Rows only; `journal.py` acts on them.
"""

import hashlib
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from vivek.schema.edits import ChangeSet
from vivek.workspace.store import Store

Act = Literal["apply", "undo"]
Stage = Literal["intent", "done", "undone"]

OTHER = "other"
"""Stands where a hash would: something is there that is no plain file of the workspace."""

REDO = "redo:"
"""What the id of a change set that brings a turn again begins with; the id of the undo follows."""


@dataclass(frozen=True, slots=True)
class State:
    """How a file is.

    Attributes:
        sha: SHA-256 (hex) of its bytes, None when there is none, `OTHER` for what is no plain file of the workspace.
        mode: Its rights, None when there is none.
    """

    sha: str | None
    mode: int | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """One file from one content to another.

    Attributes:
        path: Relative to the root.
        old: SHA-256 (hex) of its bytes now, None when it does not exist.
        new: SHA-256 (hex) of its bytes afterwards, None when it is deleted.
        old_mode: Its rights now, None when it does not exist.
        new_mode: Its rights afterwards; None keeps those it has, or gives a new file the usual ones.
        folders: Levels of folders above it that exist for its sake only.
    """

    path: str
    old: str | None
    new: str | None
    old_mode: int | None = None
    new_mode: int | None = None
    folders: int = 0

    def reversed(self) -> "Move":
        """Return the way back: rights are given back where the move took them, and else left as somebody set them."""
        mode = self.old_mode if self.new is None or self.new_mode is not None else None
        return Move(self.path, self.new, self.old, self.new_mode, mode, self.folders)

    def is_done(self, now: State) -> bool:
        """Tell whether a file is as it is to be afterwards."""
        if now.sha != self.new:
            return False
        return self.new is None or self.new_mode is None or now.mode == self.new_mode


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
        state: How far it is; an undo that was brought again, or can be no more, is undone.
        seq: Its place in the journal, 0 before it has one.
    """

    id: str
    digest: str
    kind: Act
    thread: str
    turn: int
    token: str
    moves: tuple[Move, ...]
    state: Stage = "intent"
    seq: int = field(default=0, compare=False)

    @property
    def paths(self) -> tuple[str, ...]:
        """The files it touches."""
        return tuple(move.path for move in self.moves)

    @property
    def title(self) -> str:
        """Name it for the user."""
        what = "An undo of" if self.kind == "undo" else "A redo of" if self.id.startswith(REDO) else "A change to"
        return f"{what} {', '.join(self.paths) or 'nothing'}"

    def tag(self, path: str) -> str:
        """Name the temporary file of one move; the same whichever way and in whichever order the moves are done."""
        return f"{self.token}-{hashlib.sha256(path.encode()).hexdigest()[:12]}"


def digest_of(change_set: ChangeSet) -> str:
    """Tell apart change sets of one id: an id may come again when a thread is deleted and its name reused."""
    modes = ("" if edit.mode is None else f"\0{edit.mode:o}" for edit in change_set.edits)
    lines = (
        f"{edit.path}\0{edit.before}\0{edit.after}{mode}" for edit, mode in zip(change_set.edits, modes, strict=True)
    )
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
        return self._select("state = 'done' AND kind = 'undo' AND thread = ?", (thread,))

    def last_thread(self, kind: Act) -> str | None:
        """Return the thread of the newest change, or undo, that is in effect or under way, None when there is none."""
        command = "SELECT thread FROM change_sets WHERE kind = ? AND state != 'undone' ORDER BY seq DESC LIMIT 1"
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
                f"SELECT seq, id, digest, kind, thread, turn, token, state FROM change_sets WHERE {where} ORDER BY seq",
                tuple(values),
            ).fetchall()
            return [
                Record(id_, digest, kind, thread, turn, token, _moves(connection, seq), state, seq)
                for seq, id_, digest, kind, thread, turn, token, state in sets
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
