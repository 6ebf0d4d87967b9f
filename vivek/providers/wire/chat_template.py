"""What a chat template shows of the model it was written for. Pure."""

import re
from typing import Final

from vivek.schema.models import Ability

_SIGNS: Final[tuple[tuple[Ability, re.Pattern[str]], ...]] = (
    ("tools", re.compile(r"\btools\b")),
    ("thinking", re.compile(r"\benable_thinking\b|\breasoning_effort\b|<think>")),
)


def template_abilities(template: str) -> frozenset[Ability]:
    """Return what a template has a place for; a model without one can still be asked, so text alone is no ability."""
    return frozenset(ability for ability, sign in _SIGNS if sign.search(template))
