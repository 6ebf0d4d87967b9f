"""The tests of a text and whether they assert anything, told by the words of its code. Pure.

A test asserts if a word for it stands in its lines, or if it calls a function or a test of the same file that asserts.
A call named `check_...` or `verify_...` counts, wherever it leads, and in doubt so does a call of what has no name.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from vivek.schema.measures import CaseMeasures
from vivek.syntax.hints import lines_with
from vivek.syntax.silence import line_starts

_CALL = re.compile(r"(?<![\w$])([A-Za-z_$][\w$]*)!?[ \t]*\(")
_ASSERTS = {
    "python": re.compile(
        r"(?<!\w)(?:assert|raise(?![ \t]+(?:\w+\.)*(?:SkipTest|Skipped)))\b"
        r"|(?<![A-Za-z])_?(?:assert|expect|should|verify|ensure|validate|fail|raises|warns|deprecated_call"
        r"|check(?!_output\b|_call\b|out\b))\w*[ \t]*\(|\w+_(?:assert|check|verify)\w*[ \t]*\(|\w*Assert\w*[ \t]*\("
        r"|\bcheck[ \t]*=[ \t]*True\b|^[ \t]*@[\w.]*(?:[sS]kip|xfail|expectedFailure)"  # whoever skips it knows
    ),
    "javascript": re.compile(
        r"\b(?:expect|assert|should|verify)\w*[ \t]*[.(<]|\.(?:should|rejects|resolves|snapshot)\b|\bthrow\b"
        r"|\bt\.(?:is|not|true|false|truthy|falsy|deepEqual|equal|same|ok|like|throws|pass|fail)\b"
    ),
    "go": re.compile(
        r"\b\w+\.(?:Error|Errorf|Fatal|Fatalf|Fail|FailNow)\b|\b(?:assert|require|must|is|check|verify|expect)\w*[.(]"
        r"|\bpanic\("
    ),
    "rust": re.compile(
        r"\b(?:debug_)?assert\w*!|\bpanic!|\bunreachable!|\bshould_panic\b|\.expect_err\(|\.unwrap_err\("
    ),
    "java": re.compile(r"\b(?:assert|verify|expect|fail|should|check)\w*[ \t]*\(|\bassert\b|\bthrow\b|\bexpected\b"),
    "cpp": re.compile(r"\b(?:EXPECT|ASSERT|REQUIRE|CHECK|FAIL|CU_ASSERT|TEST_ASSERT)\w*|\bassert\w*[ \t]*\(|\bthrow\b"),
}
_ASSERTS["typescript"] = _ASSERTS["javascript"]
_ASSERTS["c"] = _ASSERTS["cpp"]
_PLAINLY = ("assert", "expect(", "EXPECT_", "ASSERT_")  # in files that hold no tests
_HEAD = re.compile(r"\b(?:def|fn|func(?:[ \t]*\([^()]*\))?|function\*?|void)[ \t]+\w+")  # its name says nothing
_ANY_PLAINLY = re.compile("|".join(map(re.escape, _PLAINLY)))
# What a line must hold to be worth a longer look.
_WORDS: dict[str, Sequence[str]] = {
    "": _PLAINLY,
    "python": (
        *("assert", "Assert", "raise", "expect", "should", "verify", "ensure", "validate", "fail", "warns"),
        *("deprecated_call", "check", "skip", "Skip", "xfail"),
    ),
}
_HINT = re.compile(
    r"assert|Assert|raise|expect|should|verify|ensure|validate|fail|Fail|warns|check|deprecated|throw|panic|unreach"
    r"|EXPECT|ASSERT|REQUIRE|CHECK|FAIL|Error|Fatal|require|unwrap_err|rejects|resolves|snapshot|\b(?:t|is|must)\w*[.(]"
    r"|[sS]kip|xfail"
)
_KEYWORDS = (
    "and assert await catch elif else except for func function if in is lambda match not or print return switch while "
    "with yield"
)
_NO_CALLS = frozenset(_KEYWORDS.split())
_MOST = 40  # names that are told
_NAMELESS = re.compile(r"[\])][ \t]*\(")  # a call of what a table or another call returned
_TAKES = re.compile(r"\bdef[ \t]+\w+[ \t]*\(([^()]*)\)")


UNNAMED = "<anonymous>"
"""What a function without a name is called."""


class Part(NamedTuple):
    """A function or test: its name, first and last line from 1, and whether it is a test."""

    name: str
    line: int
    end_line: int
    test: bool


def cases_in(
    language: str, lines: Sequence[str], parts: Sequence[Part]
) -> tuple[tuple[CaseMeasures, ...], tuple[str, ...]]:
    """Return the tests among some functions, and the names of functions that assert.

    Args:
        language: One that words are known of; of others nothing is returned.
        lines: The text's lines without comments and strings.
        parts: Its functions and tests.
    """
    tested = any(part.test for part in parts)
    pattern = _ASSERTS.get(language) if tested else _ANY_PLAINLY
    if pattern is None or not parts:
        return (), ()
    marked = _marked(lines, pattern, _hinted("\n".join(lines), language if tested else ""))
    asserting = {_own_name(part) for part in parts if _is_called_by_name(part) and _within(marked, part)}
    if not tested:
        return (), tuple(sorted(asserting))
    silent = [part for part in parts if not _within(marked, part)]
    calls = {part: _called(lines, part, python=language == "python") for part in silent}
    grown = True
    while grown:
        more = {
            _own_name(part)
            for part, called in calls.items()
            if _is_called_by_name(part) and (called is None or not asserting.isdisjoint(called))
        }
        grown = not more <= asserting
        asserting |= more
    cases = [_case(part, calls.get(part), asserting) for part in parts if part.test]
    return tuple(cases), tuple(sorted(asserting))


def _marked(lines: Sequence[str], pattern: re.Pattern[str], hinted: Iterable[int]) -> list[int]:
    """Return the lines that assert something."""
    return [line for line in hinted if pattern.search(_HEAD.sub("", lines[line - 1]))]


def _hinted(code: str, language: str) -> list[int]:
    """Return the lines that are worth a longer look; without a language those of a file that holds no tests."""
    if language in _WORDS:
        return lines_with(code, _WORDS[language])
    starts = line_starts(code)
    return sorted({bisect_right(starts, match.start()) for match in _HINT.finditer(code)})


def _case(part: Part, called: Iterable[str] | None, asserting: set[str]) -> CaseMeasures:
    if called is None or not asserting.isdisjoint(called):
        return CaseMeasures(part.name, part.line, asserts=True)
    return CaseMeasures(part.name, part.line, asserts=False, calls=tuple(sorted(called)[:_MOST]))


def _within(marked: Sequence[int], part: Part) -> bool:
    return bisect_left(marked, part.line) < bisect_right(marked, part.end_line)


def _called(lines: Sequence[str], part: Part, *, python: bool) -> frozenset[str] | None:
    """Return the names that a part calls, None where it calls what has no name or what it was handed."""
    said = "\n".join(lines[part.line - 1 : part.end_line])
    called = frozenset(_CALL.findall(_HEAD.sub("", said))) - _NO_CALLS
    if python:
        head = _TAKES.search(said)
        taken = frozenset(re.findall(r"(?:^|,)\s*(\w+)", head[1])) if head else frozenset()
        if _NAMELESS.search(said) or not taken.isdisjoint(called):
            return None
    return called


def _own_name(part: Part) -> str:
    return part.name.rpartition(".")[2]


def _is_called_by_name(part: Part) -> bool:
    """Tell whether others may call a part; a test is called by others only where its name is one of code."""
    name = _own_name(part)
    return name != UNNAMED and (not part.test or name.isidentifier())
