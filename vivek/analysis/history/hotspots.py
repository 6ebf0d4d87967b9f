"""Code that changes often and is involved: where care pays most. Pure."""

from collections.abc import Iterable, Mapping

from vivek.analysis.history.following import Followed
from vivek.schema.measures import FileMeasures, Hotspot

HALF_LIFE = 180.0
"""Days after which a change counts half, seen from the latest commit."""

_DAY = 86_400.0


def hotspots_of(followed: Followed, measures: Mapping[str, FileMeasures]) -> tuple[Hotspot, ...]:
    """Return the files that change often and are involved, the hottest first.

    Args:
        followed: The files with what changed them.
        measures: How involved their functions are.
    """
    until = followed.until
    found = []
    for path, measured in measures.items():
        changes = [each for each in followed.files.get(path, ()) if not each.commit.left_out]
        complexity = sum(each.cognitive for each in measured.functions)
        heat = complexity * sum(weight(until - each.commit.time) for each in changes)
        if heat > 0:
            found.append(Hotspot(path, "", 0, heat, len(changes), complexity))
    return shares(found)


def weight(seconds: float) -> float:
    """Return what a change counts that was made so long before the latest commit: from 1, halved each half-life."""
    return float(2.0 ** -(max(0.0, seconds) / _DAY / HALF_LIFE))


def shares(found: Iterable[Hotspot]) -> tuple[Hotspot, ...]:
    """Return hotspots with their scores as shares of the largest, the hottest first."""
    listed = sorted(found, key=lambda each: (-each.score, each.path, each.line, each.name))
    largest = listed[0].score if listed else 1.0
    return tuple(
        Hotspot(each.path, each.name, each.line, round(each.score / largest, 4), each.changes, each.complexity)
        for each in listed
    )
