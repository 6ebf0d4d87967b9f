"""The files that differ between two versions git knows, with their texts; runs no filter and no other program."""

import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from vivek.errors import WorkspaceError
from vivek.project.changes.sides import Side, changed_file
from vivek.schema.changes import ChangedFile, FileKind, ScopeKind
from vivek.workspace.files import Files
from vivek.workspace.git.asking import ask_git
from vivek.workspace.git.blobs import blob_sizes, read_blobs

WORKTREE: Final = ""
"""Stands for the files as they lie in the working tree."""

INDEX: Final = "index"
"""Stands for what is staged."""

LARGEST = 1_000_000
"""Bytes of a file; a larger one is not read."""

_AT_ONCE = 8_000_000  # bytes of contents that git hands over in one go
_LINK, _SUBMODULE = "120000", "160000"
_KINDS: Mapping[str, FileKind] = {"A": "added", "D": "deleted", "R": "renamed", "C": "copied", "U": "conflicted"}
_PLAIN = (
    *("--raw", "-z", "--no-abbrev", "-r", "-M", "-l2000", "--relative", "--no-color", "--no-ext-diff", "--no-textconv"),
    *("--ignore-submodules=dirty", "-O/dev/null"),
)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two versions to compare.

    Attributes:
        kind: Where they come from.
        told: In words for the user.
        old: The commit or tree of the old one.
        new: The commit of the new one, `WORKTREE` or `INDEX`.
        base_name: The commit of the old one, "" where there is none.
        head_name: The commit of the new one, "" where there is none.
        message: What its author says it does.
    """

    kind: ScopeKind
    told: str
    old: str
    new: str
    base_name: str = ""
    head_name: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class _Entry:
    """A line of what git lists: rights, content and kind; a content of zeros lies in the working tree."""

    path: str
    kind: FileKind
    old_path: str
    modes: tuple[str, str]
    blobs: tuple[str, str]


def changed_files(
    root: Path, pair: Pair, paths: Sequence[str], *, most_files: int, most_bytes: int
) -> tuple[tuple[ChangedFile, ...], tuple[tuple[str, str], ...]]:
    """Return the files that differ, sorted by path, and those that are left out, with why.

    Args:
        root: The project's root; what lies outside is not looked at.
        pair: The versions.
        paths: Files and folders, relative to the root, taken literally; all when there are none.
        most_files: Files that are looked at.
        most_bytes: Bytes of their texts.

    Raises:
        WorkspaceError: If git fails.
    """
    entries = sorted(_entries(root, pair, paths), key=lambda entry: entry.path)
    beyond = [(entry.path, f"more than {most_files:,} files are changed") for entry in entries[most_files:]]
    contents = _Contents(root)
    files: list[ChangedFile] = []
    for batch in _batches(entries[:most_files], contents):
        held = contents.read(blob for entry in batch for blob in _held(entry))
        for entry in batch:
            if contents.spent > most_bytes:
                beyond.append(
                    (entry.path, f"its texts go beyond the {most_bytes // 1_000_000:,} MB that are looked at")
                )
                continue
            found = _file(entry, held, contents)
            files += [] if found is None else [found]
    return tuple(files), tuple(beyond)


def changed_names(root: Path, pair: Pair) -> frozenset[str]:
    """Return the names of the files that differ, those that are gone included; no text is read.

    Args:
        root: The project's root; what lies outside is not looked at.
        pair: The versions.

    Raises:
        WorkspaceError: If git fails.
    """
    return frozenset(entry.path for entry in _entries(root, pair, ()))


def _entries(root: Path, pair: Pair, paths: Sequence[str]) -> Iterator[_Entry]:
    narrowed = ["--", *paths]
    if pair.new == WORKTREE:
        told = _compared(root, [pair.old, *narrowed])
    else:
        versions = ["--cached", pair.old] if pair.new == INDEX else [pair.old, pair.new]
        told = ask_git(root, ["diff", *_PLAIN, *versions, *narrowed])
    fields = iter(os.fsdecode(told).split("\0")[:-1])
    found: dict[str, _Entry] = {}
    for head in fields:
        old_mode, new_mode, old, new, status = head.removeprefix(":").split(" ")
        path = old_path = next(fields)
        if status[0] in "RC":
            path = next(fields)
        entry = _Entry(
            path,
            _KINDS.get(status[0], "modified"),
            old_path if old_path != path else "",
            (old_mode, new_mode),
            (old, new),
        )
        both = found.get(path)  # git lists what is not merged twice: once as that, once with its contents
        if both is not None:
            entry = replace(entry if both.kind == "conflicted" else both, kind="conflicted")
        found[path] = entry
    unmerged = _unmerged(root, narrowed) if pair.new == WORKTREE else frozenset()
    for path, entry in found.items():
        yield replace(entry, kind="conflicted") if path in unmerged else entry
    if pair.new == WORKTREE:
        told = ask_git(root, ["ls-files", "--others", "--exclude-standard", "-z", *narrowed])
        for path in os.fsdecode(told).split("\0")[:-1]:
            if not f"/{path}".count("/.vivek/"):
                yield _Entry(path, "added", "", ("000000", "000000"), ("", ""))


def _compared(root: Path, arguments: Sequence[str]) -> bytes:
    """Compare with the working tree by a copy of the index: git writes down there what it finds unchanged."""
    name = os.fsdecode(ask_git(root, ["rev-parse", "--git-path", "index"]).removesuffix(b"\n"))
    with tempfile.TemporaryDirectory(prefix="vivek-review-") as folder:
        index = Path(folder) / "index"
        with suppress(FileNotFoundError):  # before anything was added
            # With its times: by them git tells which files may have changed within the same second.
            shutil.copy2(root / name, index)
        return ask_git(root, ["diff", *_PLAIN, *arguments], index=index)


def _unmerged(root: Path, narrowed: Sequence[str]) -> frozenset[str]:
    told = os.fsdecode(ask_git(root, ["ls-files", "--unmerged", "-z", *narrowed])).split("\0")[:-1]
    return frozenset(line.partition("\t")[2] for line in told)


def _held(entry: _Entry) -> Iterator[str]:
    """Yield the contents of an entry that git has."""
    if _SUBMODULE not in entry.modes:
        yield from (blob for blob in entry.blobs if blob.strip("0"))


def _batches(entries: Sequence[_Entry], contents: "_Contents") -> Iterator[list[_Entry]]:
    """Cut entries into runs whose contents fit into memory together."""
    contents.weigh({blob for entry in entries for blob in _held(entry)})
    batch: list[_Entry] = []
    size = 0
    for entry in entries:
        batch.append(entry)
        size += sum(contents.size(blob) for blob in _held(entry))
        if size > _AT_ONCE:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


class _Contents:
    """The contents of both versions; large ones are known by their size alone."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._files = Files(root)
        self._sizes: dict[str, int] = {}
        self.spent = 0

    def weigh(self, blobs: set[str]) -> None:
        """Learn the sizes of contents."""
        self._sizes = blob_sizes(self._root, sorted(blobs))

    def size(self, blob: str) -> int:
        """Return how many bytes are read for a content."""
        size = self._sizes.get(blob, 0)
        return size if size <= LARGEST else 0

    def read(self, blobs: Iterable[str]) -> Mapping[str, bytes]:
        """Return the contents that are there and not too large."""
        found = read_blobs(
            self._root, sorted({blob for blob in blobs if self._sizes.get(blob, LARGEST + 1) <= LARGEST})
        )
        self.spent += sum(len(data) for data in found.values())
        return found

    def in_tree(self, path: str) -> Side:
        """Return a file as it lies in the working tree."""
        try:
            if self._files.is_link(path):
                return Side(b"", "link")
            if (self._files.size(path) or 0) > LARGEST:
                return Side(b"", "too large")
            data = self._files.read(path)
        except WorkspaceError as error:
            return Side(b"", f"not readable: {error.message}")
        self.spent += len(data or b"")
        return Side(data)


def _file(entry: _Entry, held: Mapping[str, bytes], contents: _Contents) -> ChangedFile | None:
    modes = entry.modes if entry.modes[0] != entry.modes[1] and entry.kind not in ("added", "deleted") else None
    if _SUBMODULE in entry.modes:
        note = f"points to {entry.blobs[1][:12]} now, to {entry.blobs[0][:12]} before"
        return ChangedFile(entry.path, "submodule", old_path=entry.old_path, aside="submodule", modes=modes, note=note)
    old = Side(None) if entry.kind == "added" else _of_blob(entry, 0, held)
    if entry.kind == "deleted":
        new = Side(None)
    elif entry.blobs[1].strip("0"):
        new = _of_blob(entry, 1, held)
    else:
        new = contents.in_tree(entry.path)
    if old.data == new.data and not old.aside and not new.aside and modes is None and not entry.old_path:
        return None  # only its times differ, or a conversion of line ends that git applies
    found = changed_file(entry.path, entry.kind, old, new, old_path=entry.old_path)
    return replace(found, modes=modes)


def _of_blob(entry: _Entry, side: int, held: Mapping[str, bytes]) -> Side:
    blob = entry.blobs[side]
    if entry.modes[side] == _LINK:
        return Side(held.get(blob, b""), "link")
    return Side(held[blob]) if blob in held else Side(None if not blob.strip("0") else b"", "too large")
