"""What the command line asked for."""

from dataclasses import dataclass

from vivek.schema.approval import ApprovalPolicy
from vivek.schema.plan import Depth, ModeName


@dataclass(frozen=True, slots=True)
class Choices:
    """Choices for one session; None means not said.

    Attributes:
        thread: An id, a unique prefix of one, or the id of a new thread.
        latest: Go on with the newest thread of this project.
        model: `PROVIDER/NAME`.
        base_url: Where the model server is.
        mode: The mode of the thread.
        depth: How much planning and reviewing the model does.
        approve: What may be applied without asking.
        interactive: Whether there is somebody to ask.
    """

    thread: str | None = None
    latest: bool = False
    model: str | None = None
    base_url: str | None = None
    mode: ModeName | None = None
    depth: Depth | None = None
    approve: ApprovalPolicy | None = None
    interactive: bool = False
