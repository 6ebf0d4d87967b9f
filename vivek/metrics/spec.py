"""Settings of the metrics; plain values."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MetricsSpec:
    """What is kept of a project's turns and model calls: figures, never a word of a prompt or a reply.

    Attributes:
        enabled: Whether they are kept at all.
        keep_days: Days after which they are forgotten.
    """

    enabled: bool = True
    keep_days: int = 90
