"""Goes back to an earlier turn of a thread, files included, and undoes that: no model, no graph."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from vivek.errors import ThreadError
from vivek.schema.edits import FileChange
from vivek.schema.travel import RewindPlan, Rewound, TurnLine
from vivek.schema.undo import KeptFile
from vivek.session.doors.forking import fork_thread
from vivek.session.doors.tree import thread_tree
from vivek.session.place import Place
from vivek.session.telling import told_move
from vivek.session.threads.branches import Branch, What
from vivek.session.threads.returning import Aim, Trip, open_trip
from vivek.session.threads.turnlist import turn_lines
from vivek.workspace.files import Files
from vivek.workspace.journal.retreat import UndoOutcome

__all__ = ["fork_thread", "preview_rewind", "preview_undo_rewind", "rewind_thread", "thread_tree", "undo_rewind"]

_ROOM = 56  # characters of an id that leave room for the number
_OPEN = {
    "unfinished": "The turn under way is set aside with the rest.",
    "needs_approval": "The change that waits for approval is set aside with the rest; it was not applied.",
}


def preview_rewind(
    place: Place, thread_id: str, to: str, *, files: bool = True, conversation: bool = True, force: bool = False
) -> RewindPlan:
    """Tell what `rewind_thread` would do, and change nothing.

    Args:
        place: The project.
        thread_id: Id or unique prefix.
        to: Number of a turn, 0 for the beginning, or a checkpoint's id.
        files: Take the files along.
        conversation: Take the conversation along.
        force: Take back also what somebody else changed.

    Raises:
        ThreadError: If there is no such thread or turn, or the thread is in use.
        WorkspaceError: If a database cannot be used.
    """
    with open_trip(place, thread_id) as trip:
        return _Way.to(trip, to, files=files, conversation=conversation).plan(force=force)


def rewind_thread(
    place: Place, thread_id: str, to: str, *, files: bool = True, conversation: bool = True, force: bool = False
) -> Rewound:
    """Move a thread back to one of its turns; what came after is set aside and can be brought back.

    Files are restored where they are as vivek left them; the others are named and left alone.

    Args:
        place: The project.
        thread_id: Id or unique prefix.
        to: Number of a turn, 0 for the beginning, or a checkpoint's id.
        files: Take the files along.
        conversation: Take the conversation along.
        force: Take back also what somebody else changed; undoing the return brings that back, too.

    Raises:
        ThreadError: If there is no such thread or turn, or the thread is in use.
        WorkspaceError: If a file is read-only or the disk fails; nothing has happened then.
    """
    with open_trip(place, thread_id) as trip:
        return _Way.to(trip, to, files=files, conversation=conversation).go(force=force)


def preview_undo_rewind(place: Place, thread_id: str, *, force: bool = False) -> RewindPlan:
    """Tell what `undo_rewind` would do, and change nothing; arguments and errors are its."""
    with open_trip(place, thread_id) as trip:
        return _Way.back(trip).plan(force=force)


def undo_rewind(place: Place, thread_id: str, *, force: bool = False) -> Rewound:
    """Bring back what the newest return of a thread set aside; turns since then are set aside in its place.

    Args:
        place: The project.
        thread_id: Id or unique prefix.
        force: Bring back also files that somebody else changed since.

    Raises:
        ThreadError: If there is no such thread, nothing to bring back, or the thread is in use.
        WorkspaceError: As `rewind_thread` does.
    """
    with open_trip(place, thread_id) as trip:
        return _Way.back(trip).go(force=force)


@dataclass(frozen=True, slots=True)
class _Way:
    """One return that was worked out.

    Attributes:
        trip: What it needs.
        branch: How it is written down.
        aim: Where the conversation goes, None for back to where it was.
        moves: Whether the conversation has something to set aside.
    """

    trip: Trip
    branch: Branch
    aim: Aim | None
    moves: bool

    @classmethod
    def to(cls, trip: Trip, to: str, *, files: bool, conversation: bool) -> "_Way":
        """Work out the way to an earlier turn."""
        aim = trip.aim(to)
        moves = conversation and trip.newer(aim.checkpoint)
        what: What = "all" if files and moves else "files" if files else "conversation"
        branch = Branch(_new_name(trip), trip.thread.id, aim.turn, "rewind", what=what, kept=aim.kept)
        return cls(trip, replace(branch, checkpoint=aim.checkpoint), aim, moves)

    @classmethod
    def back(cls, trip: Trip) -> "_Way":
        """Work out the way back from the newest return."""
        last = trip.index.branches.last_return(trip.thread.id, trip.place.root)
        if last is None:
            msg = f"Thread {trip.thread.id} has no return to an earlier turn that could be undone."
            raise ThreadError(msg, hint=f"`vivek threads rewind {trip.thread.id} --to TURN` goes back to a turn.")
        moved = last.what != "files" and trip.newer(last.checkpoint)
        name = _new_name(trip)
        branch = replace(last, id=name, how="rewind" if moved else "undo", state="begun", back=last.id)
        return cls(trip, branch, None, moved)

    def plan(self, *, force: bool) -> RewindPlan:
        """Tell what would happen."""
        outcome = self.trip.travel.plan(self.branch.leap, force=force)
        files = Files(self.trip.place.root)
        return self._told(
            outcome, tuple(told_move(self.trip.store, move, applied=False, files=files) for move in outcome.moves)
        )

    def go(self, *, force: bool) -> Rewound:
        """Do it, unless there is nothing to do."""
        plan = self.plan(force=force)
        if plan.is_empty and not self.moves and not self.branch.back:
            return Rewound(plan)
        outcome = self.trip.go(self.branch, self.aim, force=force)
        moves = sorted(outcome.moves, key=lambda move: move.path)
        files = tuple(told_move(self.trip.store, move, applied=True) for move in moves)
        kept = tuple(KeptFile(file.path, file.reason) for file in outcome.kept)
        notes = (*outcome.notes, *plan.notes)
        aside = self.branch.id if self.moves else ""
        return Rewound(replace(plan, files=files, kept=kept, notes=notes), aside)

    def _told(self, outcome: UndoOutcome, files: Sequence[FileChange]) -> RewindPlan:
        dropped, restored = self._dropped(), self._restored()
        notes = list(outcome.notes)
        if self.branch.what != "files" and (told := _OPEN.get(self.trip.thread.status)):
            notes.append(told)
        kept = tuple(KeptFile(file.path, file.reason) for file in outcome.kept)
        turn = self.trip.thread.turns if self.branch.what == "files" else self.branch.turn
        if restored:
            turn = restored[-1].number
        files = sorted(files, key=lambda file: file.path)
        return RewindPlan(self.trip.thread.id, turn, dropped, restored, tuple(files), kept, tuple(notes))

    def _dropped(self) -> tuple[TurnLine, ...]:
        """Return the turns that are set aside, an open one among them."""
        trip, thread = self.trip, self.trip.thread
        if self.branch.what == "files" or not self.moves:
            return ()
        lines = turn_lines(trip.store, trip.index.log(thread.id, trip.place.root), trip.heads.ends(thread.id), {})
        dropped = tuple(line for line in lines if line.number > self.branch.turn)
        opened = trip.opened()
        return dropped if opened is None else (*dropped, TurnLine(thread.turns + 1, opened))

    def _restored(self) -> tuple[TurnLine, ...]:
        """Return the turns that come back."""
        trip, back = self.trip, self.branch.back
        if self.branch.what == "files" or not back:
            return ()
        lines = turn_lines(trip.store, trip.index.log(back, trip.place.root), trip.heads.ends(back), {})
        return tuple(line for line in lines if line.number > self.branch.turn)


def _new_name(trip: Trip) -> str:
    """Return a name for what is set aside: that of the thread, with a number."""
    taken = trip.index.branches.names(trip.place.root) | trip.index.ids(trip.place.root)
    number = 1
    while (name := f"{trip.thread.id[:_ROOM]}-r{number}") in taken:
        number += 1
    return name
