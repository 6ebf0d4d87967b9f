"""Which files change together: pairs that do so more often than chance, and files that take many others along. Pure."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from itertools import combinations

from vivek.analysis.history.following import Followed
from vivek.schema.past import Coupling, Scattered

TOGETHER = 5
"""Commits that two files have to share."""

SHARE = 0.3
"""Of the commits of the rarer one."""

WIDEST = 30
"""Files of a commit beyond which it tells nothing of what belongs together."""

ALONG = 5
"""Other files that a file has to take along to count as scattered."""

USUALLY = 0.5
"""In this share of its commits."""

_MOST = 200  # pairs that are told


def couplings(followed: Followed, imports: Mapping[str, Collection[str]]) -> tuple[Coupling, ...]:
    """Return the files that change together, the strongest first.

    A pair of modules is hidden when neither imports the other; of files that are no modules that cannot be said.

    Args:
        followed: The files with what changed them.
        imports: From each module to those it imports; modules without imports have to be there too.
    """
    commits, shared = _shared(followed, frozenset(followed.files))
    found = []
    for (one, other), together in shared.items():
        share = together / min(commits[one], commits[other])
        if together >= TOGETHER and share >= SHARE:
            modules = one in imports and other in imports
            hidden = modules and other not in imports[one] and one not in imports[other]
            found.append(Coupling(one, other, together, round(share, 4), hidden))
    found.sort(key=lambda each: (-each.together * each.share, each.one, each.other))
    return tuple(found[:_MOST])


def scattered(followed: Followed, among: Collection[str]) -> tuple[Scattered, ...]:
    """Return the files whose changes usually take five others or more along, those with the most others first.

    Args:
        followed: The files with what changed them.
        among: The files that count, such as source files.
    """
    commits, shared = _shared(followed, frozenset(among))
    along: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for (one, other), together in shared.items():
        for file, taken in ((one, other), (other, one)):
            if together >= TOGETHER and together >= USUALLY * commits[file]:
                along[file].append((taken, together))
    found = [
        Scattered(file, commits[file], tuple(sorted(others, key=lambda each: (-each[1], each[0]))))
        for file, others in along.items()
        if len(others) >= ALONG
    ]
    return tuple(sorted(found, key=lambda each: (-len(each.others), -each.commits, each.path)))


def _shared(followed: Followed, among: frozenset[str]) -> tuple[Counter[str], Counter[tuple[str, str]]]:
    """Return in how many commits each file changed, and each two of them together."""
    telling = [
        sorted(among.intersection(followed.names.get(commit.id, {}).values()))
        for commit in followed.past.commits
        if not commit.left_out and len(commit.touched) <= WIDEST
    ]
    commits = Counter(file for files in telling for file in files)
    often = {file for file, times in commits.items() if times >= TOGETHER}  # the others only take memory, as pairs
    shared = Counter(pair for files in telling for pair in combinations([each for each in files if each in often], 2))
    return commits, shared
