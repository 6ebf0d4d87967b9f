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

TraceKind = Literal["new", "write", "mode", "delete", "replace"]
"""What a command did to a file: made it, wrote it, changed its mode, removed it; or put a new folder in its place."""


@dataclass(frozen=True, slots=True)
class Trace:
    """One thing a command did to the files it saw; the user's own never changed.

    Attributes:
        kind: What it did.
        path: To which file, relative to the project.
    """

    kind: TraceKind
    path: str


@dataclass(frozen=True, slots=True)
class SandboxStatus:
    """What a probe found.

    Attributes:
        confinement: What holds commands back.
        view: Where they see staged files.
        reason: Why no better one, in a sentence; "" for the best.
        hint: What the user can do about it, or "".
        apart: Whether commands get namespaces of their own, which hide other processes, `/tmp` and secrets.
        scratch: A folder on a disk that an overlay takes for what commands write; "" where there is no overlay.
    """

    confinement: Confinement
    view: View
    reason: str = ""
    hint: str = ""
    apart: bool = False
    scratch: str = ""

    @property
    def confines(self) -> bool:
        """Tell whether commands are held back at all."""
        return self.confinement != "none"
