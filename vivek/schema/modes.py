"""A mode of work, as data."""

from dataclasses import dataclass, field

from vivek.schema.plan import Depth, ModeName
from vivek.schema.request import Sampling


@dataclass(frozen=True, slots=True)
class Mode:
    """How the executor works.

    Attributes:
        name: What the user types.
        summary: What it is good for, in a few words, for the planner and for help texts.
        edits: Whether it may change files.
        prose: Whether an explanation goes with a change.
        tools: Request lines that are answered beside those that read a file; None for all.
        depth: How much is planned and reviewed in it, None for what is set.
        model: The model that works in it, `PROVIDER/NAME`, or None for what is set.
        window: Tokens of that model's window, or None.
        sampling: How tokens are drawn in it, as far as it says.
        text: What it tells the executor; "" where a template that ships says it.
        origin: The file it comes from, as it is named to the user; "" for one that ships.
    """

    name: ModeName
    summary: str
    edits: bool = True
    prose: bool = True
    tools: tuple[str, ...] | None = None
    depth: Depth | None = None
    model: str | None = None
    window: int | None = None
    sampling: Sampling = field(default_factory=Sampling)
    text: str = ""
    origin: str = ""

    @property
    def preset(self) -> bool:
        """Whether it names a model or a window, so that a session has to be opened for it."""
        return self.model is not None or self.window is not None
