"""Gathers what became of a thread: its turns, its forks, and what returns to earlier turns set aside; no model."""

from collections.abc import Iterator, Sequence

from vivek.schema.travel import ThreadTree, TreeBranch, TreeParent
from vivek.session.place import Place, prepare_data
from vivek.session.threads.branches import Branch
from vivek.session.threads.heads import Heads, open_heads
from vivek.session.threads.index import ThreadIndex
from vivek.session.threads.turnlist import turn_lines
from vivek.workspace.files import Files
from vivek.workspace.journal.travel import Travel
from vivek.workspace.store import Store


def thread_tree(place: Place, thread_id: str) -> ThreadTree:
    """Return the whole family of a thread, from the one that all came from.

    Args:
        place: The project.
        thread_id: Id or unique prefix; what a return set aside is meant by its whole name.

    Raises:
        ThreadError: If there is no such thread.
        WorkspaceError: If a text is missing or damaged.
    """
    with ThreadIndex.open() as index:
        found = index.find(thread_id, place.root, aside=True)
        prepare_data(place)
        with Store.open(place.data) as store, open_heads(place.data) as heads:
            branches = [each for each in index.branches.all(place.root) if each.how != "undo" and each.state == "done"]
            grown = _Growing(place, index, store, heads, branches, found.id)
            return grown.tree(grown.root(), 0)


class _Growing:
    """Makes trees of the branches of a project."""

    def __init__(
        self,
        place: Place,
        index: ThreadIndex,
        store: Store,
        heads: Heads,
        branches: Sequence[Branch],
        asked: str,
    ) -> None:
        self._place, self._index, self._store, self._heads = place, index, store, heads
        self._travel = Travel(store, Files(place.root))
        self._came = {branch.id: branch for branch in branches}
        self._asked = asked
        self._seen: set[str] = set()

    def root(self) -> str:
        """Return the thread that the one that was asked for came from in the end, as far as it is known here."""
        known, seen = self._index.ids(self._place.root), {self._asked}
        name = self._asked
        while (branch := self._came.get(name)) is not None and branch.parent in known and branch.parent not in seen:
            name = branch.parent
            seen.add(name)
        return name

    def tree(self, name: str, shared: int) -> ThreadTree:
        """Return a thread with what left it; turns up to `shared` belong to the thread it left."""
        self._seen.add(name)
        root = self._place.root
        summary = self._index.get(name, root)
        lines = turn_lines(
            self._store, self._index.log(name, root), self._heads.ends(name), self._travel.files_of_turns(name)
        )
        left = sorted(
            (branch for branch in self._came.values() if branch.parent == name and branch.id not in self._seen),
            key=lambda branch: (branch.turn, branch.at),
        )
        known = self._index.ids(root)
        branches = [
            TreeBranch("fork" if branch.how == "fork" else "set_aside", branch.turn, self.tree(branch.id, branch.turn))
            for branch in left
            if branch.id in known
        ]
        branches = sorted([*branches, *self._elsewhere(name)], key=lambda branch: branch.turn)
        title = summary.title if summary else ""
        own = tuple(line for line in lines if line.number > shared)
        return ThreadTree(name, title, name == self._asked, own, tuple(branches), parent=self._left(name))

    def _left(self, name: str) -> TreeParent | None:
        """Return the thread of another folder that a fork with files of its own left."""
        branch, source = self._came.get(name), self._index.branches.source(name, self._place.root)
        return TreeParent(branch.parent, branch.turn, str(source)) if branch and source else None

    def _elsewhere(self, name: str) -> Iterator[TreeBranch]:
        """Yield the forks of a thread that have files of their own; what became of them is told there."""
        for branch, folder in self._index.branches.elsewhere(self._place.root):
            summary = self._index.get(branch.id, folder) if branch.parent == name else None
            if summary is not None:
                tree = ThreadTree(branch.id, summary.title, asked=False, directory=str(folder))
                yield TreeBranch("fork", branch.turn, tree)
