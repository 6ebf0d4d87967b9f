"""Finds since when something is left to do: the commit that brought the line, by `git blame`, for a few files."""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from vivek.errors import WorkspaceError
from vivek.project.past.store import open_past
from vivek.schema.measures import Todo
from vivek.workspace.git.asking import run_git

MOST = 50
"""Files that are looked at."""

SECONDS = 5.0
"""How long git may take for a file; after one that takes longer no other is begun."""

_PLAIN = ("--no-textconv", "--line-porcelain", "--no-progress")
_KIND = "todos"


def read_todo_ages(
    root: Path, data: Path | None, todos: Mapping[str, Sequence[Todo]], latest: Mapping[str, str]
) -> dict[tuple[str, int], float]:
    """Return when comments that say something is left to do came, in seconds since the epoch, by file and line.

    Those that are not committed, and those in files that are not looked at, are left out.

    Args:
        root: A folder of the working tree; paths are relative to it.
        data: The data folder, where what was read is kept; None keeps nothing.
        todos: The comments by file; those of the first files are looked at.
        latest: From each file to the last commit that changed it; files without one are left out.
    """
    wanted = {path: each for path, each in todos.items() if each and path in latest}
    found: dict[tuple[str, int], float] = {}
    with open_past(root, data) as store:
        kept: dict[bytes, str] = {}
        with suppress(WorkspaceError):
            kept = {} if store is None else store.answers(_KIND)
        answers: dict[bytes, str] = {}
        for path in list(wanted)[:MOST]:
            key = os.fsencode(json.dumps([path, latest[path], [[each.line, each.text] for each in wanted[path]]]))
            told = kept.get(key) or _asked(root, path, wanted[path])
            if told is None:
                break
            answers[key] = told
            for each, came in zip(wanted[path], json.loads(told), strict=True):
                if came is not None:
                    found[path, each.line] = came
        if store is not None and answers.keys() != kept.keys():
            with suppress(WorkspaceError):
                store.keep_answers(_KIND, answers)
    return found


def _asked(root: Path, path: str, todos: Sequence[Todo]) -> str | None:
    """Return when each comment came, as JSON; None where git took too long."""
    try:
        blamed = run_git(root, ["blame", *_PLAIN, "HEAD", "--", path], timeout=SECONDS)
    except WorkspaceError:
        return None
    lines = list(_lines(blamed.stdout)) if blamed is not None and blamed.returncode == 0 else []
    return json.dumps([_came(lines, each) for each in todos])


def _lines(told: bytes) -> Iterator[tuple[str, float]]:
    """Yield the text of each line, and when its commit was made."""
    came = 0.0
    for line in told.decode("utf-8", "replace").split("\n"):
        if line.startswith("\t"):
            yield line[1:], came
        elif line.startswith("committer-time "):
            came = float(line.partition(" ")[2])


def _came(lines: Sequence[tuple[str, float]], todo: Todo) -> float | None:
    """Return when a comment came; where its line has moved since the last commit, the nearest that says the same."""
    saying = [at for at, (text, _) in enumerate(lines, 1) if todo.mark in text and todo.text in text]
    nearest = min(saying, key=lambda at: abs(at - todo.line), default=None)
    return None if nearest is None else lines[nearest - 1][1]
