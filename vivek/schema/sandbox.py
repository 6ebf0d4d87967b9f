"""How commands are kept apart from the user's files and network."""

from dataclasses import dataclass
from typing import Literal

Confinement = Literal["bubblewrap", "landlock", "seatbelt", "none"]
"""What holds a command back; `none` means that every command asks."""

View = Literal["overlay", "copy", "elsewhere", "none"]
"""Where a command sees the staged files: laid over the project's own path, copied and put at that path, copied to
another path, or nowhere but in the real tree."""

Access = Literal["read-only", "workspace-write", "off"]
"""What a command may change, as the user set it."""


@dataclass(frozen=True, slots=True)
class SandboxStatus:
    """What a probe found.

    Attributes:
        confinement: What holds commands back.
        view: Where they see staged files.
        reason: Why no better one, in a sentence; "" for the best.
        hint: What the user can do about it, or "".
    """

    confinement: Confinement
    view: View
    reason: str = ""
    hint: str = ""

    @property
    def confines(self) -> bool:
        """Tell whether commands are held back at all."""
        return self.confinement != "none"
