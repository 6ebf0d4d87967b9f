"""Which rows of the list of threads are meant: by id, by the beginning of one, by what is known of them."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from vivek.errors import ThreadError
from vivek.schema.threads import ThreadKind, ThreadStatus, ThreadSummary
from vivek.session.threads.branches import Branches
from vivek.session.threads.names import ID_HINT, is_id

COLUMNS = "id, kind, title, directory, model, turns, updated, status"
_LISTED = "aside = 0"
_OFFERED = 5


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which threads of a list are wanted.

    Attributes:
        kind: Those of one kind, None for all.
        status: Those that stand so, None for all.
        before: Those last used before this time, in seconds since the epoch.
        most: How many, the newest; None for all.
    """

    kind: ThreadKind | None = None
    status: ThreadStatus | None = None
    before: float | None = None
    most: int | None = None

    def where(self, directory: Path | None) -> tuple[str, tuple[object, ...]]:
        """Return the condition in SQL, and its values."""
        parts, values = [_LISTED], list[object]()
        for column, sign, value in (
            ("directory", "=", None if directory is None else str(directory)),
            ("kind", "=", self.kind),
            ("status", "=", self.status),
            ("updated", "<", self.before),
        ):
            if value is not None:
                parts.append(f"{column} {sign} ?")
                values.append(value)
        return " AND ".join(parts), tuple(values)


ANY = Wanted()


def condition(directory: Path | None) -> tuple[str, tuple[str, ...]]:
    """Return what holds for the threads of a project, or of all, in SQL, and its values."""
    return ("1", ()) if directory is None else ("directory = ?", (str(directory),))


def find_thread(
    connection: sqlite3.Connection, text: str, directory: Path | None, *, aside: bool, branches: Branches
) -> ThreadSummary:
    """Return the thread that an id or the beginning of one means; see `ThreadIndex.find`.

    Raises:
        ThreadError: If there is none, or more than one.
    """
    found = _begun(connection, text, directory, aside=aside) if is_id(text) else []
    exact = [row for row in found if row.id == text]
    meant = exact or found
    if len(meant) == 1:
        return meant[0]
    if exact:
        msg = f"There are {len(exact)} threads {text!r}, in different projects."
        raise ThreadError(msg, hint=f"Go to one of: {', '.join(row.directory for row in exact[:_OFFERED])}.")
    if meant:
        names = ", ".join(dict.fromkeys(row.id for row in meant[:_OFFERED]))
        msg = f"{text!r} is the beginning of {len(meant)} thread ids."
        raise ThreadError(msg, hint=f"Type more of one of: {names}.")
    raise _none(connection, text, directory, branches)


def _begun(
    connection: sqlite3.Connection, text: str, directory: Path | None, *, aside: bool
) -> Sequence[ThreadSummary]:
    """Return the threads whose id begins so; only rows of such ids are read in a project."""
    where, values = condition(directory)
    hidden = "id = ?" if aside else "0 AND ?"
    rows = connection.execute(
        f"SELECT {COLUMNS} FROM threads WHERE {where} AND id >= ? AND id < ? AND ({_LISTED} OR {hidden}) ORDER BY id",
        (*values, text, f"{text}~", text),
    )
    return [ThreadSummary(*row) for row in rows]


def _none(connection: sqlite3.Connection, text: str, directory: Path | None, branches: Branches) -> ThreadError:
    msg = f"There is no thread {text!r} here."
    if not is_id(text):
        return ThreadError(msg, hint=ID_HINT)
    parent = branches.parent_of(text, directory)
    if parent is not None:
        msg = f"{text} is what a return to an earlier turn of {parent} set aside."
        back = f"`vivek threads rewind {parent} --undo` brings the newest back"
        return ThreadError(msg, hint=f"{back}, `vivek threads fork {text}` goes on from there.")
    where, values = condition(directory)
    elsewhere = connection.execute(
        f"SELECT id, directory FROM threads WHERE NOT ({where}) AND {_LISTED} AND id >= ? AND id < ? LIMIT 1",
        (*values, text, f"{text}~"),
    ).fetchone()
    if elsewhere is not None:
        return ThreadError(f"{msg} {elsewhere[0]} belongs to another project.", hint=f"Go to {elsewhere[1]}.")
    hint = "`vivek threads list` shows this project's threads, `--all` those of all projects."
    return ThreadError(msg, hint=hint)
