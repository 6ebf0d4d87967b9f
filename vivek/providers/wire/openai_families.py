"""What OpenAI publishes of its models and its API does not tell: windows and abilities, as of a date. Pure.

The list of the API holds names only. A model that is not in this table is described by its name alone, and `--window`
sets its window.
"""

import re
from dataclasses import dataclass

from vivek.providers.wire.sources import sourced
from vivek.schema.models import Ability, ModelInfo

AS_OF = "December 2025"
_PLACE = f"OpenAI's documentation as of {AS_OF}"
_DATED = re.compile(r"-\d{4}-\d{2}-\d{2}$|-\d{4}$")

_TEXT: frozenset[Ability] = frozenset({"tools"})
_SEES: frozenset[Ability] = frozenset({"tools", "vision"})
_FORMS: frozenset[Ability] = frozenset({"tools", "vision", "structured_output"})
_THINKS: frozenset[Ability] = frozenset({"tools", "vision", "structured_output", "thinking"})
_THINKS_BLIND: frozenset[Ability] = frozenset({"tools", "structured_output", "thinking"})
_EMBEDS: frozenset[Ability] = frozenset({"embeddings"})


@dataclass(frozen=True, slots=True)
class _Family:
    """Models that share window and abilities.

    Attributes:
        window: Tokens of prompt and reply; for GPT-5 the tokens of the prompt alone, which has a limit of its own
            (272,000 of 400,000).
    """

    names: tuple[str, ...]
    window: int
    abilities: frozenset[Ability]


_FAMILIES = (
    _Family(("gpt-5", "gpt-5-mini", "gpt-5-nano", "gpt-5.1", "gpt-5.2"), 272_000, _THINKS),
    _Family(("gpt-4.1", "gpt-4.1-mini", "gpt-4.1-nano"), 1_047_576, _FORMS),
    _Family(("gpt-4o", "gpt-4o-mini"), 128_000, _FORMS),
    _Family(("gpt-4-turbo",), 128_000, _SEES),
    _Family(("gpt-4",), 8_192, _TEXT),
    _Family(("gpt-3.5-turbo",), 16_385, _TEXT),
    _Family(("o1", "o3", "o4-mini"), 200_000, _THINKS),
    _Family(("o3-mini",), 200_000, _THINKS_BLIND),
    _Family(("text-embedding-3-small", "text-embedding-3-large", "text-embedding-ada-002"), 8_192, _EMBEDS),
)


def documented(name: str) -> ModelInfo:
    """Return what is published of a model, dated versions included; the name alone when nothing is."""
    plain = _DATED.sub("", name)
    for family in _FAMILIES:
        if plain in family.names or name in family.names:
            info = ModelInfo(
                name, window_loaded=family.window, window_maximum=family.window, abilities=family.abilities
            )
            return sourced(info, _PLACE)
    return ModelInfo(name)
