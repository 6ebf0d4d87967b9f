"""What a server does not take: learnt from its refusals, one field at a time, and kept for the rest of the session.

Servers of one shape differ in the fields they know, and refuse a request for one that they do not. It is sent again
without that field, or with what the server takes in its place; what follows from that (a schema that is not enforced,
figures that are missing) shows in the reply and is checked there.
"""

import re
from collections.abc import Mapping

from vivek.errors import RequestInvalidError

ROOM = ("max_tokens", "max_completion_tokens")
"""The two names of the field that bounds a reply."""

_NEVER = frozenset({"model", "messages", "stream", *ROOM})
_WEAKER = {"none": "minimal", "minimal": "low"}  # values of `reasoning_effort`, for models that cannot stop thinking
_VALUE = re.compile(r"\bvalues?\b|one of|must be", re.IGNORECASE)
_UNKNOWN = re.compile(
    r"unsupported|not supported|unrecogni[sz]ed|unknown|unexpected|extra|not permitted", re.IGNORECASE
)
_WORDS = frozenset({"provider", "plugins", "reasoning", "tools"})  # of the language too: a sentence may just hold them
# How servers speak of a field without its name.
_SAYINGS = {
    "response_format": re.compile(r"json_schema|structured output", re.IGNORECASE),
    "provider": re.compile(r"requested parameters", re.IGNORECASE),
    "tools": re.compile(r"\btools?\b|\btool_(?:choice|calls)\b|function calling", re.IGNORECASE),
    "reasoning": re.compile(r"reasoning.{0,40}not supported|support.{0,20}reasoning", re.IGNORECASE),
}


class Refusals:
    """The fields that one server refused, for each of its models."""

    def __init__(self) -> None:
        self._fields: dict[str, set[str]] = {}
        self._efforts: dict[str, str] = {}

    def fit(self, model: str, body: Mapping[str, object]) -> dict[str, object]:
        """Return the body with only what the server takes for this model."""
        refused = self._fields.get(model, set())
        fitted: dict[str, object] = {}
        for name, value in body.items():
            if name in ROOM and name in refused:
                fitted[_other(name)] = value
            elif name == "tool_choice" and "tools" in refused:
                continue
            elif name not in refused:
                fitted[name] = value
        if (
            "reasoning_effort" in fitted
            and model in self._efforts
            and fitted["reasoning_effort"] in {"none", "minimal"}
        ):
            fitted["reasoning_effort"] = self._efforts[model]
        return fitted

    def learn(self, model: str, sent: Mapping[str, object], error: RequestInvalidError) -> str:
        """Remember what `error` refuses of the body that was sent; return what is done about it.

        Returns:
            Words that end a sentence about the server, "" when nothing can be done.
        """
        name = _named(sent, error)
        refused = self._fields.setdefault(model, set())
        if name in ROOM:
            if _other(name) in refused or not _UNKNOWN.search(error.message):
                return ""
            refused.add(name)
            return f"does not take `{name}`; asked again with `{_other(name)}`."
        if not name:
            return ""
        weaker = _WEAKER.get(str(sent[name])) if name == "reasoning_effort" and _VALUE.search(error.message) else None
        if weaker:
            self._efforts[model] = weaker
            return f"does not take `{name}: {sent[name]}`; asked again with `{weaker}`."
        refused.add(name)
        return f"does not take `{name}`; asked again without it."


def _named(sent: Mapping[str, object], error: RequestInvalidError) -> str:
    """Return the field that a refusal names, "" when it names none that can be left out or replaced."""
    if error.field in sent:
        return "" if error.field in _NEVER - set(ROOM) else error.field
    candidates = [name for name in sent if name not in _NEVER or name in ROOM]
    spoken = [name for name in candidates if name not in _WORDS and re.search(rf"\b{name}\b", error.message)]
    meant = [name for name in candidates if name in _SAYINGS and _SAYINGS[name].search(error.message)]
    return next(iter(spoken + meant), "")


def _other(name: str) -> str:
    return ROOM[1 - ROOM.index(name)]
