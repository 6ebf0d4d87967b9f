"""The modes of work, as data; their texts are templates."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from vivek.prompts.templates import SHIPPED, Templates
from vivek.schema.plan import ModeName


@dataclass(frozen=True, slots=True)
class Mode:
    """How the executor works.

    Attributes:
        name: What the user types.
        summary: What it is good for, in a few words, for the planner and for help texts.
        edits: Whether it may change files.
        prose: Whether an explanation goes with a change.
    """

    name: ModeName
    summary: str
    edits: bool
    prose: bool


MODES: Mapping[ModeName, Mode] = MappingProxyType(
    {
        "peer": Mode("peer", "answers, changes files, explains", edits=True, prose=True),
        "architect": Mode("architect", "designs and asks, changes no file", edits=False, prose=True),
        "coder": Mode("coder", "changes files, says little", edits=True, prose=False),
        "sdet": Mode("sdet", "writes tests first, then the code", edits=True, prose=True),
    }
)


def mode_text(name: ModeName, templates: Templates = SHIPPED) -> str:
    """Return what a mode tells the executor."""
    return templates.render(f"modes/{name}")
