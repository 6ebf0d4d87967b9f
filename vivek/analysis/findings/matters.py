"""Joins what several found of the same matter: tools and questions to a model use other names for it. Pure."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from vivek.analysis.findings.verdicts import joined, merged, same_place
from vivek.schema.findings import Finding

MODEL: Final = "review/"
"""What the rule of a model's finding begins with."""

_OF_RULES: Final[Mapping[str, str]] = {
    **dict.fromkeys(("undefined-name", "syntax-error", "unknown-import"), "crash"),
    **dict.fromkeys(("conflict-marker", "left-out-code", "constant-condition"), "wrong-result"),
    **dict.fromkeys(("off-by-one", "compared-objects", "missing-await"), "wrong-result"),
    "swallowed-error": "lost-error",
    "resource-leak": "leak",
    "race": "race",
    "weaker-test": "test",
    "no-bounds": "security",
    **dict.fromkeys(("secret", "private-key", "injection", "hidden-characters", "code-execution", "shell"), "security"),
    **dict.fromkeys(("certificates", "unsafe-loading", "weak-hash", "temporary-name", "debugging"), "security"),
    **dict.fromkeys(
        ("path-traversal", "sql-injection", "archive", "markup", "open-rights", "runs-downloads", "root"), "security"
    ),
}
"""What vivek's own rules are about, by their names behind `vivek/`; another tool's rule is known by its words alone."""

_WORD = re.compile(r"[a-z_]\w{2,}")
_LIKE = 0.5
"""Share of words in common from which two findings about the same lines say the same."""

_EMPTY: Final = frozenset({"the", "and", "for", "that", "this", "with", "not", "are", "can", "will", "when", "which"})


def united(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return findings without repetitions, those of tools as `merged` does, and those of a model with all before them.

    A model's finding repeats another one that shares lines with it and is about the same matter, or says it in much
    the same words. The first one stays and names the origins of all.

    Args:
        findings: Those of tools first.
    """
    kept: list[Finding] = []
    for finding in merged(findings):
        at = next((at for at, other in enumerate(kept) if _repeats(finding, other)), None)
        if at is None:
            kept.append(finding)
        else:
            kept[at] = joined(kept[at], finding)
    return tuple(kept)


def _repeats(finding: Finding, other: Finding) -> bool:
    if not finding.rule.startswith(MODEL) or (finding.path, finding.old) != (other.path, other.old):
        return False
    if not same_place(finding, other):
        return False
    return matter_of(finding) == matter_of(other) or _likeness(finding, other) >= _LIKE


def matter_of(finding: Finding) -> str:
    """Return what a finding is about, a word of `schema.reviewing.MATTERS`; its rule where nobody knows."""
    of, _, name = finding.rule.partition("/")
    if of == "review":
        return name
    if of == "vivek":
        return _OF_RULES.get(name, finding.rule)
    if of == "ruff" and re.match(r"S\d", name):
        return "security"
    return "crash" if finding.rule in ("ruff/F821", "ruff/F822", "ruff/E999") else finding.rule


def _likeness(one: Finding, other: Finding) -> float:
    """Return which share of the shorter one's words the other one has as well."""
    first, second = _words(one), _words(other)
    return len(first & second) / min(len(first), len(second)) if first and second else 0.0


def _words(finding: Finding) -> frozenset[str]:
    return frozenset(_WORD.findall(finding.title.lower())) - _EMPTY
