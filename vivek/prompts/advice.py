"""One piece of advice for a step, chosen by what went wrong, then by what came last, then by what is asked for."""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Literal

from vivek.schema.plan import PlanKind

LARGEST = 150
"""Tokens of the longest piece of advice."""


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known of a step before its model call.

    Attributes:
        request: The user's words.
        kind: What kind of turn it is.
        failed_check: Whether a check of the staged change failed.
        failed_tool: Whether a request of the model could not be carried out.
        refused_command: Whether a command might not run in this turn.
        cut_result: Whether a result was too long to be shown whole.
    """

    request: str
    kind: PlanKind
    failed_check: bool = False
    failed_tool: bool = False
    refused_command: bool = False
    cut_result: bool = False


@dataclass(frozen=True, slots=True)
class Advice:
    """A piece of advice: its template below `advice/`, what it goes by, and when it fits."""

    name: str
    by: Literal["error", "recency", "intent"]
    fits: Callable[[Situation], bool]


def _asks(words: str) -> Callable[[Situation], bool]:
    pattern = re.compile(rf"\b(?:{words})\b", re.IGNORECASE)
    return lambda situation: situation.kind == "change" and pattern.search(situation.request) is not None


ADVICE = (
    Advice("failed_check", "error", lambda situation: situation.failed_check),
    Advice("refused_command", "error", lambda situation: situation.refused_command),
    Advice("failed_tool", "error", lambda situation: situation.failed_tool),
    Advice("cut_result", "recency", lambda situation: situation.cut_result),
    Advice("rename", "intent", _asks("renam(?:e|es|ed|ing)")),
    Advice("tests", "intent", _asks("(?:add|write|create|extend)[^.\n]{0,40}tests?")),
    Advice("defect", "intent", _asks("bugs?|fix|mend|repair|wrong|fails?|broken|crash(?:es)?|errors?|instead of")),
)
"""In order; the first that fits and was not given in this turn is the one."""


def choose(situation: Situation, given: Collection[str] = ()) -> Advice | None:
    """Return the advice for a step, None where there is none.

    Args:
        situation: What is known of the step.
        given: Names of what was given in this turn; what goes by an error may be given again.
    """
    fitting = (advice for advice in ADVICE if advice.fits(situation))
    return next((advice for advice in fitting if advice.by == "error" or advice.name not in given), None)
