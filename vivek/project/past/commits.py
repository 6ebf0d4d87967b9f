"""Reads the commits of a repository from git's log, only the new ones where the earlier ones are kept."""

import heapq
import os
import re
import time
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from vivek.errors import ConfigError, VivekError, WorkspaceError
from vivek.project.past.log_records import SHAPE, Record, records
from vivek.project.past.store import PastStore, open_past
from vivek.project.roles import role_of
from vivek.schema.past import Commit, Past
from vivek.workspace.files import Files
from vivek.workspace.git.asking import git_toplevel, run_git
from vivek.workspace.git.log import read_log

MOST = 25_000
"""Commits that are looked at, the latest first."""

BULK = 100
"""Commits with more files than this tell nothing of who works on what."""

SWEEP = 20
"""Files from which on a commit that says it only formats is believed."""

SECONDS = 300.0
"""How long git may take."""

IGNORED = ".git-blame-ignore-revs"
"""The file in which projects list commits that only format; `git blame` knows it as well."""

_DAY = 86_400.0
_FORM = "1"  # of what is kept
_ID = re.compile(r"^[ \t]*([0-9a-f]{40,64})\b", re.MULTILINE)
_BOT = re.compile(
    r"\[bot\]|[-_]bot(?:$|@)|[-_]robot$|(?:^|\W)(?:dependabot|renovate|greenkeeper|github-actions|pre-commit-ci"
    r"|pyup|snyk|mergify|imgbot|weblate|allcontributors|semantic-release|codecov|copybara)(?:\W|bot\b|$)",
    re.IGNORECASE,
)
_FORMATS = re.compile(
    r"\b(?:re)?format(?:s|ted|ting|ter)?\b|\blint(?:s|ed|ing)?\b|\b(?:prettier|black|isort|rustfmt|gofmt|clang-format"
    r"|autopep8|yapf|whitespace|line endings|licen[cs]e headers?|copyright)\b",
    re.IGNORECASE,
)


def read_past(
    root: Path,
    data: Path | None = None,
    *,
    start: str = "HEAD",
    most: int = MOST,
    clock: Callable[[], float] = time.time,
) -> Past:
    """Return the commits that lead to one, merges left out; none, with the reason, where there is nothing to read.

    Args:
        root: A folder of the working tree; paths are relative to it, and what lies outside is left out.
        data: The data folder, where what was read is kept; None keeps nothing.
        start: The commit.
        most: How many commits to look at.
        clock: Tells the time: a commit that was made later than now was made by a clock that is wrong.

    Raises:
        ConfigError: If there is no such commit, but for `HEAD`.
    """
    try:
        top = git_toplevel(root)
        tip = None if top is None else _tip(root, start)
        if top is None:
            return Past(told=("This is no git repository that can be read, so there is no history.",))
        if tip is None:
            if start == "HEAD":
                return Past(told=("The repository has no commit yet, so there is no history.",))
            msg = f"git knows no commit `{start}`."
            raise ConfigError(msg, hint="`git log --oneline --all` lists what there is.")
        ordered, shallow = _read(root, top, data, tip, most)
    except WorkspaceError as error:
        return Past(told=(f"There is no history: {error.message}",))
    return _past(root, ordered, shallow=bool(shallow), most=most, now=clock() + _DAY)


def _read(root: Path, top: Path, data: Path | None, tip: str, most: int) -> tuple[Sequence[Record], str]:
    """Return the commits in order, and where a shallow clone ends."""
    shallow = _shallow(root)
    key = f"{_FORM} {most} {_stamp(top / '.mailmap')} {shallow}"
    with open_past(root, data) as store:
        known = {} if store is None else _known(store, key)
        if tip in known:
            ordered, whole = _ordered(known.values(), tip, most)
        else:
            told = _told(root, [tip, *(f"^{each}" for each in known)], most) if known else None
            if told is None:  # nothing is known, or a commit of it is gone for good
                known = {}
                told = _told(root, [tip], most)
            if told is None:
                msg = "`git log` failed."
                raise WorkspaceError(msg, hint="`git fsck` tells whether the repository is damaged.")
            ordered, whole = _ordered([*known.values(), told], tip, most)
            if not whole and known:  # it ends where no more commits were looked at then
                told = _told(root, [tip], most) or told
                ordered, whole = _ordered([told], tip, most)
            if store is not None:
                with suppress(WorkspaceError):
                    store.keep(key, tip, told, known)
    return ordered, shallow


def _known(store: PastStore, key: str) -> Mapping[str, bytes]:
    try:
        return store.load(key)
    except (WorkspaceError, zlib.error):
        return {}


def _told(root: Path, which: Sequence[str], most: int) -> bytes | None:
    return read_log(root, [*SHAPE, f"--max-count={most}"], which, timeout=SECONDS)


def _ordered(told: Iterable[bytes], tip: str, most: int) -> tuple[Sequence[Record], bool]:
    """Return the commits that lead to one, none before those built on it, and whether all of them are there.

    However they were read, their order is the same.
    """
    found = {record.id: record for part in told for record in records(os.fsdecode(part))}
    if tip not in found:
        return (), False
    above = _above(found, tip)
    ready = [(-found[tip].time, tip)]
    ordered: list[Record] = []
    whole = True
    while ready and len(ordered) < most:
        record = found[heapq.heappop(ready)[1]]
        ordered.append(record)
        for parent in record.parents:
            if parent not in found:
                whole = False
                continue
            above[parent] -= 1
            if not above[parent]:
                heapq.heappush(ready, (-found[parent].time, parent))
    return ordered, whole or len(ordered) == most


def _above(found: Mapping[str, Record], tip: str) -> dict[str, int]:
    """Return how many commits are built on each of those that lead to one."""
    above: dict[str, int] = {tip: 0}
    waiting = [tip]
    while waiting:
        for parent in found[waiting.pop()].parents:
            if parent in found:
                if parent not in above:
                    waiting.append(parent)
                above[parent] = above.get(parent, 0) + 1
    return above


def _past(root: Path, ordered: Sequence[Record], *, shallow: bool, most: int, now: float) -> Past:
    ignored = _ignored(root)
    latest = max((each.time for each in ordered if each.time <= now), default=now)
    ahead = sum(each.time > now for each in ordered)
    commits = tuple(
        Commit(
            each.id,
            latest if each.time > now else each.time,
            each.name,
            each.touched,
            "shallow" if shallow and not each.parents else _left_out(each, ignored),
        )
        for each in ordered
        if len(each.parents) < 2
    )
    told = []
    if shallow:
        told.append("This is a shallow clone: what was changed before its first commits is not known.")
    if len(ordered) >= most:
        told.append(f"Only the latest {most:,} commits were looked at.")
    if ahead:
        told.append(f"Commits dated in the future: {ahead:,}; they count as made when the latest other one was.")
    return Past(commits, len(ordered) - len(commits), tuple(told))


def _left_out(record: Record, ignored: frozenset[str]) -> str:
    """Return why a commit tells nothing of who works on what, "" where it does."""
    if _BOT.search(record.name) or _BOT.search(record.email):
        return "bot"
    files = len(record.touched)
    if files > BULK or record.id in ignored or (files >= SWEEP and _FORMATS.search(record.subject)):
        return "bulk"
    brought = sum(role_of(each.path) == "vendored" for each in record.touched)
    return "bulk" if files >= SWEEP and 2 * brought > files else ""


def _ignored(root: Path) -> frozenset[str]:
    try:
        listed = Files(root).read(IGNORED)
    except VivekError:
        return frozenset()
    return frozenset(_ID.findall((listed or b"").decode("utf-8", "replace")))


def _tip(root: Path, start: str) -> str | None:
    found = run_git(root, ["rev-parse", "--quiet", "--verify", "--end-of-options", f"{start}^{{commit}}"])
    return found.stdout.decode().strip() if found is not None and found.returncode == 0 else None


def _shallow(root: Path) -> str:
    """Return the state of the file that tells where a shallow clone ends, "" where there is none."""
    asked = run_git(root, ["rev-parse", "--is-shallow-repository"])
    if asked is None or asked.stdout.strip() != b"true":
        return ""
    place = run_git(root, ["rev-parse", "--git-path", "shallow"])
    return "" if place is None else _stamp(root / os.fsdecode(place.stdout.removesuffix(b"\n")))


def _stamp(path: Path) -> str:
    """Return what changes when a file does, without opening it."""
    try:
        status = path.lstat()
    except OSError:
        return "none"
    return f"{status.st_ino}:{status.st_size}:{status.st_mtime_ns}"
