"""What was checked, and what came of it."""

from dataclasses import dataclass
from typing import Literal

CheckStatus = Literal["passed", "failed", "skipped"]


@dataclass(frozen=True, slots=True)
class Check:
    """One check of a staged change.

    Attributes:
        name: What was checked: `parse`, `tests`.
        status: What came of it; skipped means it did not run.
        detail: The evidence, or why it did not run.
    """

    name: str
    status: CheckStatus
    detail: str = ""
