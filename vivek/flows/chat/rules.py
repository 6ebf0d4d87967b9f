"""Routing rules as data: which requests need no planner, and what kind of turn they are."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from vivek.schema.plan import PlanKind

_CHANGES = (
    "add|adapt|adjust|apply|change|clean|convert|correct|create|delete|document|drop|extend|extract|fix|handle|implement|"
    "improve|inline|insert|make|move|optimi[sz]e|port|refactor|remove|rename|replace|rewrite|simplify|sort|split|"
    "update|use|write"
)
_ASKS = (
    "what|why|how|where|which|who|whose|when|is|are|was|were|does|do|did|has|have|can|could|should|would|will|"
    "explain|describe|summari[sz]e|show|list|tell|compare"
)
_POLITE = r"(?:please|(?:can|could|would|will) you(?: please)?|i want you to|i'd like you to|let's|now)[\s,]+"
_FILE_LIKE = r"(?<![\w./-])[\w./-]*\w\.[A-Za-z]\w{0,7}\b"


@dataclass(frozen=True, slots=True)
class Rule:
    """One way to know what a request is without asking a model.

    Attributes:
        name: What the rule is called in notices and tests.
        pattern: What the request must match, ignoring case.
        kind: What the turn then is.
        names_file: Whether the request must also name a file, existing or new.
    """

    name: str
    pattern: re.Pattern[str]
    kind: PlanKind
    names_file: bool = False


def _starts(words: str) -> re.Pattern[str]:
    return re.compile(rf"\s*(?:{_POLITE})*(?:{words})\b", re.IGNORECASE)


RULES: Sequence[Rule] = (
    Rule("change to a named file", _starts(_CHANGES), "change", names_file=True),
    Rule("question", re.compile(rf"\s*(?!{_POLITE})(?:{_ASKS})\b", re.IGNORECASE), "answer"),
    Rule("request to explain", _starts("explain|describe|summari[sz]e|show|list|tell|compare"), "answer"),
    Rule("question mark", re.compile(r"[^\n]*\?\s*$"), "answer"),
)
"""In order; the first that holds decides, and a request that none fits goes to the planner."""


def route(request: str, named: Sequence[str]) -> Rule | None:
    """Return the first rule that fits.

    Args:
        request: What the user asked.
        named: Files of the project that the request names.
    """
    names_file = bool(named) or re.search(_FILE_LIKE, request) is not None
    for rule in RULES:
        if rule.pattern.match(request) and (names_file or not rule.names_file):
            return rule
    return None
