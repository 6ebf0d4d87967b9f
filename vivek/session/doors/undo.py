"""Takes back an applied turn of a thread, or brings one again: no model, no graph, no git."""

from vivek.errors import ThreadError
from vivek.schema.undo import KeptFile, UndoReport, Way
from vivek.session.locks import thread_lock
from vivek.session.place import Place, prepare_data
from vivek.session.telling import told_move
from vivek.session.threads.index import ThreadIndex
from vivek.workspace.contents import FILE_NAME
from vivek.workspace.files import Files
from vivek.workspace.journal.journal import Journal
from vivek.workspace.store import Store


def undo(place: Place, thread: str | None, *, turn: int | None = None, dry_run: bool = False) -> UndoReport:
    """Take back a turn; files that are not as vivek left them are left alone.

    Args:
        place: The project.
        thread: Id or unique prefix; the thread that changed the project's files last when None.
        turn: Its number; the one applied last when None.
        dry_run: Tell what would become of it, and change nothing.

    Raises:
        ThreadError: If there is no such thread, nothing to take back, or the thread is in use.
        WorkspaceError: If a file is read-only or the disk fails; nothing is changed then.
    """
    return _act(place, "undo", thread, turn=turn, dry_run=dry_run)


def redo(place: Place, thread: str | None, *, dry_run: bool = False) -> UndoReport:
    """Bring again what the last undo took back, as long as the thread has not changed files anew.

    Args:
        place: The project.
        thread: Id or unique prefix; the thread that changed the project's files last when None.
        dry_run: Tell what would become of it, and change nothing.

    Raises:
        ThreadError: If there is no such thread, nothing to bring again, or the thread is in use.
        WorkspaceError: As `undo` does.
    """
    return _act(place, "redo", thread, turn=None, dry_run=dry_run)


def _act(place: Place, way: Way, thread: str | None, *, turn: int | None, dry_run: bool) -> UndoReport:
    with ThreadIndex.open() as index:
        found = index.find(thread, place.root) if thread else index.latest(place.root, kind="chat")
    if found is None and not (place.data / FILE_NAME).exists():  # a reply applied by itself needs no thread
        raise _no_thread(way)
    prepare_data(place)
    with Store.open(place.data) as store:
        journal = Journal(store, Files(place.root))
        name = (None if thread else journal.last_thread("apply" if way == "undo" else "undo")) or (
            found.id if found is not None else None
        )
        if name is None:
            raise _none_left(way)
        with ThreadIndex.open() as index:
            known = index.get(name, place.root)
        finished = None if known is None else known.turns
        with thread_lock(place.data, name):
            if way == "redo":
                outcome = journal.redo(name, dry_run=dry_run, finished=finished)
            else:
                outcome = journal.undo(name, turn, dry_run=dry_run, finished=finished)
        if outcome.turn is None:
            raise _nothing(way, name, turn, [applied.turn for applied in journal.turns(name)])
        files = tuple(told_move(store, move, applied=not dry_run) for move in outcome.moves)
    kept = tuple(KeptFile(file.path, file.reason) for file in outcome.kept)
    return UndoReport(way, name, outcome.turn, files, kept, outcome.notes)


def _no_thread(way: Way) -> ThreadError:
    msg = f"This project has no thread yet, so there is nothing to {way}."
    return ThreadError(msg, hint="Start one with `vivek`.")


def _none_left(way: Way) -> ThreadError:
    msg = f"There is nothing to {way} in this project."
    hint = "`vivek redo` brings again what was taken back." if way == "undo" else "`vivek undo` takes a change back."
    return ThreadError(msg, hint=hint)


def _nothing(way: Way, thread: str, turn: int | None, applied: list[int]) -> ThreadError:
    if way == "redo":
        msg = f"Thread {thread} has nothing to bring again: no undo, or it changed files since."
        return ThreadError(msg, hint="`vivek undo` takes the last change back.")
    if turn is not None and applied:
        msg = f"Turn {turn} of thread {thread} has no applied change to undo."
        return ThreadError(msg, hint=f"These have: {', '.join(map(str, sorted(applied)))}.")
    msg = f"Thread {thread} has no applied change to undo."
    return ThreadError(msg, hint="`vivek threads list` shows the others; choose one with `--thread ID`.")
