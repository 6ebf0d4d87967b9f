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
# Words that only mean something beside what was said before.
_BACK = r"(?:it|its|that|this|them|those|these|there|both|the same|the other|the rest|the last|again|as well|too)"
_GOES_ON = (
    "and|also|then|but|instead|rather|again|still|otherwise|yes|yeah|yep|no|nope|ok|okay|right|good|"
    "same|likewise|ditto|go on|go ahead|continue|proceed|do it|do that|do so|do the same|try again|once more|"
    "it|that|this|these|those|they|undo that|revert that"
)
_FILE_LIKE = r"(?<![\w./-])[\w./-]*\w\.[A-Za-z]\w{0,7}\b"


@dataclass(frozen=True, slots=True)
class Rule:
    """One way to know what a request is without asking a model.

    Attributes:
        name: What the rule is called in notices and tests.
        pattern: What the request must match, ignoring case.
        kind: What the turn then is; None for what the turn before was.
        names_file: Whether the request must also name a file, existing or new.
        one_place: Whether the request must name exactly one file or definition of the project.
        follows: Whether it only fits behind a turn that had files, whose files are then the turn's.
    """

    name: str
    pattern: re.Pattern[str]
    kind: PlanKind | None
    names_file: bool = False
    one_place: bool = False
    follows: bool = False


@dataclass(frozen=True, slots=True)
class Earlier:
    """The turn before: what it was, and the files it was about."""

    kind: PlanKind
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Route:
    """What a request is without a model: by which rule, what kind of turn, and the files of the turn before it."""

    rule: str
    kind: PlanKind
    files: tuple[str, ...] = ()


def _starts(words: str) -> re.Pattern[str]:
    return re.compile(rf"\s*(?:{_POLITE})*(?:{words})\b", re.IGNORECASE)


RULES: Sequence[Rule] = (
    Rule("change to a named file", _starts(_CHANGES), "change", names_file=True),
    Rule("question", re.compile(rf"\s*(?!{_POLITE})(?:{_ASKS})\b", re.IGNORECASE), "answer"),
    Rule("request to explain", _starts("explain|describe|summari[sz]e|show|list|tell|compare"), "answer"),
    Rule("question mark", re.compile(r"[^\n]*\?\s*$"), "answer"),
    # A statement about one place is work to do there; who only wanted to talk gets an answer all the same.
    Rule("one place", re.compile(r"(?s).*\S"), "change", one_place=True),
    Rule(
        "change to what was spoken of",
        re.compile(rf"\s*(?:(?:{_GOES_ON}|now)[\s,:]+)?{_starts(_CHANGES).pattern}[^\n]*\b{_BACK}\b", re.IGNORECASE),
        "change",
        follows=True,
    ),
    Rule("goes on", _starts(_GOES_ON), None, follows=True),
)
"""In order; the first that holds decides, and a request that none fits goes to the planner."""


def route(request: str, named: Sequence[str], earlier: Earlier | None = None, *, in_view: bool = False) -> Route | None:
    """Return what the first rule that fits says, or None.

    Args:
        request: What the user asked.
        named: Files of the project that the request names, by themselves or by what they define.
        earlier: The turn before, None for the first of a thread.
        in_view: Whether the user keeps files in view, which then need not be named.
    """
    names_file = in_view or bool(named) or re.search(_FILE_LIKE, request) is not None
    for rule in RULES:
        fits = (
            (names_file or not rule.names_file)
            and (len(set(named)) == 1 or not rule.one_place)
            and (not rule.follows or (earlier is not None and bool(earlier.files)))
        )
        if not fits or rule.pattern.match(request) is None:
            continue
        files = earlier.files if rule.follows and earlier and not named else ()
        return Route(rule.name, rule.kind or (earlier.kind if earlier else "answer"), files)
    return None
