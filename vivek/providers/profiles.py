"""How a model is treated by its size, until something better is measured. Pure."""

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar

from vivek.schema.models import ModelInfo, Profile, Size
from vivek.schema.request import Sampling

T = TypeVar("T")
_PROFILES = {
    "small": Profile("small", Sampling(temperature=0.3, top_p=0.9, repeat_penalty=1.2), 512, 6, 300, 1024),
    "medium": Profile("medium", Sampling(temperature=0.2, top_p=0.9, repeat_penalty=1.1), 1024, 8, 700, 2048),
    "large": Profile("large", Sampling(temperature=0.1, top_p=0.9, repeat_penalty=1.0), 2048, 8, 1000, 4096),
}
_IN_NAME = re.compile(r"(?<![a-z0-9.])(?:(\d+)x)?(\d+(?:\.\d+)?)([bm])(?![a-z0-9])", re.IGNORECASE)
_NOTHING = Sampling()


def profile_for(info: ModelInfo, *, user: Sampling = _NOTHING, probed: Sampling = _NOTHING) -> Profile:
    """Return the profile for a model; one whose size nobody knows is treated as small, which is safe for all.

    Its sampling is put together field by field: what the user set, else what did best in a probe, else what the
    model's maker or server set, which no figure for models of its size may replace, and only then that figure.

    Args:
        info: The model.
        user: What the user set.
        probed: What did best when it was measured.
    """
    profile = _PROFILES[_size(info.parameters or parameters_in(info.name))]
    ranked = (user, probed, info.sampling, profile.sampling)
    sampling = Sampling(
        temperature=_first(each.temperature for each in ranked),
        top_p=_first(each.top_p for each in ranked),
        top_k=_first(each.top_k for each in ranked),
        repeat_penalty=_first(each.repeat_penalty for each in ranked),
        seed=_first(each.seed for each in ranked),
    )
    return replace(profile, sampling=sampling)


def code_sampling(profile: Profile) -> Sampling:
    """Return the sampling for code and edits: a repeat penalty would punish every token that has to be copied."""
    return replace(profile.sampling, repeat_penalty=1.0)


def planning_sampling(profile: Profile) -> Sampling:
    """Return the sampling for plans and reviews: JSON, so no repeat penalty, and closer to the likeliest token."""
    return replace(profile.sampling, temperature=(profile.sampling.temperature or 0.0) / 2, repeat_penalty=1.0)


def parameters_in(name: str) -> int | None:
    """Return the number of weights that a model's name tells (`7b`, `1.5B`, `135m`, `8x7b`), None when it is silent.

    A last resort: names lie, files and servers do not.
    """
    found = _IN_NAME.search(name)
    if found is None:
        return None
    experts, number, unit = found.groups()
    return int(int(experts or 1) * float(number) * (1e9 if unit.lower() == "b" else 1e6))


def _size(parameters: int | None) -> Size:
    if parameters is None or parameters < 3_500_000_000:
        return "small"
    # Models that are called 8B have up to 8.8 billion weights.
    return "medium" if parameters < 9_000_000_000 else "large"


def _first(values: Iterable[T | None]) -> T | None:
    return next((value for value in values if value is not None), None)
