"""Returns of a thread to an earlier turn: where to, in which order, and how one that was cut off is ended.

Three databases take part. What is about to happen is written down in the list of threads first; it has happened once
the journal has it, which changes the files wholly or not at all; then the checkpoints and the list follow.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from vivek.errors import ThreadError
from vivek.schema.threads import ThreadStatus, ThreadSummary
from vivek.session.locks import thread_lock
from vivek.session.place import Place, prepare_data
from vivek.session.threads.branches import Branch
from vivek.session.threads.heads import Heads, open_heads
from vivek.session.threads.index import ThreadIndex
from vivek.session.threads.saved import Saved
from vivek.session.threads.turnlist import line_of
from vivek.workspace.files import Files
from vivek.workspace.journal.retreat import UndoOutcome
from vivek.workspace.journal.travel import Travel
from vivek.workspace.store import Store

_LIST = "`vivek threads show {} --tree` lists its turns."
_LONGEST_NUMBER = 7  # digits; a checkpoint's id is longer


@dataclass(frozen=True, slots=True)
class Aim:
    """A point of a thread.

    Attributes:
        turn: The turns that have ended there.
        kept: The turns whose changes of files are made there: one more where a turn has changed files and goes on.
        checkpoint: The checkpoint, "" for the beginning.
        stands: Where the thread stands there, as the list of threads keeps it.
    """

    turn: int
    kept: int
    checkpoint: str
    stands: dict[str, object]


@dataclass(frozen=True, slots=True)
class Trip:
    """What a return needs, open.

    Attributes:
        place: The project.
        thread: The thread.
        index: The list of threads.
        store: Texts and journal.
        heads: The checkpoints.
        travel: The files.
    """

    place: Place
    thread: ThreadSummary
    index: ThreadIndex
    store: Store
    heads: Heads
    travel: Travel

    def aim(self, to: str) -> Aim:
        """Return the point that a number of a turn, or the beginning of a checkpoint's id, means.

        Raises:
            ThreadError: If there is none, or more than one.
        """
        ends = self.heads.ends(self.thread.id)
        if to.isascii() and to.isdigit() and len(to) < _LONGEST_NUMBER:
            turn = int(to)
            if turn == 0:
                return Aim(0, 0, "", {"turns": 0, "status": "new", "log": None})
            if turn not in ends:
                raise _no_turn(self.thread.id, turn, list(ends))
            return self._at(ends[turn])
        known = sorted({*ends.values(), *self.heads.ids(self.thread.id)})
        meant = [id_ for id_ in known if to and id_.startswith(to)]
        if len(meant) != 1:
            what = f"{len(meant)} checkpoints" if meant else "no turn or checkpoint"
            msg = f"Thread {self.thread.id} has {what} {to!r}."
            raise ThreadError(msg, hint=_LIST.format(self.thread.id))
        return self._at(meant[0])

    def go(self, branch: Branch, aim: Aim | None, *, force: bool) -> UndoOutcome:
        """Do what was worked out.

        Args:
            branch: The return, not written down yet.
            aim: Where the thread goes; None for where it was before a return that is undone.
            force: Take back also what somebody else changed.

        Raises:
            WorkspaceError: If the files cannot be changed; nothing has happened then.
        """
        self.index.branches.add(replace(branch, state="begun"), self.place.root)
        try:
            outcome = self.travel.go(branch.leap, force=force)
        except BaseException:
            self.settle()
            raise
        self._follow(branch, aim)
        return outcome

    def settle(self) -> None:
        """End returns that were cut off: those that the journal has are completed, the others are forgotten."""
        for branch in self.index.branches.begun(self.thread.id, self.place.root):
            if self.travel.settle(branch.leap):
                self._follow(branch, None if branch.back else self._aim_of(branch))
            else:
                self.index.branches.drop(branch, self.place.root)

    def opened(self) -> str | None:
        """Return the first line of the request of a turn that is open, None when none is."""
        ids = self.heads.ids(self.thread.id)
        if self.thread.status not in ("unfinished", "needs_approval") or not ids:
            return None
        request = self.heads.head(ids[-1], self.thread.id).saved(self.thread.id).turn.get("request")
        return line_of(self.store, request) if isinstance(request, str) and self.store.has(request) else ""

    def newer(self, checkpoint: str) -> bool:
        """Tell whether anything was said after a checkpoint."""
        return self.heads.newer(self.thread.id, checkpoint)

    def _follow(self, branch: Branch, aim: Aim | None) -> None:
        """Bring checkpoints and list to where the journal is."""
        if branch.what == "files":
            self.index.branches.finish(branch, self.place.root, None)
            return
        stands = aim.stands if aim is not None else self.index.branches.stands(branch.back, self.place.root)
        self.heads.leap(branch.leap, branch.checkpoint, branch.turn)
        self.index.branches.finish(branch, self.place.root, stands)

    def _aim_of(self, branch: Branch) -> Aim:
        return self._at(branch.checkpoint) if branch.checkpoint else self.aim("0")

    def _at(self, checkpoint: str) -> Aim:
        saved = self.heads.head(checkpoint, self.thread.id).saved(self.thread.id)
        kept = saved.turns + (1 if saved.next and saved.turn.get("applied") else 0)
        return Aim(saved.turns, kept, checkpoint, stands_of(saved))


def stands_of(saved: Saved) -> dict[str, object]:
    """Return where a thread stands in a saved state, as the list of threads keeps it."""
    status: ThreadStatus = "finished"
    if saved.next:
        status = "unfinished"
    elif saved.turn.get("status") == "needs_answer":
        status = "needs_answer"
    return {"turns": saved.turns, "status": status, "log": saved.thread.get("log")}


@contextmanager
def open_trip(place: Place, thread_id: str) -> Iterator[Trip]:
    """Open a thread for a return, locked; what was cut off before is ended first.

    Args:
        place: The project.
        thread_id: Id or unique prefix.

    Raises:
        ThreadError: If there is no such thread, or it is in use.
        WorkspaceError: If a database cannot be used.
    """
    with ThreadIndex.open() as index:
        found = index.find(thread_id, place.root)
        prepare_data(place)
        with thread_lock(place.data, found.id), Store.open(place.data) as store, open_heads(place.data) as heads:
            trip = Trip(place, found, index, store, heads, Travel(store, Files(place.root)))
            trip.settle()
            yield replace(trip, thread=index.find(found.id, place.root))


@contextmanager
def own_thread(place: Place, thread_id: str, index: ThreadIndex) -> Iterator[None]:
    """Hold the lock of a thread for a session; a return to an earlier turn that was cut off is ended first.

    Args:
        place: The project.
        thread_id: The id, of a thread that need not be there yet.
        index: The list of threads.

    Raises:
        ThreadError: If another process holds it, or a state is not there any more.
        WorkspaceError: If a database or the lock cannot be used.
    """
    with thread_lock(place.data, thread_id):
        found = index.get(thread_id, place.root)
        if found is not None and index.branches.begun(thread_id, place.root):
            with Store.open(place.data) as store, open_heads(place.data) as heads:
                Trip(place, found, index, store, heads, Travel(store, Files(place.root))).settle()
        yield


def _no_turn(thread_id: str, turn: int, known: list[int]) -> ThreadError:
    msg = f"Thread {thread_id} has no turn {turn} to return to."
    if not known:
        return ThreadError(msg, hint="No turn of it has ended yet; 0 is its beginning.")
    return ThreadError(msg, hint=f"It has turns {known[0]} to {known[-1]}, and 0, its beginning.")
