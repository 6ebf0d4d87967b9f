"""What the user is asked, and what they say."""

from dataclasses import dataclass
from typing import Literal

ApprovalPolicy = Literal["ask", "edits", "all", "none"]


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer to an approval.

    Attributes:
        approved: Whether the change may be applied.
        reason: Why not, for the model; "" ends the turn as declined.
        files: Only these files, or None for all.
        always: Do not ask again in this thread.
    """

    approved: bool
    reason: str = ""
    files: tuple[str, ...] | None = None
    always: bool = False
