"""What the user is asked, and what they say."""

from dataclasses import dataclass
from typing import Literal

ApprovalPolicy = Literal["ask", "edits", "all", "none"]


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer to a question: about a change, about trust, about a command.

    Attributes:
        approved: Whether the change may be applied, or the command run.
        reason: Why not, for the model; "" ends the turn as declined.
        files: Only these files, or None for all.
        always: The answer holds from now on: for changes and commands in this thread, for trust in this folder. A
            denial that holds is never asked about again.
        edited: Files whose new text the user changed before approving, as (path, text); they are among the approved.
    """

    approved: bool
    reason: str = ""
    files: tuple[str, ...] | None = None
    always: bool = False
    edited: tuple[tuple[str, str], ...] = ()
