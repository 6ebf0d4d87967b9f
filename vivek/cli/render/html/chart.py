"""Hotspots as a picture: how often a file changes against how involved it is, drawn without a script."""

import math
from collections.abc import Iterator, Sequence

from vivek.cli.render.html.elements import text_of
from vivek.schema.measures import Hotspot

_WIDTH, _HEIGHT, _EDGE = 720, 300, 44
_MOST = 200
_NAMED = 5
_TALL = 14  # of a line of letters


def scatter(hotspots: Sequence[Hotspot]) -> Iterator[str]:
    """Yield a picture of files, the hottest first and named; nothing for fewer than three."""
    files = hotspots[:_MOST]
    if len(files) < 3:
        return
    most = max(each.changes for each in files), max(each.complexity for each in files)
    about = 'role="img" aria-label="Changes against complexity of files"'
    yield f'<svg class="chart" viewBox="0 0 {_WIDTH} {_HEIGHT}" {about}>'
    yield from _axes(most)
    taken: list[tuple[float, float]] = []
    for each in reversed(files):  # the hottest are drawn last, over the others
        x, y = _at(each, most)
        told = text_of(f"{each.path}: {each.changes:,} changes, complexity {each.complexity:,}")
        heat = "hot" if each.score >= 0.5 else "warm" if each.score >= 0.2 else "cool"
        yield f'<circle class="{heat}" cx="{x:.1f}" cy="{y:.1f}" r="{4 + 8 * _share(each.score):.1f}">'
        yield f"<title>{told}</title></circle>"
    for each in files[:_NAMED]:
        x, y = _at(each, most)
        if any(abs(y - other) < _TALL and abs(x - beside) < _WIDTH / 3 for beside, other in taken):
            continue
        taken.append((x, y))
        name = text_of(each.path.rpartition("/")[2][:40])
        anchor = "end" if x > _WIDTH * 0.85 else "middle"
        yield f'<text x="{x:.1f}" y="{y - 7 - 8 * _share(each.score):.1f}" text-anchor="{anchor}">{name}</text>'
    yield "</svg>"


def _axes(most: tuple[int, int]) -> Iterator[str]:
    bottom, right = _HEIGHT - _EDGE, _WIDTH - _EDGE / 2
    yield f'<path class="axis" d="M{_EDGE} 16V{bottom}H{right:.0f}"/>'
    yield f'<text x="{right:.0f}" y="{bottom + 30}" text-anchor="end">changes, up to {most[0]:,}</text>'
    yield f'<text x="{_EDGE - 8}" y="{bottom + 4}" text-anchor="end">0</text>'
    yield f'<text x="{_EDGE + 8}" y="20">complexity, up to {most[1]:,}</text>'


def _at(hotspot: Hotspot, most: tuple[int, int]) -> tuple[float, float]:
    """Return where a file is drawn: roots keep the many small ones apart."""
    across = math.sqrt(hotspot.changes / max(most[0], 1))
    up = math.sqrt(hotspot.complexity / max(most[1], 1))
    return _EDGE + across * (_WIDTH - 2 * _EDGE), _HEIGHT - _EDGE - up * (_HEIGHT - 2 * _EDGE)


def _share(score: float) -> float:
    return min(max(score, 0.0), 1.0)
