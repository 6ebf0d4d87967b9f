"""How large prompts were, and who says so."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class PromptCount:
    """The newest prompt that one model was sent, in tokens; None means unknown.

    Attributes:
        model: `provider/model`.
        window: What it holds.
        prompt: The size of the prompt.
        cached: How much of it the server took from its cache.
        new: How much it had to read anew.
        by: Whether the server counted, or it was estimated here because the server does not say.
    """

    model: str
    window: int
    prompt: int | None = None
    cached: int | None = None
    new: int | None = None
    by: Literal["server", "estimate"] = "estimate"


@dataclass(frozen=True, slots=True)
class TokenReport:
    """A prompt whose size a server told, beside what the token tables make of it.

    Attributes:
        plain: Tokens of its ASCII text by the tables, without any template.
        digits: Tokens that the tables saved by taking up to three digits at once, which not all families do.
        other: What the rest of the text adds to them.
        messages: How many messages it had.
        read: Tokens that the server read.
    """

    plain: int
    digits: int
    other: int
    messages: int
    read: int


@dataclass(frozen=True, slots=True)
class Calibration:
    """What the reports of one server taught about the tokens of one model.

    Attributes:
        tables: Which tables counted, "" for the ones of no family in particular.
        reports: The newest prompts whose size it told, oldest first.
        error: By what share estimates were off, on average and lately, before the server told; None before the first.
    """

    tables: str = ""
    reports: tuple[TokenReport, ...] = ()
    error: float | None = None
