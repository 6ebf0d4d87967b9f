"""Commits what a thread changed, and nothing else of the user's: no model, no graph, no hooks."""

import os
import stat
from collections.abc import Sequence

from vivek.errors import ThreadError, WorkspaceError
from vivek.schema.commits import CommitReport
from vivek.schema.undo import KeptFile
from vivek.session.locks import thread_lock
from vivek.session.place import Place, prepare_data
from vivek.session.threads.index import ThreadIndex
from vivek.workspace.files import Files
from vivek.workspace.git.asking import ask_git
from vivek.workspace.git.commit import Entry, blob_of, commit_entries, entries_of, ignored_by_git
from vivek.workspace.git.programs import refuse_programs
from vivek.workspace.git.state import Repository, find_repository
from vivek.workspace.journal.journal import Journal
from vivek.workspace.journal.moves import Move
from vivek.workspace.store import Store

PRIVATE = "refs/vivek/"
_HOOKS = ("pre-commit", "prepare-commit-msg", "commit-msg", "post-commit")


def commit(place: Place, thread: str | None, *, message: str = "", private: bool = False) -> CommitReport:
    """Commit the files that are as a thread left them, without anything else that was changed, staged or not.

    A file that already differed from the last commit when vivek first changed it is left out: it holds work of the
    user's own.

    Args:
        place: The project.
        thread: Id or unique prefix; the project's newest thread when None.
        message: The whole message; the thread's first request when "".
        private: Commit to a ref of vivek's own, `refs/vivek/THREAD/NUMBER`, and leave branch and index as they are.

    Raises:
        ThreadError: If there is no such thread, or it is in use.
        WorkspaceError: If there is no repository, it names programs for git to run, something is under way in it, or
            nothing is to be committed.
    """
    with ThreadIndex.open() as index:
        found = index.find(thread, place.root) if thread else index.latest(place.root, kind="chat")
    if found is None:
        msg = "This project has no thread yet, so there is nothing to commit."
        raise ThreadError(msg, hint="Start one with `vivek`.")
    refuse_programs(place.root)
    repository = find_repository(place.root)
    if not private:
        _refuse_unready(repository)
    prepare_data(place)
    with thread_lock(place.data, found.id), Store.open(place.data) as store:
        taken, left_out = _Choice(place, repository, store).of(found.id)
        if not taken:
            why = f" {left_out[0].path}: {left_out[0].reason}." if left_out else ""
            msg = f"Thread {found.id} has no change to commit.{why}"
            raise WorkspaceError(msg, hint="`git status` shows what else is changed.")
        said = _clean(message) or _clean(found.title) or f"Changes of thread {found.id}"
        ref = _next_ref(repository, found.id) if private else "HEAD"
        made = commit_entries(repository, taken, said, ref=ref)
    branch = ref if private else repository.branch or ref
    prefix = _prefix(place, repository)
    files = tuple(path.removeprefix(prefix) for path in sorted(taken))
    return CommitReport(made, branch, said.partition("\n")[0], files, left_out, _notes(repository))


class _Choice:
    """Decides for each file of a thread whether it can be committed."""

    def __init__(self, place: Place, repository: Repository, store: Store) -> None:
        self._files = Files(place.root)
        self._journal = Journal(store, self._files)
        self._store = store
        self._repository = repository
        self._prefix = _prefix(place, repository)
        asked = ask_git(repository.top, ["config", "--type=bool", "--default=true", "core.fileMode"])
        self._modes = asked.strip() == b"true"

    def of(self, thread: str) -> tuple[dict[str, Entry | None], tuple[KeptFile, ...]]:
        """Return the entries of the files to commit by their path from the top, and the files that are left out."""
        history = self._journal.history(thread)
        written = self._journal.written(thread)
        places = {path: self._from_top(path) for path in history}
        last = entries_of(self._repository, list(places.values()), staged=False)
        new = [place for place in places.values() if place not in last]
        ignored = ignored_by_git(self._repository, new)
        taken: dict[str, Entry | None] = {}
        left_out: list[KeptFile] = []
        for path, moves in history.items():
            place = places[path]
            reason = (
                "it was changed since" if path not in written else self._refusal(place, last.get(place), moves, ignored)
            )
            entry = None if reason else self._entry(path, place, written[path], last.get(place))
            if reason:
                left_out.append(KeptFile(path, reason))
            elif entry != last.get(place):
                taken[place] = entry
        return taken, tuple(left_out)

    def _from_top(self, path: str) -> str:
        """Return the file itself: git has a link as a link, and vivek wrote what it leads to."""
        return self._prefix + self._files.place_of(path).relative_to(self._files.root).as_posix()

    def _refusal(self, place: str, last: Entry | None, moves: Sequence[Move], ignored: frozenset[str]) -> str:
        if place in ignored:
            return "git ignores it"
        above = [part for part in (self._repository.top / place).parents if part.is_relative_to(self._repository.top)]
        if any(os.path.lexists(folder / ".git") for folder in above if folder != self._repository.top):
            return "it belongs to another repository"
        if last is not None and last.mode not in ("100644", "100755"):
            return "git has something else than a file there"
        # Back along the thread's own changes of it, as far as one begins where the one before ended.
        committed = None if last is None else last.blob
        expected = moves[-1].new
        for move in reversed(moves):
            if move.new != expected:
                break
            if committed in (self._blob(place, move.old), self._blob(place, move.new)):
                return ""
            expected = move.old
        return "it had changes of yours that are not committed"

    def _blob(self, place: str, sha: str | None) -> str | None:
        return None if sha is None else blob_of(self._repository, place, self._store.get(sha))

    def _entry(self, path: str, place: str, sha: str | None, last: Entry | None) -> Entry | None:
        if sha is None:
            return None
        if self._modes:
            executable = bool((self._files.mode(path) or 0) & stat.S_IXUSR)
        else:
            executable = last is not None and last.mode == "100755"
        blob = blob_of(self._repository, place, self._store.get(sha), keep=True)
        return Entry("100755" if executable else "100644", blob)


def _refuse_unready(repository: Repository) -> None:
    if repository.operation:
        msg = f"A {repository.operation} is under way in this repository, so nothing is committed."
        raise WorkspaceError(msg, hint="End it first, or commit to a ref of vivek's own with `/commit --private`.")
    if repository.branch is None:
        msg = "No branch is checked out, so a commit would be lost easily."
        raise WorkspaceError(msg, hint="Make one with `git switch -c NAME`, or use `/commit --private`.")
    if repository.locked:
        msg = f"The index of this repository is locked: {repository.folder / 'index.lock'} exists."
        raise WorkspaceError(msg, hint="Another git is at work, or one was cut off: look before you remove the lock.")


def _next_ref(repository: Repository, thread: str) -> str:
    told = ask_git(repository.top, ["for-each-ref", "--format=%(refname)", f"{PRIVATE}{thread}/"])
    numbers = [int(name.rpartition(b"/")[2]) for name in told.split() if name.rpartition(b"/")[2].isdigit()]
    return f"{PRIVATE}{thread}/{max(numbers, default=0) + 1}"


def _prefix(place: Place, repository: Repository) -> str:
    inner = place.root.resolve().relative_to(repository.top).as_posix()
    return "" if inner == "." else f"{inner}/"


def _clean(message: str) -> str:
    """Return a message without control characters, blank lines at its ends and blanks at the ends of lines."""
    kept = "".join(char for char in message if char == "\n" or char.isprintable())
    return "\n".join(line.rstrip() for line in kept.split("\n")).strip()


def _notes(repository: Repository) -> tuple[str, ...]:
    hooks = [name for name in _HOOKS if os.access(repository.common / "hooks" / name, os.X_OK)]
    return (f"hooks of the repository were not run: {', '.join(hooks)}",) if hooks else ()
