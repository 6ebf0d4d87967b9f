"""What the launcher of sandboxed commands is told, as words on its command line; `sandbox_command` writes them."""

TYPE_CHECKING = False
if TYPE_CHECKING:  # the launcher must start fast
    from collections.abc import Iterator

    from vivek.workspace.sandbox.confine_mounts import Mount

LARGEST = 65_536
"""Bytes of the longest message to a launcher that forks."""

NUMBER_SIZE = 4
"""Bytes of each number that it tells, and of a descriptor that it gets."""


class Orders:
    """What is to be given up, and the command.

    Attributes:
        namespaces: Flags of the namespaces to leave, 0 to stay.
        overlay: Project, changes and scratch folder, or nothing.
        mounts: What the command sees.
        limits: Number and value of resource limits.
        pids: How many processes there may be.
        writable: What may be changed, for Landlock; None for no Landlock.
        tcp: Whether Landlock lets connections through.
        filter: The filter of system calls.
        folder: Where the command runs.
        wrapped: Whether the command is bubblewrap, which does the rest.
        command: Program and arguments.
    """

    def __init__(self, words: list[str]) -> None:
        self.namespaces = self.pids = 0
        self.overlay: tuple[str, str, str] | None = None
        self.mounts: list[Mount] = []
        self.limits: list[tuple[int, int]] = []
        self.writable: list[str] | None = None
        self.tcp = self.wrapped = False
        self.filter = b""
        self.folder = "/"
        rest = iter(words)
        for name in rest:
            if name == "--":
                break
            self._take(name, rest)
        self.command = list(rest)

    def _take(self, name: str, rest: "Iterator[str]") -> None:  # noqa: C901, PLR0912 - one word a line
        match name:
            case "namespaces":
                self.namespaces = int(next(rest))
            case "pids":
                self.pids = int(next(rest))
            case "overlay":
                self.overlay = (next(rest), next(rest), next(rest))
            case "mount":
                self.mounts.append((next(rest), next(rest), next(rest)))
            case "limit":
                self.limits.append((int(next(rest)), int(next(rest))))
            case "landlock":
                self.tcp, self.writable = next(rest) == "tcp", []
            case "write":
                self.writable = [*(self.writable or []), next(rest)]
            case "filter":
                self.filter = bytes.fromhex(next(rest))
            case "folder":
                self.folder = next(rest)
            case "wrapped":
                self.wrapped = True
            case _:
                raise OSError(22, f"unknown word {name}")
