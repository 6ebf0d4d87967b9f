"""What the nodes of a narrative share: what is asked, of whom, and what was answered earlier."""

from dataclasses import dataclass
from typing import Final

from vivek.flows import piecewise
from vivek.flows.analyze.packing import Plan
from vivek.flows.context import NodeContext
from vivek.schema.narrative import NarrativePlanned, PassageWritten

NODE: Final = "narrator"
"""As whom a narrative asks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk(piecewise.Desk):
    """All of a narrative that does not change while it runs.

    Attributes:
        plan: What is asked, and of what.
    """

    plan: Plan


def tell(ctx: NodeContext, news: NarrativePlanned | PassageWritten) -> None:
    """Tell what only a narrative tells."""
    ctx.emit(news)  # type: ignore[arg-type]  # a graph's stream carries any value; a narrative's reader knows these
