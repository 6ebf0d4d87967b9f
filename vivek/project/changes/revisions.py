"""Finds the two versions that a review compares: what a revision, a range or a branch means in a repository."""

import os
from functools import cached_property
from pathlib import Path

from vivek.errors import ConfigError, WorkspaceError
from vivek.project.changes.between import INDEX, WORKTREE, Pair
from vivek.workspace.git.asking import ask_git, run_git
from vivek.workspace.git.programs import refuse_programs
from vivek.workspace.git.state import find_repository

_MESSAGE = 4_000  # characters
_COMMITS = 50
_SHORT = 12
_DEFAULTS = ("main", "master", "trunk", "develop")
_DEEPEN = "Fetch more of it: `git fetch --unshallow`."


class Revisions:
    """The commits of a repository, asked for by the names that users give them.

    Attributes:
        root: The project's root.
        remarks: What the user should know of the repository as a whole.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._repository = find_repository(root)
        shallow = self._ask("rev-parse", "--is-shallow-repository") == "true"
        self.shallow = shallow
        remarks = []
        if shallow:
            remarks.append("This is a shallow clone: commits beyond its depth are not here.")
        if self._repository.head is None:
            remarks.append("The repository has no commit yet, so everything in it counts as new.")
        if self._repository.operation:
            remarks.append(f"A {self._repository.operation} is under way in this repository.")
        self.remarks = tuple(remarks)

    def worktree(self) -> Pair:
        """Return the last commit and the working tree.

        Raises:
            WorkspaceError: If the repository names programs that git would run.
        """
        refuse_programs(self.root)
        return Pair("worktree", "the working tree against HEAD", self.head or self.empty, WORKTREE, self.head)

    def staged(self) -> Pair:
        """Return the last commit and the index.

        Raises:
            WorkspaceError: If the repository names programs that git would run.
        """
        refuse_programs(self.root)
        return Pair("staged", "what is staged against HEAD", self.head or self.empty, INDEX, self.head)

    def since(self, name: str) -> Pair:
        """Return the merge base with a revision, and the last commit.

        Raises:
            ConfigError: If there is no such revision, or nothing in common with it.
        """
        return self._between(self.resolve(name), self.resolve("HEAD"), self._branch, name)

    def branch(self) -> Pair | None:
        """Return the merge base with the default branch and the last commit; None where there is no other branch."""
        against = self._default
        if self.head == "" or against is None:
            return None
        theirs = self.resolve(against)
        if theirs == self.head and against != self._upstream and self._upstream:
            against, theirs = self._upstream, self.resolve(self._upstream)
        return self._between(theirs, self.head, self._branch, against.removeprefix("refs/remotes/"))

    def range(self, text: str) -> Pair:
        """Return the two ends of `A..B`, or the merge base and the end of `A...B`.

        Raises:
            ConfigError: If it is no range, or one end is unknown.
        """
        dots = "..." if "..." in text else ".."
        old, found, new = text.partition(dots)
        if not found:
            msg = f"`{text}` is no range of revisions."
            raise ConfigError(msg, hint="Write it as `A..B`, such as `v1.0..HEAD`.")
        base, head = self.resolve(old or "HEAD"), self.resolve(new or "HEAD")
        if dots == "...":
            return self._between(base, head, new or "HEAD", old or "HEAD", kind="range")
        return Pair("range", f"{old or 'HEAD'}..{new or 'HEAD'}", base, head, base, head, self._messages(base, head))

    def commit(self, name: str) -> Pair:
        """Return a commit's first parent, and the commit.

        Raises:
            ConfigError: If there is no such commit, or its parent is not in this clone.
        """
        head = self.resolve(name)
        parents = [
            line.partition(" ")[2]
            for line in self._ask("cat-file", "commit", head).partition("\n\n")[0].split("\n")
            if line.startswith("parent ")
        ]
        base = parents[0] if parents else self.empty
        if parents and not self._has(base):
            msg = f"The parent of {head[:_SHORT]} is not in this shallow clone, so its change cannot be told."
            raise ConfigError(msg, hint=_DEEPEN)
        merge = f", a merge, against its first parent {base[:_SHORT]}" if len(parents) > 1 else ""
        message = self._ask("show", "-s", "--format=%B", head)[:_MESSAGE]
        return Pair("commit", f"commit {head[:_SHORT]}{merge}", base, head, base if parents else "", head, message)

    def resolve(self, name: str) -> str:
        """Return the commit that a revision names.

        Raises:
            ConfigError: If there is none.
        """
        wanted = name.strip()
        found = None
        if wanted:
            found = run_git(self.root, ["rev-parse", "--quiet", "--verify", "--end-of-options", f"{wanted}^{{commit}}"])
        if found is None or found.returncode != 0:
            msg = f"git knows no commit `{name}`."
            hint = _DEEPEN if self.shallow else "`git log --oneline --all` lists what there is."
            raise ConfigError(msg, hint=hint)
        return found.stdout.decode("ascii", "replace").strip()

    def is_clean(self) -> bool:
        """Tell whether the working tree beneath the root is as the last commit has it, new files included."""
        return self._clean

    @cached_property
    def _clean(self) -> bool:
        refuse_programs(self.root)
        plain = [
            "--porcelain=v1",
            "-z",
            "--no-renames",
            "--untracked-files=all",
            "--ignore-submodules=dirty",
            "--",
            ".",
        ]
        entries = os.fsdecode(ask_git(self.root, ["status", *plain])).split("\0")[:-1]
        return all("/.vivek/" in f"/{entry[3:]}" and entry.startswith("??") for entry in entries)

    @cached_property
    def empty(self) -> str:
        """The tree without files."""
        return ask_git(self.root, ["hash-object", "-t", "tree", "--stdin"], input=b"").decode().strip()

    @property
    def head(self) -> str:
        """The last commit, "" before the first."""
        return self._repository.head or ""

    @property
    def _branch(self) -> str:
        return (self._repository.branch or "HEAD").removeprefix("refs/heads/")

    @cached_property
    def _upstream(self) -> str:
        return self._ask("rev-parse", "--quiet", "--verify", "--symbolic-full-name", "@{upstream}")

    @cached_property
    def _default(self) -> str | None:
        """The branch that others go to: what the remote says, else one of the usual names."""
        remote = self._ask("symbolic-ref", "--quiet", "refs/remotes/origin/HEAD")
        places = [f"refs/{where}/{name}" for name in _DEFAULTS for where in ("remotes/origin", "heads")]
        for name in [*([remote] if remote else []), *places]:
            if self._has(name):
                return name.removeprefix("refs/heads/")
        return self._upstream or None

    def _between(self, old: str, new: str, mine: str, theirs: str, *, kind: str = "branch") -> Pair:
        base = self._ask("merge-base", old, new)
        if not base:
            msg = f"{mine} and {theirs} have no commit in common{' in this shallow clone' if self.shallow else ''}."
            raise ConfigError(msg, hint=_DEEPEN if self.shallow else "Compare them with `--range A..B`.")
        told = f"{mine} against {theirs} (merge base {base[:_SHORT]})"
        message = self._messages(base, new)
        return Pair("range" if kind == "range" else "branch", told, base, new, base, new, message)

    def _messages(self, base: str, head: str) -> str:
        return self._ask("log", f"--max-count={_COMMITS}", "--format=%B", f"{base}..{head}")[:_MESSAGE]

    def _has(self, name: str) -> bool:
        found = run_git(self.root, ["cat-file", "-e", f"{name}^{{commit}}"])
        return found is not None and found.returncode == 0

    def _ask(self, *arguments: str) -> str:
        """Return what git answers in a line or more, "" where it has no answer."""
        found = run_git(self.root, arguments)
        if found is None:
            msg = "`git` cannot be started."
            raise WorkspaceError(msg, hint="Check that it is installed.")
        return found.stdout.decode("utf-8", "replace").strip() if found.returncode == 0 else ""
