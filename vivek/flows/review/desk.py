"""What the nodes of a review share: what is asked, of what, and what is kept of it."""

from dataclasses import dataclass, field

from vivek.analysis.findings.chunks import Chunk, pieces
from vivek.flows import piecewise
from vivek.flows.context import NodeContext
from vivek.flows.review.packing import Plan, Planned
from vivek.schema.changes import ChangedFile
from vivek.schema.reviewing import (
    ChunkRead,
    Finder,
    FindingVerified,
    ReviewEffort,
    ReviewPlanned,
)

NODE = "reviewer"
"""As whom a review asks, so that a thread's own model for reviews is the one that answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk(piecewise.Desk):
    """All of a review that does not change while it runs.

    Attributes:
        plan: What is asked, and of what.
        effort: How much is to be spent.
        finders: The questions, by id.
        promise: Seconds that the review may take, None for any number.
        slots: How many questions its server answers at a time.
        besides: Tokens of a call beside the piece and the question: what stands before them, and the reply.
    """

    plan: Plan
    effort: ReviewEffort
    finders: dict[str, Finder]
    promise: float | None = None
    slots: int = 1
    besides: int = 0
    files: dict[str, ChangedFile] = field(init=False)
    chunks: dict[str, Chunk] = field(init=False)

    def __post_init__(self) -> None:
        """Cut the change as the plan did."""
        files = self.plan.changes.files
        object.__setattr__(self, "files", {file.path: file for file in files})
        cut = (chunk for file in files for chunk in pieces(file, self.plan.budget))
        object.__setattr__(self, "chunks", {chunk.id: chunk for chunk in cut})

    def asked(self, planned: Planned) -> tuple[Finder, ...]:
        """Return the questions about a piece; one that this version of vivek does not know is left out."""
        return tuple(self.finders[id_] for id_ in planned.finders if id_ in self.finders)

    def chunk(self, planned: Planned) -> Chunk:
        """Return a piece with its lines."""
        return self.chunks[planned.id]


def tell(ctx: NodeContext, news: ReviewPlanned | ChunkRead | FindingVerified) -> None:
    """Tell what only a review tells."""
    ctx.emit(news)  # type: ignore[arg-type]  # the stream of a graph carries any value; a review's reader knows these
