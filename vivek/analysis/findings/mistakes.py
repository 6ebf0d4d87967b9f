"""Mistakes that can be told from added lines and the file around them; only what is hardly ever meant counts.

Each check is named by its rule. They are for reviews: whoever edits through a chat is not asked about them.
"""

import ast
import re
from collections.abc import Iterator
from typing import Final

from vivek.analysis.validators.changed import Changed
from vivek.analysis.validators.facts import ProjectFacts
from vivek.schema.concerns import Concern

SWALLOWED: Final = "swallowed-error"
CONSTANT: Final = "constant-condition"
BEYOND: Final = "off-by-one"

_BROAD = frozenset({"Exception", "BaseException"})
_CATCHING = frozenset({"csharp", "java", "javascript", "kotlin", "typescript"})
_CATCH = re.compile(r"\bcatch\s*(?:\([^()]*?(?P<name>\w*)\s*\))?\s*\{\s*\}")
_MEANT = re.compile(r"(?i)\A(?:_+|ignor\w*|expected|unused)\Z")
_COMMENT = re.compile(r"\s*(?://|\*|/\*|#)")

_BRACES = frozenset({"c", "cpp", "csharp", "go", "java", "javascript", "kotlin", "rust", "typescript"})
_LONGEST = 400  # characters of a line that people wrote
_WORD = r"(?<![\w.>:])(?P<what>\w+(?:(?:\.|->|::)\w+)*(?:\(\))?)"
_VALUE = r"(?:-?\d+|'[^']*'|\"[^\"]*\"|[A-Z][A-Z0-9_]+)(?![\w.(])"
_NEVER = re.compile(
    rf"{_WORD}\s*={{2,3}}\s*(?P<one>{_VALUE})\s*(?:&&|\band\b)\s*(?P=what)\s*={{2,3}}\s*(?P<two>{_VALUE})"
)
_ALWAYS = re.compile(
    rf"{_WORD}\s*!={{1,2}}\s*(?P<one>{_VALUE})\s*(?:\|\||\bor\b)\s*(?P=what)\s*!={{1,2}}\s*(?P<two>{_VALUE})"
)
_ASSIGNED = re.compile(
    r"\b(?:if|while)\s*\((?:[^=\"'`]*[^=!<>:\"'`])?=\s*(?:-?\d+|'[^']*'|\"[^\"]*\"|true|false|null|NULL)\s*\)"
)
_OR_OF_BITS = re.compile(r"[\w)]\s*\|\s*(?:0x)?[A-Z1-9]\w*\s*!=\s*0\b")

_TO_THE_LENGTH = re.compile(
    r"\bfor\s*\([^;]*?\b(?P<at>\w+)\s*=\s*\d+;\s*(?P=at)\s*<=\s*(?P<list>[\w.]+)\.(?:length|Length|size\(\))\s*;"
    r"|\bfor\s+(?P<go>\w+)\s*:=\s*\d+;\s*(?P=go)\s*<=\s*len\((?P<slice>[\w.]+)\)\s*;"
)
_REACH = 8  # lines behind a loop's head in which what it walks over is looked for


def check_swallowed(change: Changed, _facts: ProjectFacts) -> Iterator[Concern]:
    """Say where any error is caught, and nothing is done with it; a comment there says that it is meant."""
    added = {number for number, _ in change.added}
    if change.language == "python":
        lines = (change.after or "").split("\n")
        for node in change.nodes:
            if isinstance(node, ast.ExceptHandler) and _is_broad(node.type) and all(map(_is_nothing, node.body)):
                span = range(node.lineno, (node.end_lineno or node.lineno) + 1)
                if not added.isdisjoint(span) and not any("#" in lines[number - 1] for number in span):
                    yield change.doubt(SWALLOWED, "note", "catches every error and drops it", node.lineno)
    elif change.language in _CATCHING and any("catch" in line or "}" in line for _, line in change.added):
        text = change.after or ""
        for found in _CATCH.finditer(text):
            first = text.count("\n", 0, found.start()) + 1
            span = range(first, first + found[0].count("\n") + 1)
            if not added.isdisjoint(span) and not _MEANT.match(found["name"] or "") and not _is_comment(text, found):
                yield change.doubt(SWALLOWED, "note", "catches an error and drops it", first)


def check_conditions(change: Changed, _facts: ProjectFacts) -> Iterator[Concern]:
    """Say where a condition can only come out one way."""
    if change.language not in _BRACES | {"python"}:
        return
    for number, line in change.added:
        if "=" not in line or len(line) > _LONGEST or _COMMENT.match(line):
            continue
        for pattern, said in ((_NEVER, "never holds"), (_ALWAYS, "always holds")):
            found = pattern.search(line)
            if found is not None and found["one"] != found["two"] and not change.is_said(number, *found.span()):
                text = f"`{found['what']}` is held against two values at once: the condition {said}"
                yield change.doubt(CONSTANT, "note", text, number)
        if change.language in _BRACES and change.language not in ("rust", "go") and _ASSIGNED.search(line):
            yield change.doubt(CONSTANT, "note", "the condition assigns a value in place of asking for it", number)
        if change.language in _BRACES and _OR_OF_BITS.search(line):
            yield change.doubt(CONSTANT, "note", "`|` sets bits, so the condition always holds", number)


def check_ends(change: Changed, _facts: ProjectFacts) -> Iterator[Concern]:
    """Say where a loop goes one place beyond the end of what it walks over."""
    if change.language not in _BRACES:
        return
    lines = (change.after or "").split("\n")
    for number, line in change.added:
        found = _TO_THE_LENGTH.search(line) if "<=" in line else None
        if found is None:
            continue
        at, walked = found["at"] or found["go"], found["list"] or found["slice"]
        taken = re.compile(rf"(?<![\w.]){re.escape(walked)}(?:\[{at}\]|\.get\({at}\))")
        held = re.compile(rf"\b{at}\s*[!=<]=?=?\s*(?:{re.escape(walked)}\.(?:length|Length|size)|len\()")
        body = lines[number : number + _REACH]
        if any(map(taken.search, (line, *body))) and not any(map(held.search, body)):
            yield change.doubt(BEYOND, "note", f"the last step reads `{walked}` behind its end", number)


def _is_broad(kind: ast.expr | None) -> bool:
    return kind is None or (isinstance(kind, ast.Name) and kind.id in _BROAD)


def _is_nothing(statement: ast.stmt) -> bool:
    empty = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    return empty or isinstance(statement, ast.Pass | ast.Continue)


def _is_comment(text: str, found: re.Match[str]) -> bool:
    line = text[text.rfind("\n", 0, found.start()) + 1 : found.start()]
    return _COMMENT.match(line) is not None or "//" in line
