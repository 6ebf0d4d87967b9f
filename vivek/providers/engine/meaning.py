"""What the values in the head of a model file mean. Pure."""

import re
from collections.abc import Mapping
from typing import Literal

from vivek.providers.engine.metadata import Value

Role = Literal["text", "embedding", "projector", "adapter", "draft", "part"]

# The numbers of `general.file_type` (llama.cpp's llama_ftype).
QUANTISATIONS = {
    **dict(enumerate(("F32", "F16", "Q4_0", "Q4_1"))),
    **dict(enumerate(("Q8_0", "Q5_0", "Q5_1", "Q2_K", "Q3_K_S", "Q3_K_M", "Q3_K_L", "Q4_K_S", "Q4_K_M"), 7)),
    **dict(enumerate(("Q5_K_S", "Q5_K_M", "Q6_K", "IQ2_XXS", "IQ2_XS", "Q2_K_S", "IQ3_XS", "IQ3_XXS"), 16)),
    **dict(enumerate(("IQ1_S", "IQ4_NL", "IQ3_S", "IQ3_M", "IQ2_S", "IQ2_M", "IQ4_XS", "IQ1_M", "BF16"), 24)),
    **dict(enumerate(("TQ1_0", "TQ2_0", "MXFP4"), 36)),
}
_EMBEDDING = re.compile(r"bert|t5encoder|embedding", re.IGNORECASE)
_PROJECTOR = re.compile(r"mmproj|projector", re.IGNORECASE)
_DRAFT = re.compile(r"(^|[-_.])(draft|eagle\d?)([-_.]|$)", re.IGNORECASE)
_LATER_PART = re.compile(r"-(?!00001)\d{5}-of-\d{5}$")


def role_of(name: str, architecture: str, values: Mapping[str, Value]) -> Role:
    """Return what a file is for; its name speaks where its values do not."""
    kind = text_of(values, "general.type")
    if kind in ("mmproj", "projector") or architecture == "clip" or _PROJECTOR.search(name):
        return "projector"
    if kind in ("adapter", "imatrix"):
        return "adapter"
    if _EMBEDDING.search(architecture) or number_of(values, f"{architecture}.pooling_type"):
        return "embedding"
    if _LATER_PART.search(name):
        return "part"
    return "draft" if _DRAFT.search(name) else "text"


def quantisation_of(values: Mapping[str, Value]) -> str | None:
    """Return how the weights are packed, such as `Q4_K_M`, None for a way that has no name here."""
    return QUANTISATIONS.get(number_of(values, "general.file_type") or 0)


def text_of(values: Mapping[str, Value], key: str) -> str:
    """Return a string, "" where there is none."""
    value = values.get(key)
    return value if isinstance(value, str) else ""


def number_of(values: Mapping[str, Value], key: str) -> int | None:
    """Return a count, None where there is none."""
    value = values.get(key)
    return value if isinstance(value, int) and value >= 0 else None
