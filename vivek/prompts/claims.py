"""Reads the replies of a review: what a model claims to have found, what its second look says, its summary."""

from typing import Annotated, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from vivek.prompts.objects.validated import validated
from vivek.prompts.review import CHANGED, FIX, MOST, PROMISE, QUOTE, SCENARIO, TITLE, TRACE
from vivek.schema.chunk import FinishReason
from vivek.schema.control_tokens import restore
from vivek.schema.findings import Confidence, ReviewSummary, Severity
from vivek.schema.reviewing import Claim, Matter, SecondLook

_GENEROUS: Final = 4
"""How many times longer than its schema allows a text may be where nothing enforces the schema."""

_MANY: Final = 40  # findings of a reply that is read at all


def _lowered(value: object) -> object:
    return value.strip().lower() if isinstance(value, str) else value


_Word = BeforeValidator(_lowered)


class _ClaimReply(BaseModel):
    model_config = ConfigDict(strict=True)

    quote: Annotated[str, Field(min_length=1, max_length=QUOTE * _GENEROUS)]
    scenario: Annotated[str, Field(max_length=SCENARIO * _GENEROUS)]
    title: Annotated[str, Field(max_length=TITLE * _GENEROUS)]
    matter: Annotated[Matter, _Word]
    severity: Annotated[Severity, _Word]
    confidence: Annotated[Confidence, _Word] = "medium"
    fix: Annotated[str, Field(max_length=FIX * _GENEROUS)] | None = None
    cites: Annotated[str, Field(max_length=QUOTE)] | None = None


class _FindingsReply(BaseModel):
    model_config = ConfigDict(strict=True)

    findings: Annotated[list[_ClaimReply], Field(max_length=_MANY)]


class _VerdictReply(BaseModel):
    model_config = ConfigDict(strict=True)

    verdict: Annotated[Literal["holds", "refuted", "unsure"], _Word]
    counter: Annotated[str, Field(max_length=QUOTE * _GENEROUS)] | None = None
    trace: Annotated[str, Field(max_length=TRACE * _GENEROUS)] = ""


class _SummaryReply(BaseModel):
    model_config = ConfigDict(strict=True, str_strip_whitespace=True)

    changed: Annotated[str, Field(min_length=1, max_length=CHANGED * _GENEROUS)]
    promise: Annotated[str, Field(max_length=PROMISE * _GENEROUS)] | None = None


def read_claims(text: str, finish: FinishReason | None) -> tuple[Claim, ...]:
    """Read what a model claims to have found; nothing of it is believed yet.

    Args:
        text: The whole reply.
        finish: Why it ended; one that did not end with `stop` is never repaired.

    Raises:
        JSONParsingError: If it holds no JSON object.
        ModelOutputInvalidError: If the object holds no findings; the message can be told to the model.
    """
    reply = validated(_FindingsReply, text, finish)
    return tuple(_claim(each) for each in reply.findings[:MOST])


def read_second_look(text: str, finish: FinishReason | None) -> SecondLook:
    """Read what came of tracing a finding again.

    Args:
        text: The whole reply.
        finish: Why it ended; one that did not end with `stop` is never repaired.

    Raises:
        JSONParsingError: If it holds no JSON object.
        ModelOutputInvalidError: If the object is no verdict; the message can be told to the model.
    """
    reply = validated(_VerdictReply, text, finish)
    return SecondLook(reply.verdict, restore(reply.counter or ""), _one_paragraph(reply.trace))


def read_summary(text: str, finish: FinishReason | None) -> ReviewSummary:
    """Read what a model says of a change: what changed, and what was promised and is missing.

    Args:
        text: The whole reply.
        finish: Why it ended; one that did not end with `stop` is never repaired.

    Raises:
        JSONParsingError: If it holds no JSON object.
        ModelOutputInvalidError: If the object is no summary; the message can be told to the model.
    """
    reply = validated(_SummaryReply, text, finish)
    return ReviewSummary(changed=_one_paragraph(reply.changed), promise=_one_paragraph(reply.promise or ""))


def _claim(reply: _ClaimReply) -> Claim:
    quote = restore(reply.quote)
    lines = [line for line in quote.split("\n") if line.strip()]
    return Claim(
        rule=reply.matter,
        severity=reply.severity,
        confidence=reply.confidence,
        quote=quote,
        title=_one_paragraph(restore(reply.title)),
        scenario=_one_paragraph(restore(reply.scenario)),
        fix=restore(reply.fix or ""),
        old=bool(lines) and all(line.startswith("-") for line in lines),
        cites=(reply.cites or "").strip(),
    )


def _one_paragraph(text: str) -> str:
    return " ".join(text.split())
