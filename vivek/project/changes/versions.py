"""The files of a project around a change, as they are in the version that is reviewed."""

import os
from pathlib import Path

from vivek.edits.codec import Undecodable, decode
from vivek.errors import WorkspaceError
from vivek.project.scan import load_files
from vivek.schema.changes import Changes
from vivek.workspace.files import Files
from vivek.workspace.git.asking import list_files, run_git

_LARGEST = 1_000_000  # bytes


class Version:
    """A project in one version: a commit, what is staged, or the files as they lie there.

    Args:
        root: The project's root.
        changes: What is reviewed; its scope tells the version.

    Attributes:
        held: The files that were read so far, None for one that is not there.
    """

    def __init__(self, root: Path, changes: Changes) -> None:
        self._root = root
        scope = changes.scope
        # What git calls it in front of a path; None for the working tree.
        self._name = scope.head if scope.head else "" if scope.kind == "staged" else None
        self._pinned = bool(scope.head or (scope.base and scope.kind in ("worktree", "staged") and not scope.paths))
        self._pinned = self._pinned and not changes.left_out
        self._files = Files(root)
        self._listed: frozenset[str] | None = None
        self.held: dict[str, bytes | None] = {}

    @property
    def by_git(self) -> bool:
        """Whether each of its files is asked of git, which takes longer."""
        return self._name is not None

    @property
    def is_pinned(self) -> bool:
        """Whether commits and the change tell every byte of it: then a file is never another without their being so."""
        return self._pinned

    def paths(self) -> frozenset[str]:
        """Return its files, relative to the root."""
        if self._listed is None:
            self._listed = self._list()
        return self._listed

    def _list(self) -> frozenset[str]:
        if self._name is None:
            return frozenset(load_files(self._root, tracked=list_files).paths)
        listed = ["ls-tree", "-r", "--name-only", "-z", self._name] if self._name else ["ls-files", "--cached", "-z"]
        found = run_git(self._root, listed)
        if found is None or found.returncode != 0:
            return frozenset()
        return frozenset(os.fsdecode(found.stdout).split("\0")[:-1])

    def read(self, path: str) -> bytes | None:
        """Return the bytes of a file, None where there is none that can be read."""
        if path not in self.held:
            self.held[path] = self._read(path)
        return self.held[path]

    def text(self, path: str) -> str | None:
        """Return the text of a file, None where there is none that can be read."""
        data = self.read(path)
        found = None if data is None else decode(data)
        return None if found is None or isinstance(found, Undecodable) else found.plain

    def _read(self, path: str) -> bytes | None:
        if self._name is not None:
            found = run_git(self._root, ["cat-file", "blob", f"{self._name}:./{path}"])
            return found.stdout if found is not None and found.returncode == 0 else None
        try:
            return self._files.read(path) if (self._files.size(path) or 0) <= _LARGEST else None
        except WorkspaceError:
            return None
