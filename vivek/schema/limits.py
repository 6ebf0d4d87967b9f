"""What one run may use at most."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of a run; None means no limit.

    Attributes:
        calls: Calls of a model.
        tokens: Tokens that models generate, over all calls.
    """

    calls: int | None = None
    tokens: int | None = None
