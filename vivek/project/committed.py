"""The files of a project as a commit has them: read from git's objects, nothing is checked out and no filter runs."""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from vivek.project.file_list import UNUSABLE
from vivek.project.index.reading import described, most_of
from vivek.project.scan import load_files
from vivek.workspace.git.asking import ask_git
from vivek.workspace.git.blobs import read_blobs

_AT_ONCE = 8_000_000  # bytes of contents that git hands over in one go
_LINK, _SUBMODULE = "120000", "160000"
_RENAMES = (
    *("--name-status", "-z", "-r", "-M", "-l2000", "--diff-filter=R", "--relative", "--no-color"),
    *("--no-ext-diff", "--no-textconv", "--ignore-submodules=all", "-O/dev/null"),
)


@dataclass(frozen=True, slots=True)
class Committed:
    """The files of a project in one commit.

    Attributes:
        texts: From paths to texts; every line ends with a line feed.
        skipped: Files that are not read, by reason.
    """

    texts: Mapping[str, str] = field(repr=False)
    skipped: Mapping[str, int]


def load_commit(root: Path, commit: str, ignored: Sequence[str], held: dict[str, bytes]) -> Committed:
    """Return the files of a project as a commit has them.

    Args:
        root: The project's root; what lies outside is not looked at.
        commit: The commit.
        ignored: Lines that leave files out, as in a `.vivekignore`.
        held: Contents by their names in git: what is there is not read again, what is read is added.

    Raises:
        WorkspaceError: If git fails.
    """
    entries = {path: (mode, name, size) for path, mode, name, size in _listed(root, commit)}
    skipped: dict[str, int] = {}
    wanted: dict[str, str] = {}
    listed = load_files(root, tracked=lambda _: [*entries], ignored=ignored)
    if listed.unusable:
        skipped[UNUSABLE] = listed.unusable
    for path in listed:
        mode, name, size = entries[path]
        if mode in (_LINK, _SUBMODULE) or size > most_of(path):
            reason = {_LINK: "link", _SUBMODULE: "submodule"}.get(mode, "too large")
            skipped[reason] = skipped.get(reason, 0) + 1
        else:
            wanted[path] = name
    sizes = {name: size for _, name, size in entries.values()}
    for batch in _batches(sorted(set(wanted.values()) - held.keys()), sizes):
        held.update(read_blobs(root, batch))
    texts = {}
    for path, name in wanted.items():
        read = described(path, held[name], (0, 0, -1))
        if read.skipped:
            skipped[read.skipped] = skipped.get(read.skipped, 0) + 1
        else:
            texts[path] = read.text
    return Committed(texts, skipped)


def renamed_files(root: Path, old: str, new: str) -> dict[str, str]:
    """Return the files that have another name in the later of two commits, from the earlier name to it.

    Raises:
        WorkspaceError: If git fails.
    """
    fields = os.fsdecode(ask_git(root, ["diff", *_RENAMES, old, new])).split("\0")[:-1]
    return dict(zip(fields[1::3], fields[2::3], strict=True))


def _listed(root: Path, commit: str) -> Iterator[tuple[str, str, str, int]]:
    told = ask_git(root, ["ls-tree", "-r", "-z", "--long", "--end-of-options", commit])
    for entry in os.fsdecode(told).split("\0")[:-1]:
        head, _, path = entry.partition("\t")
        mode, _, name, size = head.split()
        yield path, mode, name, 0 if size == "-" else int(size)


def _batches(names: Sequence[str], sizes: Mapping[str, int]) -> Iterator[list[str]]:
    batch: list[str] = []
    room = _AT_ONCE
    for name in names:
        batch.append(name)
        room -= sizes[name]
        if room <= 0:
            yield batch
            batch, room = [], _AT_ONCE
    if batch:
        yield batch
