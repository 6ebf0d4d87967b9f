"""Reads the structured replies: what a planner and a reviewer may say, and how it becomes a value or a reason.

The schemas and the templates `planner.md` and `reviewer.md` change together.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo
from pydantic_core import PydanticCustomError

from vivek.errors import VivekError
from vivek.prompts.modes import MODES, OPEN_MODE
from vivek.prompts.objects.object import REFUSED
from vivek.prompts.objects.validated import validated
from vivek.schema.chunk import FinishReason
from vivek.schema.plan import ModeName, Plan, PlanKind
from vivek.schema.review import Review

_STEPS, _STEP, _FILES, _PATH, _QUESTION, _FEEDBACK = 6, 160, 8, 200, 240, 600
_CHOICES, _CHOICE = 4, 80


def _texts(longest: int, most: int) -> dict[str, object]:
    return {"type": "array", "items": {"type": "string", "minLength": 1, "maxLength": longest}, "maxItems": most}


# Keys come in the order in which a grammar lets them be written. Every string and array is bounded: an
# unbounded one lets a weak model write until its reply is cut.
PLAN_SCHEMA: Final[dict[str, object]] = {
    "type": "object",
    "properties": {
        "kind": {"type": "string", "enum": ["answer", "change"]},
        "steps": {**_texts(_STEP, _STEPS), "minItems": 1},
        "files": _texts(_PATH, _FILES),
        "mode": {"type": "string", "enum": list(MODES)},
        "question": {"type": "string", "maxLength": _QUESTION},
        "choices": _texts(_CHOICE, _CHOICES),
    },
    "required": ["kind", "steps", "files", "mode", "question", "choices"],
    "additionalProperties": False,
}


def plan_schema(mode: ModeName, *, asks: bool = True) -> dict[str, object]:
    """Return the schema of a plan in a thread of this mode, which may be one that does not ship.

    Args:
        mode: The mode.
        asks: Whether the plan may ask the user something.
    """
    properties: Any = PLAN_SCHEMA["properties"]  # Any: a literal of JSON values
    changed: Any = {"mode": {"type": "string", "enum": _modes_beside(mode)}}
    if not asks:
        changed |= {"question": {"type": "string", "enum": [""]}, "choices": {**properties["choices"], "maxItems": 0}}
    return {**PLAN_SCHEMA, "properties": {**properties, **changed}}


def _modes_beside(mode: ModeName) -> list[ModeName]:
    return list(dict.fromkeys([*MODES, mode]))


# What is left to ask of a model that cannot write a plan.
KIND_SCHEMA: Final[dict[str, object]] = {
    "type": "object",
    "properties": {"kind": {"type": "string", "enum": ["answer", "change"]}},
    "required": ["kind"],
    "additionalProperties": False,
}

# The reason comes before the verdict, so that the verdict can follow from it. Scores are listed, because the
# engines' grammars do not enforce the bounds of a number.
REVIEW_SCHEMA: Final[dict[str, object]] = {
    "type": "object",
    "properties": {
        "feedback": {"type": "string", "minLength": 1, "maxLength": _FEEDBACK},
        "needs_work": {"type": "boolean"},
        "score": {"enum": [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, None]},
    },
    "required": ["feedback", "needs_work", "score"],
    "additionalProperties": False,
}


def ascii_only(schema: Mapping[str, object]) -> dict[str, object]:
    """Return the schema with every free string held to printable ASCII, for engines that may break UTF-8.

    For tests on random weights; people's languages are not ASCII. Quote and backslash are left out: llama.cpp
    copies a pattern into its grammar as it stands, so either of them, written bare, would end or bend the JSON
    string. So are square brackets, which the pattern could name only with a backslash.
    """
    changed = {key: _ascii_value(value) for key, value in schema.items()}
    if schema.get("type") == "string" and not schema.keys() & {"enum", "const", "pattern"}:
        bounds = f"{schema.get('minLength', 0)},{schema['maxLength']}"
        changed["pattern"] = f"^[ !#-Z^-~]{{{bounds}}}$"
    return changed


def _ascii_value(value: object) -> object:
    if isinstance(value, Mapping):
        return ascii_only(value)
    if isinstance(value, list):
        return [_ascii_value(item) for item in value]
    return value


def _known_mode(name: str, info: ValidationInfo) -> str:
    modes = _modes_beside(info.context or OPEN_MODE)
    if name in modes:
        return name
    expected = f"{', '.join(map(repr, modes[:-1]))} or {modes[-1]!r}"
    raise PydanticCustomError("literal_error", "Input should be {expected}", {"expected": expected})


class _PlanReply(BaseModel):
    model_config = ConfigDict(strict=True, str_strip_whitespace=True)

    kind: PlanKind
    steps: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=_STEP)]], Field(min_length=1, max_length=_STEPS)
    ]
    files: Annotated[list[Annotated[str, Field(min_length=1, max_length=_PATH)]], Field(max_length=_FILES)]
    mode: Annotated[ModeName, AfterValidator(_known_mode)]
    question: Annotated[str, Field(max_length=_QUESTION)]
    choices: Annotated[list[Annotated[str, Field(max_length=_CHOICE)]], Field(max_length=_CHOICES)] = []


class _KindReply(BaseModel):
    model_config = ConfigDict(strict=True)

    kind: PlanKind


class _ReviewReply(BaseModel):
    model_config = ConfigDict(strict=True, str_strip_whitespace=True)

    feedback: Annotated[str, Field(max_length=_FEEDBACK)]
    needs_work: bool
    score: Annotated[float, Field(ge=0, le=1)] | None


def parse_plan(text: str, finish: FinishReason | None, mode: ModeName = OPEN_MODE) -> Plan:
    """Read a planner's reply.

    Args:
        text: The whole reply.
        finish: Why it ended; one that did not end with `stop` is never repaired.
        mode: The mode of the thread, which a plan may name beside those that ship.

    Raises:
        JSONParsingError: If it holds no JSON object.
        ModelOutputInvalidError: If the object is no plan.
    """
    reply = validated(_PlanReply, text, finish, mode)
    files = dict.fromkeys(path.removeprefix("./") for path in reply.files)
    question = reply.question.strip()
    choices = tuple(dict.fromkeys(filter(None, reply.choices))) if question else ()
    return Plan(reply.kind, tuple(reply.steps), tuple(files), reply.mode, question, choices)


def parse_kind(text: str, finish: FinishReason | None) -> PlanKind:
    """Read the reply of a planner that was only asked what a request is.

    Args:
        text: The whole reply.
        finish: Why it ended; one that did not end with `stop` is never repaired.

    Raises:
        JSONParsingError: If it holds no JSON object.
        ModelOutputInvalidError: If the object names no kind.
    """
    return validated(_KindReply, text, finish).kind


def parse_review(text: str, finish: FinishReason | None) -> Review:
    """Read a reviewer's reply; a verdict is never made up.

    Args:
        text: The whole reply.
        finish: Why it ended; one that did not end with `stop` is never repaired.

    Raises:
        JSONParsingError: If it holds no JSON object.
        ModelOutputInvalidError: If the object is no verdict.
    """
    reply = validated(_ReviewReply, text, finish)
    return Review(reply.score, reply.needs_work, reply.feedback)


def reask_text(error: VivekError) -> str:
    """Return what to say to a model whose reply could not be read."""
    return (
        f"{REFUSED} {error.message}\n"
        "Reply again with the whole JSON object and nothing else: no fence, no text before or after it."
    )
