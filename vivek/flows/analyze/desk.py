"""What the nodes of a narrative share: what is asked, of whom, and what was answered earlier."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from vivek.flows.analyze.packing import Plan
from vivek.flows.context import NodeContext
from vivek.schema.known import Known
from vivek.schema.narrative import NarrativePlanned, PassageWritten

NODE: Final = "narrator"
"""As whom a narrative asks."""


class Answers(Protocol):
    """Keeps the replies of models by what they were asked."""

    def get(self, key: str) -> str | None:
        """Return a reply that was of use, None where nothing is kept."""
        ...

    def put(self, key: str, text: str) -> None:
        """Keep one; it is on disk when the call returns."""
        ...


@dataclass(frozen=True, slots=True)
class Desk:
    """All of a narrative that does not change while it runs.

    Attributes:
        plan: What is asked, and of what.
        model: What tells the model from every other, with its weights.
        label: `provider/model`.
        prompts: What tells the texts of the questions from every other.
        answers: Replies from earlier.
        known: Returns what is known of the model's speed by now.
        loaded: Whether the model was in memory at the start.
    """

    plan: Plan
    model: str
    label: str
    prompts: str
    answers: Answers
    known: Callable[[], Known]
    loaded: bool = True


def tell(ctx: NodeContext, news: NarrativePlanned | PassageWritten) -> None:
    """Tell what only a narrative tells."""
    ctx.emit(news)  # type: ignore[arg-type]  # a graph's stream carries any value; a narrative's reader knows these
