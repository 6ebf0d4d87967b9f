"""Who wrote which files, how often they change and how old they are. Pure."""

from collections import Counter
from collections.abc import Collection, Mapping

from vivek.analysis.history.coupling import couplings
from vivek.analysis.history.following import Changed, Followed
from vivek.schema.past import FileHistory, History

AUTHORS = 10
"""Authors of a file that are named."""


def history_of(followed: Followed, imports: Mapping[str, Collection[str]]) -> History:
    """Return what git tells of a repository.

    Args:
        followed: The files with what changed them.
        imports: From each module to those it imports; modules without imports have to be there too.
    """
    past = followed.past
    reasons = Counter(each.left_out for each in past.commits if each.left_out)
    if past.merges:
        reasons["merge"] = past.merges
    return History(
        commits=len(past.commits) - sum(bool(each.left_out) for each in past.commits),
        left_out=dict(sorted(reasons.items())),
        since=min((each.time for each in past.commits), default=0.0),
        until=followed.until,
        files=tuple(file_history(path, changes) for path, changes in followed.files.items() if changes),
        couplings=couplings(followed, imports),
        told=past.told,
    )


def file_history(path: str, changes: tuple[Changed, ...]) -> FileHistory:
    """Return what git tells of a file; commits that tell nothing count only for when it came.

    Args:
        path: The file.
        changes: What changed it; at least one.
    """
    telling = [each for each in changes if not each.commit.left_out]
    wrote: Counter[str] = Counter()
    for each in telling:
        wrote[each.commit.author] += each.added
    authors = sorted(((name, lines) for name, lines in wrote.items() if lines), key=lambda each: (-each[1], each[0]))
    return FileHistory(
        path=path,
        commits=len(telling),
        added=sum(each.added for each in telling),
        removed=sum(each.removed for each in telling),
        first=min(each.commit.time for each in changes),
        last=max(each.commit.time for each in telling or changes),
        authors=tuple(authors[:AUTHORS]),
        bus_factor=_bus_factor([lines for _, lines in authors]),
    )


def _bus_factor(lines: list[int]) -> int:
    """Return the fewest people who wrote half, given what each wrote, the most first; 0 where nobody wrote any."""
    half, sofar = sum(lines) / 2, 0
    for number, wrote in enumerate(lines, 1):
        sofar += wrote
        if sofar >= half:
            return number
    return 0
