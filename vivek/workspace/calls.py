"""Remembers which commands of a turn were begun and what they left behind, so that none runs twice after a kill."""

import json
from typing import Literal

from vivek.errors import WorkspaceError
from vivek.schema.commands import Ran
from vivek.workspace.store import Store

Standing = Literal["new", "begun", "done"]


class Calls:
    """The commands of the threads' open turns, each under an id that is the same when its step runs again.

    Args:
        store: Where they are kept, on disk before the command starts.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def standing(self, call: str) -> Standing:
        """Return how a command stands; `begun` means that vivek ended while it ran.

        Raises:
            WorkspaceError: If it cannot be read.
        """
        with self._store.reading() as connection:
            row = connection.execute("SELECT done FROM calls WHERE id = ?", (call,)).fetchone()
        return "new" if row is None else "done" if row[0] else "begun"

    def begin(self, call: str, *, thread: str, command: str, apart: bool) -> None:
        """Note that a command starts.

        Args:
            call: The id.
            thread: The thread it belongs to.
            command: What is run, for people.
            apart: Whether what it writes lies where the user's files do not.

        Raises:
            WorkspaceError: If it cannot be written.
        """
        with self._store.transaction() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO calls (id, done, thread, command, apart) VALUES (?, 0, ?, ?, ?)",
                (call, thread, command.encode("utf-8", "replace").decode(), apart),
            )

    def end(self, call: str, ran: Ran | None = None) -> None:
        """Note that a command ended, and what it left behind; None for one that nobody saw end.

        Raises:
            WorkspaceError: If it cannot be written.
        """
        told = None if ran is None else json.dumps([ran.returncode, ran.omitted, ran.seconds, ran.timed_out])
        output = None if ran is None else ran.output
        with self._store.transaction() as connection:
            connection.execute("UPDATE calls SET done = 1, ran = ?, output = ? WHERE id = ?", (told, output, call))

    def result(self, call: str) -> Ran | None:
        """Return what a command left behind that ended; None for one that did not, or that nobody saw end.

        Raises:
            WorkspaceError: If it cannot be read.
        """
        with self._store.reading() as connection:
            row = connection.execute("SELECT ran, output FROM calls WHERE id = ? AND done", (call,)).fetchone()
        if row is None or row[0] is None:
            return None
        try:
            returncode, omitted, seconds, timed_out = json.loads(row[0])
            return Ran(int(returncode), bytes(row[1]), int(omitted), float(seconds), bool(timed_out))
        except (ValueError, TypeError) as error:
            msg = f"What a command left behind cannot be read from {self._store.path}."
            raise WorkspaceError(msg, hint="Go on with another request, or start a new thread.") from error

    def begun(self, thread: str) -> tuple[tuple[str, bool], ...]:
        """Return the commands of a thread that ran when vivek ended, each with whether it ran apart.

        Raises:
            WorkspaceError: If they cannot be read.
        """
        with self._store.reading() as connection:
            rows = connection.execute("SELECT command, apart FROM calls WHERE thread = ? AND NOT done", (thread,))
            return tuple((str(command), bool(apart)) for command, apart in rows)

    def forget(self, thread: str) -> None:
        """Forget the commands of a thread, because its turn is over: what comes later runs anew.

        Raises:
            WorkspaceError: If it cannot be written.
        """
        with self._store.transaction() as connection:
            connection.execute("DELETE FROM calls WHERE thread = ?", (thread,))
