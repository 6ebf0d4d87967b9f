"""What the validators know beside the change set itself, handed in as values and plain callables."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass


def _reads_nothing(_path: str) -> str | None:
    return None


def _finds_nothing(_text: str) -> Sequence[tuple[int, str]]:
    return ()


@dataclass(frozen=True, slots=True)
class ProjectFacts:
    """The project around a change set.

    Attributes:
        files: Paths of the project's files before the change.
        request: What the user asked for in this turn.
        reply: The prose of the model's reply, without its edits.
        installed: Top-level names that the project's environment can import; None when that is not known.
        locked: Names of the packages in lock files and lists of dependencies, in any spelling.
        hosts: Hosts and addresses that the project names already, in lower case.
        read: Returns the text of a file of the project as it is before the change, or None.
        find_secrets: Returns the secrets of a text, each as line (from 1) and kind.
    """

    files: frozenset[str] = frozenset()
    request: str = ""
    reply: str = ""
    installed: frozenset[str] | None = None
    locked: frozenset[str] = frozenset()
    hosts: frozenset[str] = frozenset()
    read: Callable[[str], str | None] = _reads_nothing
    find_secrets: Callable[[str], Sequence[tuple[int, str]]] = _finds_nothing
