"""Makes a commit out of single files, without hooks, without `git add`, and with nothing else of the working tree.

The tree is built in an index of its own, from the last commit and exactly these files. Of the user's index only the
entries of files that are committed change, and only where nothing else was staged for them.
"""

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from vivek.errors import WorkspaceError
from vivek.workspace.git.asking import ask_git
from vivek.workspace.git.state import Repository


@dataclass(frozen=True, slots=True)
class Entry:
    """A file in a tree or an index: its mode in octal, such as `100644`, and its blob."""

    mode: str
    blob: str


def blob_of(repository: Repository, path: str, data: bytes, *, keep: bool = False) -> str:
    """Return the blob that git makes of the bytes of a file, its line ends settled as the attributes say.

    Args:
        repository: The repository.
        path: The file, relative to the top.
        data: Its bytes in the working tree.
        keep: Write the blob into the repository.

    Raises:
        WorkspaceError: If git fails.
    """
    command = ["hash-object", *(["-w"] if keep else []), "--stdin", f"--path={path}"]
    return ask_git(repository.top, command, input=data).decode().strip()


def entries_of(repository: Repository, paths: Sequence[str], *, staged: bool) -> dict[str, Entry]:
    """Return what the last commit, or the index, has for files; what it does not have is left out.

    Args:
        repository: The repository.
        paths: Relative to the top, taken literally.
        staged: Ask the index.

    Raises:
        WorkspaceError: If git fails.
    """
    if not paths or (repository.head is None and not staged):
        return {}
    if staged:
        told = ask_git(repository.top, ["ls-files", "--stage", "-z", "--", *paths])
    else:
        told = ask_git(repository.top, ["ls-tree", "-z", "--full-tree", "HEAD", "--", *paths])
    found: dict[str, Entry] = {}
    for line in told.decode("utf-8", "surrogateescape").split("\0")[:-1]:
        facts, _, path = line.partition("\t")
        words = facts.split(" ")
        found[path] = Entry(words[0], words[1] if staged else words[2])
    return {path: entry for path, entry in found.items() if path in set(paths)}


def ignored_by_git(repository: Repository, paths: Sequence[str]) -> frozenset[str]:
    """Return those of some files that git would not add because an ignore rule names them.

    Raises:
        WorkspaceError: If git fails.
    """
    if not paths:
        return frozenset()
    told = ask_git(repository.top, ["ls-files", "--others", "--ignored", "--exclude-standard", "-z", "--", *paths])
    return frozenset(told.decode("utf-8", "surrogateescape").split("\0")[:-1])


def commit_entries(repository: Repository, entries: Mapping[str, Entry | None], message: str, *, ref: str) -> str:
    """Commit files on top of the last commit and return the new commit.

    Args:
        repository: Where it stands; when another commit has come meanwhile, nothing is committed.
        entries: The files by path from the top, None for those that go.
        message: The whole message.
        ref: `HEAD` for the branch checked out, else the full name of a new ref.

    Raises:
        WorkspaceError: If nothing differs from the last commit, or git fails; then the index is as it was.
    """
    tree = _tree(repository, entries)
    top, head = repository.top, repository.head
    if head is not None and tree == ask_git(top, ["rev-parse", f"{head}^{{tree}}"]).decode().strip():
        msg = "There is nothing to commit: the last commit has all of it."
        raise WorkspaceError(msg, hint="`vivek undo` and `git log` show what was done before.")
    parents = ["-p", head] if head is not None else []
    made = ask_git(top, ["commit-tree", tree, *parents, "-F", "-"], input=message.encode()).decode().strip()
    moved = _moved(repository, ref, made, message)
    if ref == "HEAD":
        _with_index(repository, entries, moved)
    else:
        moved()
    return made


def _tree(repository: Repository, entries: Mapping[str, Entry | None]) -> str:
    with tempfile.TemporaryDirectory(prefix="vivek-") as folder:  # private to this user
        index = Path(folder) / "index"
        ask_git(repository.top, ["read-tree", repository.head or "--empty"], index=index)
        _put(repository, entries, index)
        return ask_git(repository.top, ["write-tree"], index=index).decode().strip()


def _moved(repository: Repository, ref: str, made: str, message: str) -> Callable[[], None]:
    """Return what brings a ref to the new commit, provided that it is where it was."""
    before = (repository.head if ref == "HEAD" else None) or "0" * len(made)
    about = f"commit (vivek): {message.partition(chr(10))[0]}"

    def move() -> None:
        ask_git(repository.top, ["update-ref", "-m", about, "--", ref, made, before])

    return move


def _with_index(repository: Repository, entries: Mapping[str, Entry | None], move: Callable[[], None]) -> None:
    """Bring the committed files into the user's index, then do the rest; the index goes back when that fails.

    In this order a sudden end leaves files staged that are not committed yet, and never the other way round, where the
    next commit would take them back.
    """
    paths = list(entries)
    last, staged = entries_of(repository, paths, staged=False), entries_of(repository, paths, staged=True)
    # What the user staged of such a file, other than it was or is, stays staged.
    ours = {path: entries[path] for path in paths if staged.get(path) == last.get(path)}
    _put(repository, ours, None)
    try:
        move()
    except WorkspaceError:
        _put(repository, {path: last.get(path) for path in ours}, None)
        raise


def _put(repository: Repository, entries: Mapping[str, Entry | None], index: Path | None) -> None:
    nothing = "0" * (64 if ask_git(repository.top, ["rev-parse", "--show-object-format"]) == b"sha256\n" else 40)
    lines = [
        f"0 {nothing}\t{path}" if entry is None else f"{entry.mode} {entry.blob}\t{path}"
        for path, entry in entries.items()
    ]
    # What goes comes first: a folder may take the place of a file, and the other way round.
    lines.sort(key=lambda line: not line.startswith("0 "))
    ask_git(repository.top, ["update-index", "-z", "--index-info"], input=_joined(lines), index=index)


def _joined(lines: Sequence[str]) -> bytes:
    return "".join(f"{line}\0" for line in lines).encode("utf-8", "surrogateescape")
