"""The staged trees of a turn: one with its edits, and one without any beside it, for comparison."""

import hashlib
from pathlib import Path

from vivek.flows.bench import Staged
from vivek.schema.sandbox import SandboxStatus
from vivek.workspace.staging.tree import StagedTree


class StagedTrees:
    """Keeps the trees that commands run on, and removes them.

    Args:
        root: The project.
        cache_folder: Where vivek keeps what can be made again.
    """

    def __init__(self, root: Path, cache_folder: Path) -> None:
        self._root = root
        self._cache_folder = cache_folder
        self._trees: dict[bool, tuple[dict[str, str], StagedTree]] = {}

    def tree(self, staged: Staged, status: SandboxStatus) -> StagedTree:
        """Return a tree with exactly these staged files.

        Raises:
            WorkspaceError: If it cannot be made, or shows no changes.
        """
        hashes = {path: "" if data is None else hashlib.sha256(data).hexdigest() for path, data in staged.items()}
        known = self._trees.get(bool(staged))
        if known is not None and known[0].keys() <= hashes.keys():
            held, tree = known
        else:
            if known is not None:
                known[1].close()
            held, tree = {}, StagedTree.open(self._root, status=status, cache_folder=self._cache_folder)
        self._trees[bool(staged)] = held, tree
        new = {path: data for path, data in staged.items() if held.get(path) != hashes[path]}
        if new:
            tree.put(new)
        self._trees[bool(staged)] = hashes, tree
        return tree

    def close(self) -> None:
        """Remove them; new ones are made when they are needed."""
        trees, self._trees = self._trees, {}
        for _, tree in trees.values():
            tree.close()
