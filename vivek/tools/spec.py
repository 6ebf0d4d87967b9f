"""Settings of the tools: plain values, nothing heavy."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ToolsSpec:
    """How much one result may have.

    Attributes:
        share: One part in so many of the window.
        least: Tokens in the smallest window.
        most: Tokens in the largest one.
    """

    share: int = 8
    least: int = 256
    most: int = 4_000


def result_room(window: int, spec: ToolsSpec) -> int:
    """Return the tokens that one result may have in a window of so many tokens."""
    return max(spec.least, min(window // spec.share, spec.most))
