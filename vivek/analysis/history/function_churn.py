"""Which functions commits changed: their lines are followed back from commit to commit. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from vivek.analysis.history.following import Followed
from vivek.analysis.history.hotspots import shares, weight
from vivek.schema.measures import FileMeasures, FunctionMeasures, Hotspot
from vivek.schema.past import Hunk, Hunks

HOT = 30
"""Files whose functions are looked at, the hottest first."""

COMMITS = 500
"""Commits that are looked at for their functions, the latest first."""


@dataclass(slots=True)
class _Tracked:
    """A function, where its lines lie in the version of a commit, and what changed it so far."""

    function: FunctionMeasures
    start: int
    end: int
    heat: float = 0.0
    changes: int = 0


def wanted_hunks(followed: Followed, files: Collection[str]) -> dict[str, tuple[tuple[str, str], ...]]:
    """Return the latest commits that changed some files, with the names these had from it on, and before it if others.

    Args:
        followed: The files with what changed them.
        files: The files, by their names now.
    """
    wanted: dict[str, tuple[tuple[str, str], ...]] = {}
    for commit in followed.past.commits:
        names = followed.names.get(commit.id, {})
        found = tuple((each.path, each.old_path) for each in commit.touched if names.get(each.path) in files)
        if found:
            wanted[commit.id] = found
        if len(wanted) == COMMITS:
            break
    return wanted


def missed(hot: Sequence[Hotspot], wanted: Collection[str]) -> tuple[str, ...]:
    """Return, in sentences, where functions are not looked for.

    Args:
        hot: All files that are hot.
        wanted: The commits that are looked at.
    """
    told = []
    if len(hot) > HOT:
        told.append(f"Functions that change often were looked for in the {HOT} hottest files.")
    if len(wanted) >= COMMITS:
        told.append(f"What changed functions was looked for in the latest {COMMITS} commits of these files.")
    return tuple(told)


def function_hotspots(
    followed: Followed,
    measures: Mapping[str, FileMeasures],
    hunks: Hunks,
    uncommitted: Mapping[str, Sequence[Hunk]],
) -> tuple[Hotspot, ...]:
    """Return the functions that change often and are involved, the hottest first.

    Commits of branches that went side by side are taken as one after the other, so a function may be missed by lines.

    Args:
        followed: The files with what changed them.
        measures: The functions, where they are now.
        hunks: The lines that commits changed.
        uncommitted: The lines that differ from the last commit.
    """
    files = {followed.names[commit][name] for commit, names in hunks.items() for name in names}
    found: list[Hotspot] = []
    for path in sorted(files):
        if path in measures:
            found += _of_file(followed, measures[path], hunks, uncommitted.get(path, ()))
    return shares(found)


def _of_file(followed: Followed, measured: FileMeasures, hunks: Hunks, uncommitted: Sequence[Hunk]) -> list[Hotspot]:
    tracked = [_Tracked(each, each.line, each.end_line) for each in measured.functions if each.cognitive]
    left = _before(tracked, uncommitted)
    until = followed.until
    for commit, *_ in followed.files[measured.path]:
        if not left:
            break
        names = followed.names[commit.id]
        changed = [
            hunk for name, each in hunks.get(commit.id, {}).items() if names[name] == measured.path for hunk in each
        ]
        if not commit.left_out:
            for one in left:
                if any(_touches(hunk, one) for hunk in changed):
                    one.heat += weight(until - commit.time)
                    one.changes += 1
        left = _before(left, changed)
    return [
        Hotspot(
            measured.path,
            one.function.name,
            one.function.line,
            one.heat * one.function.cognitive,
            one.changes,
            one.function.cognitive,
        )
        for one in tracked
        if one.changes
    ]


def _touches(hunk: Hunk, one: _Tracked) -> bool:
    if hunk.added:
        return hunk.new <= one.end and hunk.new + hunk.added > one.start
    return one.start <= hunk.new < one.end  # lines taken away between two that are there


def _before(tracked: Sequence[_Tracked], hunks: Sequence[Hunk]) -> list[_Tracked]:
    """Move functions to where their lines lay before a commit; return those that were there."""
    left = []
    for one in tracked:
        start, end = _place(hunks, one.start, first=True), _place(hunks, one.end, first=False)
        if start <= end:
            one.start, one.end = start, end
            left.append(one)
    return left


def _place(hunks: Sequence[Hunk], line: int, *, first: bool) -> int:
    """Return where a line lay before; of lines that were replaced, the first or last of those in their place."""
    shift = 0
    for hunk in hunks:
        begins = hunk.new if hunk.added else hunk.new + 1
        if line < begins:
            break
        if line < begins + hunk.added:
            behind = hunk.old if hunk.removed else hunk.old + 1
            return behind if first else behind + hunk.removed - 1
        shift += hunk.removed - hunk.added
    return line + shift
