"""Makes a thread of another one: the conversation alone, or with files in a working tree of their own; no model."""

import random
import re
from collections.abc import Iterator
from pathlib import Path

from vivek.errors import OutsideWorkspaceError, ThreadError, WorkspaceError
from vivek.schema.travel import Forked
from vivek.schema.undo import KeptFile
from vivek.session.place import DATABASES, Place, prepare_data
from vivek.session.threads.branches import Branch
from vivek.session.threads.heads import open_heads
from vivek.session.threads.index import ThreadIndex
from vivek.session.threads.names import new_id
from vivek.session.threads.returning import Aim, Trip
from vivek.workspace.files import Files
from vivek.workspace.journal.moves import Move
from vivek.workspace.journal.travel import Travel
from vivek.workspace.store import Store
from vivek.workspace.worktree import fill_worktree, new_worktree

_HASH = re.compile(rb"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")


def fork_thread(
    place: Place, thread_id: str, *, at: str | None = None, worktree: bool = False, folder: Path | None = None
) -> Forked:
    """Begin a thread that has the conversation of another up to a turn; the other one stays as it is.

    Args:
        place: The project.
        thread_id: Id or unique prefix; what a return set aside is meant by its whole name.
        at: Number of a turn or a checkpoint's id; the last turn that ended when None.
        worktree: Give the fork files of its own, as they stood at that turn, in a working tree of git.
        folder: Where that is made; beside the project when None.

    Raises:
        ThreadError: If there is no such thread or turn.
        WorkspaceError: If there is no repository for a working tree, or it cannot be made.
    """
    with ThreadIndex.open() as index:
        found = index.find(thread_id, place.root, aside=True)
        prepare_data(place)
        with Store.open(place.data) as store, open_heads(place.data) as heads:
            trip = Trip(place, found, index, store, heads, Travel(store, Files(place.root)))
            aim = _aim(trip, at)
            taken = index.ids(place.root) | index.branches.names(place.root)
            name = new_id(taken, random.SystemRandom().choice)
            branch = Branch(name, found.id, aim.turn, "fork", checkpoint=aim.checkpoint)
            if not worktree:
                trip.heads.fork(trip.heads.head(aim.checkpoint, found.id), found.id, name, aim.turn)
                index.branches.fork(branch, place.root, place.root, aim.stands)
                return Forked(name, found.id, aim.turn, str(place.root))
            return _with_files(trip, branch, aim, folder or place.root.with_name(f"{place.root.name}-{name}"))


def _aim(trip: Trip, at: str | None) -> Aim:
    """Return where to branch off.

    Raises:
        ThreadError: If nothing was said by then.
    """
    to = at
    if to is None:
        ids = trip.heads.ids(trip.thread.id)
        ends = trip.heads.ends(trip.thread.id)
        rests = trip.thread.status in ("finished", "needs_answer")
        to = ids[-1] if rests and ids else ends[max(ends)] if ends else "0"
    aim = trip.aim(to)
    if not aim.checkpoint:
        msg = f"There is nothing to fork at the beginning of thread {trip.thread.id}."
        raise ThreadError(msg, hint="Start a new thread with `vivek`.")
    return aim


def _with_files(trip: Trip, branch: Branch, aim: Aim, folder: Path) -> Forked:
    folder = folder.absolute()
    ref = f"vivek/{branch.id}"
    with new_worktree(trip.place.root, folder, ref) as top:
        left_out = fill_worktree(top, folder, frozenset(DATABASES))
        root = (folder / trip.place.root.resolve().relative_to(top)).resolve()
        root.mkdir(parents=True, exist_ok=True)
        kept = [KeptFile(path, "it was not copied") for path in left_out]
        kept += _as_it_was(trip, aim, Files(root))
        there = Place(root, root / ".vivek", restricted=False)
        prepare_data(there)
        _plant(trip, branch.id, aim, there)
        trip.index.branches.fork(branch, trip.place.root, root, aim.stands)
    return Forked(branch.id, branch.parent, aim.turn, str(root), ref, tuple(kept))


def _as_it_was(trip: Trip, aim: Aim, files: Files) -> Iterator[KeptFile]:
    """Bring the files of a fork to how they stood; yield those that stay as they are now."""
    came = trip.index.branches.of(trip.thread.id, trip.place.root)
    aside = trip.thread.id if came is not None and came.how == "rewind" and came.state == "done" else ""
    outcome = trip.travel.way_to_turn(_lineage(trip), aim.kept, aside=aside)
    for move in outcome.moves:
        try:
            _put(trip.store, files, move)
        except (OutsideWorkspaceError, WorkspaceError) as error:
            yield KeptFile(move.path, error.message)
    for kept in outcome.kept:
        yield KeptFile(kept.path, kept.reason)


def _put(store: Store, files: Files, move: Move) -> None:
    if move.new is None:
        files.delete(move.path)
    else:
        files.write(move.path, store.get(move.new), mode=move.new_mode)


def _lineage(trip: Trip) -> list[str]:
    """Return a thread and those it came from, the nearest first."""
    found = [trip.thread.id]
    while (branch := trip.index.branches.of(found[-1], trip.place.root)) is not None and branch.parent not in found:
        found.append(branch.parent)
    return found


def _plant(trip: Trip, name: str, aim: Aim, there: Place) -> None:
    """Copy what the fork's state names, and the state, to the databases of its own folder."""
    head = trip.heads.head(aim.checkpoint, trip.thread.id)
    named = {found.decode("ascii") for found in _HASH.findall(head.data)}
    with Store.open(there.data) as store, open_heads(there.data) as heads:
        with store.transaction():
            for sha in sorted(named):
                if trip.store.has(sha):
                    store.put(trip.store.get(sha))
            saved = head.saved(trip.thread.id)
            for tip in (saved.thread.get("head"), saved.thread.get("log")):
                for row in trip.store.chain(tip):
                    store.put(trip.store.get(row.blob))
                    for picture in row.pictures:
                        store.put(trip.store.get(picture.sha))
                    store.put_row(row)
        heads.plant(head, name, aim.turn, ended=not saved.next)
