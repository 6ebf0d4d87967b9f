"""Where each fact about a model was read. Pure."""

from dataclasses import replace

from vivek.schema.models import ModelInfo
from vivek.schema.request import Sampling

_FACTS = (
    "window_loaded",
    "window_maximum",
    "window_default",
    "parameters",
    "quantisation",
    "architecture",
    "size_bytes",
    "cache_bytes",
    "digest",
    "gpu_share",
    "prompts_kept",
    "at_once",
)


def sourced(info: ModelInfo, place: str) -> ModelInfo:
    """Return `info` with `place` as the source of each fact and ability that names none yet."""
    known = [fact for fact in _FACTS if getattr(info, fact) is not None] + sorted(info.abilities)
    if info.sampling != Sampling():
        known.append("sampling")
    return replace(info, sources=dict.fromkeys(known, place) | dict(info.sources))
