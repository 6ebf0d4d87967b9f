"""What a probe tells while it goes on."""

from dataclasses import dataclass

from vivek.schema.known import Known


@dataclass(frozen=True, slots=True)
class Probed:
    """What is probed.

    Attributes:
        model: `provider/model`.
        window: Tokens it holds.
        window_source: Who said so, or why.
    """

    model: str
    window: int
    window_source: str


@dataclass(frozen=True, slots=True)
class Step:
    """What one step found.

    Attributes:
        name: What was measured.
        verdict: The result in words; why there is none when it could not be measured.
        known: Everything measured so far.
        measured: Whether this step came to a result.
    """

    name: str
    verdict: str
    known: Known
    measured: bool = True
