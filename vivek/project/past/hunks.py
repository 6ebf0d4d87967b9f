"""Reads which lines of single files commits changed, and which differ from the last commit; keeps none of the texts."""

import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from difflib import SequenceMatcher
from pathlib import Path

from vivek.errors import VivekError, WorkspaceError
from vivek.project.past.store import open_past
from vivek.schema.past import Hunk, Hunks
from vivek.workspace.files import Files
from vivek.workspace.git.asking import ask_git
from vivek.workspace.git.blobs import read_blobs

_PLAIN = (
    *("--stdin", "--root", "-r", "-p", "-U0", "-M", "-l1000", "--relative", "--no-color", "--no-ext-diff"),
    *("--no-textconv", "--ignore-submodules=all", "--diff-algorithm=default", "--src-prefix=a/", "--dst-prefix=b/"),
    *("--inter-hunk-context=0", "-O/dev/null"),
)
_HUNK = re.compile(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_ID = re.compile(r"[0-9a-f]{40,64}")
_ESCAPED = re.compile(r"\\([0-7]{3}|.)")
_SHORT = {"a": "\a", "b": "\b", "t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r", '"': '"', "\\": "\\"}
_KIND = "hunks"
_LARGEST = 20_000  # lines of a text that is compared with what was committed


def read_hunks(root: Path, data: Path | None, wanted: Mapping[str, Sequence[tuple[str, str]]]) -> Hunks:
    """Return which lines commits changed; nothing where git fails or takes too long.

    Args:
        root: A folder of the working tree; paths are relative to it.
        data: The data folder, where what was read is kept; None keeps nothing.
        wanted: From each commit to the files that are asked about, by the names they had from it on and before it.
    """
    asked = [(commit, path) for commit, names in wanted.items() for path, _ in names]
    with open_past(root, data) as store:
        kept: dict[bytes, str] = {}
        with suppress(WorkspaceError):
            kept = {} if store is None else store.answers(_KIND)
        missing = {
            commit: names
            for commit, names in wanted.items()
            if any(_key(commit, path) not in kept for path, _ in names)
        }
        try:
            found = _told(root, missing)
        except WorkspaceError:
            return {}
        answers = {
            _key(commit, path): kept.get(_key(commit, path)) or json.dumps(found.get((commit, path), []))
            for commit, path in asked
        }
        if store is not None and answers.keys() != kept.keys():
            with suppress(WorkspaceError):
                store.keep_answers(_KIND, answers)
    hunks: dict[str, dict[str, tuple[Hunk, ...]]] = {}
    for commit, path in asked:
        lines = json.loads(answers[_key(commit, path)])
        hunks.setdefault(commit, {})[path] = tuple(Hunk(*each) for each in lines)
    return hunks


def read_uncommitted(root: Path, paths: Sequence[str]) -> Mapping[str, tuple[Hunk, ...]]:
    """Return which lines of files differ from the last commit; files that do not are left out.

    Args:
        root: A folder of the working tree.
        paths: The files.
    """
    found = {}
    files = Files(root)
    try:
        committed = _committed(root, paths)
    except WorkspaceError:
        return {}
    for path, before in committed.items():
        try:
            now = files.read(path)
        except VivekError:
            continue
        if now is not None and now != before:
            hunks = tuple(_compared(_lines(before), _lines(now)))
            if hunks:
                found[path] = hunks
    return found


def _told(
    root: Path, missing: Mapping[str, Sequence[tuple[str, str]]]
) -> Mapping[tuple[str, str], list[tuple[int, ...]]]:
    if not missing:
        return {}
    # Where git does not see both names of a file, a new name is a new file.
    paths = sorted({name for names in missing.values() for both in names for name in both if name})
    commits = "".join(f"{commit}\n" for commit in missing).encode()
    told = ask_git(root, ["-c", "core.quotePath=false", "diff-tree", *_PLAIN, "--", *paths], input=commits)
    found: dict[tuple[str, str], list[tuple[int, ...]]] = {}
    for commit, path, hunk in _patches(os.fsdecode(told)):
        found.setdefault((commit, path), []).append(hunk)
    return found


def _patches(told: str) -> Iterator[tuple[str, str, tuple[int, ...]]]:
    """Yield commit, file and lines of each hunk."""
    commit = path = ""
    lines = iter(told.split("\n"))
    for line in lines:
        if line.startswith("@@ "):
            counts = _HUNK.match(line)
            if counts is None:
                continue
            old, removed, new, added = (1 if each is None else int(each) for each in counts.groups())
            for _ in range(removed + added):  # a line of the text may look like anything
                next(lines, None)
            if path:
                yield commit, path, (old, removed, new, added)
        elif line.startswith("+++ "):
            name = _named(line[4:].removesuffix("\t"))
            path = name.removeprefix("b/") if name.startswith("b/") else ""
        elif _ID.fullmatch(line):
            commit = line


def _named(told: str) -> str:
    """Return a name as it is, where git may have quoted it as C does."""
    if not told.startswith('"'):
        return told
    return _ESCAPED.sub(lambda found: _SHORT.get(found[1]) or chr(int(found[1], 8)), told[1:-1])


def _committed(root: Path, paths: Sequence[str]) -> Mapping[str, bytes]:
    listed = ask_git(root, ["ls-tree", "-z", "HEAD", "--", *paths])
    entries = (entry.partition("\t") for entry in os.fsdecode(listed).split("\0")[:-1])
    blobs = {path: head.split(" ")[2] for head, _, path in entries if head.split(" ")[1] == "blob"}
    texts = read_blobs(root, sorted(set(blobs.values())))
    return {path: texts[blob] for path, blob in blobs.items()}


def _lines(text: bytes) -> list[bytes]:
    return [line.removesuffix(b"\r") for line in text.split(b"\n")]


def _compared(before: Sequence[bytes], now: Sequence[bytes]) -> Iterator[Hunk]:
    """Yield what differs, as `git diff -U0` counts lines; texts of great length are compared by their ends alone."""
    shorter = min(len(before), len(now))
    start = next((at for at in range(shorter) if before[at] != now[at]), shorter)
    end = next((at for at in range(shorter - start) if before[-1 - at] != now[-1 - at]), shorter - start)
    old, new = before[start : len(before) - end], now[start : len(now) - end]
    blocks: list[tuple[int, int, int, int]] = [(0, len(old), 0, len(new))]
    if max(len(old), len(new)) <= _LARGEST:
        codes = SequenceMatcher(None, old, new).get_opcodes()
        blocks = [(one, other, first, last) for tag, one, other, first, last in codes if tag != "equal"]
    for one, other, first, last in blocks:
        removed, added = other - one, last - first
        yield Hunk(start + one + (removed > 0), removed, start + first + (added > 0), added)


def _key(commit: str, path: str) -> bytes:
    return os.fsencode(f"{commit} {path}")
