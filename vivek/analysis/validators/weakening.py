"""V13: changes that make tests prove less: fewer assertions, skips, files that go."""

import ast
import re
from collections.abc import Iterator, Sequence

from vivek.analysis.validators.changed import Changed
from vivek.analysis.validators.facts import ProjectFacts
from vivek.schema.concerns import Concern, Level

_TEST_FILE = re.compile(
    r"(?:^|/)(?:test_[^/]*|[^/]*_(?:test|tests|spec)|[^/]*\.(?:test|spec|cy)|[^/]*Tests?|[^/]*Spec)\.\w{1,5}$"
    r"|(?:^|/)(?:tests?|__tests__|specs?|testing)/(?!(?:.*/)?(?:conftest|__init__)\.py$).*\.\w{1,5}$"
)
_SOURCE = re.compile(r"\.(?:py|js|jsx|ts|tsx|mjs|cjs|go|rs|java|kt|rb|php|cs|cpp|cc|c|swift|scala|ex|exs|dart|lua|sh)$")
_ASSERTION = re.compile(
    r"\b(?:assert\w*!?|expect|should|require|verify|EXPECT_\w+|ASSERT_\w+|CHECK\w*|t\.(?:Error|Fatal|Fail)\w*)\s*[(.!]"
)
_SKIP = re.compile(
    r"\bpytest\.(?:mark\.)?(?:skip|skipif|xfail|importorskip)\b|\bunittest\.(?:skip\w*|expectedFailure)\b|@skip\w*\b"
    r"|\bt\.Skip\w*\(|#\[ignore\b|@(?:Disabled|Ignore)\b|\bself\.skipTest\(|\bpytest\.mark\.flaky\b|\bcollect_ignore\b"
)
# Assertions that compare with a value, and those that take nearly any value.
_COMPARES = re.compile(
    r"==(?! *True\b)|\.to(?:Be|Equal|StrictEqual|MatchObject)\(|\bassert_eq!|\bassert(?:Array|Iterable)?Equals?\("
    r"|\.isEqualTo\("
)
_TAKES_MOST = re.compile(
    r"^\s*assert (?P<python>(?!not )[^=<>!#]+?)(?: is not None)?$"
    r"|\bexpect\((?P<script>.+)\)\.(?:toBeDefined|toBeTruthy|not\.toBe(?:Null|Undefined|NaN))\("
    r"|\bassertNotNull\((?P<java>.+)\);|\bassert!\((?P<rust>.+)\.is_(?:ok|some)\(\)"
)
_SCRIPTS = frozenset({"javascript", "typescript"})
_SCRIPT_SKIP = re.compile(r"\b(?:it|test|describe|context)\.(?:skip|todo|failing)\b|\bx(?:it|describe|test)\(")
_SCRIPT_ONLY = re.compile(r"\b(?:it|test|describe|context)\.only\(|\bf(?:it|describe)\(")
_RAISES = frozenset({"raises", "warns", "deprecated_call", "fail"})


def is_test(path: str) -> bool:
    """Tell whether a file holds tests, by its name."""
    return bool(_TEST_FILE.search(path) and _SOURCE.search(path))


def check_weakening(changes: Sequence[Changed], _facts: ProjectFacts) -> Iterator[Concern]:
    """Say where tests prove less than before. What moves from one test file to another is not lost."""
    tests = [change for change in changes if is_test(change.path) and not change.unreadable]
    if not tests:
        return
    counted = [
        (change, _assertions(change, new=False), _assertions(change, new=True) + _merged(change)) for change in tests
    ]
    moved = sum(after for _, _, after in counted) >= sum(before for _, before, _ in counted)
    for change, before, after in counted:
        if change.deleted:
            yield change.doubt("V13", "note" if moved and before else "ask", "a test file is deleted")
        elif after < before:
            level: Level = "note" if moved else "ask"
            yield change.doubt("V13", level, f"checks less: {before} assertions before, {after} now")
        yield from _loosened(change)
        yield from _skips(change)


def _merged(change: Changed) -> int:
    """Return how many assertions are gone that one comparing assertion in their place makes up for."""
    made_up = 0
    for removed, added in change.blocks:
        if removed and any(_is_assertion(line) and _COMPARES.search(line) for _, line in added):
            made_up += max(0, sum(map(_is_assertion, removed)) - sum(_is_assertion(line) for _, line in added))
    return made_up


def _is_assertion(line: str) -> bool:
    return _ASSERTION.search(line) is not None or line.lstrip().startswith("assert ")


def _loosened(change: Changed) -> Iterator[Concern]:
    """Say where an assertion takes nearly any value that compared the same thing before."""
    for removed, added in change.blocks:
        for number, line in added if removed else ():
            found = _TAKES_MOST.search(line)
            what = next((text for text in found.groups() if text), "") if found is not None else ""
            if what and any(what.strip() in was and _COMPARES.search(was) for was in removed):
                yield change.doubt("V13", "ask", "an assertion takes nearly any value now", number)


def _skips(change: Changed) -> Iterator[Concern]:
    gone = {line.strip() for line in change.removed}
    level: Level = "note" if change.created else "ask"  # a new test takes nothing away
    scripted = change.language in _SCRIPTS
    for number, line in change.added:
        if line.strip() in gone:
            continue
        if _SKIP.search(line) or (scripted and _SCRIPT_SKIP.search(line)):
            yield change.doubt("V13", level, "a test is skipped or expected to fail", number)
        elif scripted and _SCRIPT_ONLY.search(line):
            yield change.doubt("V13", "ask", "only one test is left to run", number)


def _assertions(change: Changed, *, new: bool) -> int:
    text = change.after if new else change.before
    if text is None:
        return 0
    tree = change.tree if new else change.tree_before
    if tree is None:
        return len(_ASSERTION.findall(text))
    return sum(_asserts(node) for node in (change.nodes if new else change.nodes_before))


def _asserts(node: ast.AST) -> bool:
    match node:
        case ast.Assert(test=ast.Constant()):
            return False  # `assert True` checks nothing
        case ast.Assert():
            return True
        case ast.Call(func=ast.Attribute(attr=name)) | ast.Call(func=ast.Name(id=name)):
            return name.startswith(("assert", "fail")) or name in _RAISES
        case _:
            return False
