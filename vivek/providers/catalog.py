"""Names of models: which of those there are is nearest to the one asked for."""

from collections.abc import Sequence


def nearest(name: str, names: Sequence[str], limit: int = 3) -> tuple[str, ...]:
    """Return the names most like `name`, best first; none when nothing is alike."""
    from rapidfuzz import fuzz, process, utils

    found = process.extract(
        name, names, scorer=fuzz.WRatio, processor=utils.default_process, limit=limit, score_cutoff=60
    )
    return tuple(match[0] for match in found)


def did_you_mean(name: str, names: Sequence[str], prefix: str = "") -> str:
    """Return a question that offers the nearest names, ready to be typed; "" when nothing is alike."""
    offers = " or ".join(f"`{prefix}{each}`" for each in nearest(name, names))
    return f"Did you mean {offers}?" if offers else ""
