"""What a task is."""

from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["edit", "bug", "test", "explain"]


@dataclass(frozen=True, slots=True)
class Task:
    """One task in the project of `shop.SHOP`.

    Attributes:
        name: What it is called in the results.
        kind: What is asked for.
        request: What the user says; half of the requests name no file.
        spans: What a prompt must hold so that the task can be solved at all: lines of the project, word for word.
        check: Python that runs in the repository afterwards and fails when the result is wrong; it has `answer`.
        right: A reply that solves it.
        breaks: The module that the check is about.
    """

    name: str
    kind: Kind
    request: str
    spans: tuple[str, ...]
    check: str
    right: str = field(repr=False)
    breaks: str = ""
