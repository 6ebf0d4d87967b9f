"""Finds out whether an engine holds a reply to its schema: by asking, not by the engine's name. Pure.

The question asks for prose, the schema allows nothing but an object that nobody says by chance. An engine that ignores
the schema answers the question; one that enforces it cannot.
"""

from typing import Final, Literal

from vivek.prompts.objects.strict import UnclearError, decode
from vivek.schema.chunk import FinishReason

Enforcement = Literal["enforced", "ignored", "unknown"]

PROBE_REQUEST: Final = "Say hello in one friendly sentence. No JSON, no braces."
PROBE_ROOM: Final = 192
"""Tokens of the reply: some grammars let a weak model write twenty blanks between any two words."""

_KETTLES, _LEVELS = ("zirconium-88", "oboe-17"), (4_093, 9_173)
PROBE_SCHEMA: Final[dict[str, object]] = {
    "type": "object",
    "properties": {
        "kettle": {"type": "string", "enum": list(_KETTLES)},
        "levels": {"type": "array", "items": {"enum": list(_LEVELS)}, "minItems": 2, "maxItems": 2},
    },
    "required": ["kettle", "levels"],
    "additionalProperties": False,
}


def judge_probe(text: str, finish: FinishReason | None) -> Enforcement:
    """Return what a reply to `PROBE_REQUEST` under `PROBE_SCHEMA` says of the engine.

    Args:
        text: The whole reply, thoughts left out.
        finish: Why it ended.
    """
    said = text.strip()
    if not said or finish == "content_filter":
        return "unknown"
    try:
        value = decode(said)
    except UnclearError:
        return "ignored"
    if _follows(value):
        return "enforced"
    # A grammar that is cut by the limit leaves the begin of the object; so may a chatty model, but not this one.
    begins = said.startswith("{") and finish != "stop" and '"kettle"'.startswith(said[1:].lstrip()[:8])
    return "unknown" if begins else "ignored"


def _follows(value: object) -> bool:
    if not isinstance(value, dict) or set(value) != {"kettle", "levels"} or value["kettle"] not in _KETTLES:
        return False
    levels = value["levels"]
    return (
        isinstance(levels, list)
        and len(levels) == 2
        and all(type(level) is int and level in _LEVELS for level in levels)
    )
