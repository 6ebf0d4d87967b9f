"""What each kind of antipattern means: its definition and the limits it is held against, as data."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from vivek.schema.architecture import Weight


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a kind of antipattern means: its definition with its limits, and how much it hurts as a rule."""

    kind: str
    definition: str
    weight: Weight
    limits: Mapping[str, float]


MEANINGS: Final = {
    meaning.kind: meaning
    for meaning in (
        Meaning("cycle", "Modules that import each other, all ways round.", "high", {"large": 5}),
        Meaning(
            "god-object",
            "A module that many import, that imports many and does much; or a class with very many methods.",
            "high",
            {"fan_in": 10, "fan_out": 10, "ways": 100, "methods": 30},
        ),
        Meaning(
            "shotgun-surgery",
            "A file whose changes usually take many others along, as git tells.",
            "medium",
            {"others": 5, "share": 0.5},
        ),
        Meaning(
            "layer-skip",
            "An import past a layer by way of which nearly all others go, or up where nearly all others go down.",
            "medium",
            {"by way": 4, "past": 0.2},
        ),
        Meaning(
            "unstable-dependency",
            "A module that many depend on and that depends on little imports one of which the opposite is true.",
            "medium",
            {"fan_in": 4, "stable": 0.3, "unstable": 0.7},
        ),
        Meaning("dead-code", "A module or a definition that nothing in the repository names.", "low", {}),
        Meaning(
            "old-todo", "A comment that says something is left to do, and has said so for long.", "low", {"days": 365}
        ),
        Meaning("empty-test", "A test that asserts nothing: it passes whatever the code does.", "medium", {}),
    )
}
"""By kind."""
