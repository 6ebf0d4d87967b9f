"""Names of packages that many projects use, and names that only look like one of them."""

import re
from functools import cache
from importlib.resources import files
from typing import Literal

Ecosystem = Literal["python", "node", "rust"]

_SEPARATORS = re.compile(r"[-_.]+")
_SHORTEST = 5  # letters; shorter names are too close to each other
_PART = 4


def normalised(name: str) -> str:
    """Return a name of a package as registries compare it."""
    return _SEPARATORS.sub("-", name).lower()


def look_alike(name: str, ecosystem: Ecosystem) -> str:
    """Say which well-known package a name imitates or is put together of; "" when it does not."""
    from rapidfuzz.distance import OSA

    known = _known(ecosystem)
    plain = normalised(name)
    if plain in known:
        return ""
    for other in sorted(known):
        if len(other) < _SHORTEST:
            continue
        near = 1 if len(other) < 2 * _SHORTEST - 2 else 2
        if OSA.distance(plain, other, score_cutoff=near) <= near or plain.replace("-", "") == other.replace("-", ""):
            return f"it looks like `{other}`"
    return _blend(plain, known)


def _blend(name: str, known: frozenset[str]) -> str:
    """Say of which two well-known names a name is put together, as models like to do, or ""."""
    solid = name.replace("-", "")
    for at in range(_PART, len(solid) - _PART + 1):
        if solid[:at] in known and solid[at:] in known:
            return f"it is put together of `{solid[:at]}` and `{solid[at:]}`"
    return ""


@cache
def _known(ecosystem: Ecosystem) -> frozenset[str]:
    text = (files("vivek.analysis.validators") / "data" / f"{ecosystem}.txt").read_text(encoding="utf-8")
    return frozenset(normalised(line) for line in text.split())
