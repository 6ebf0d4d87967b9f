"""Which tests reach which code, which code no test reaches, and which tests assert nothing. Pure."""

import re
from collections.abc import Iterable, Iterator, Sequence

from vivek.schema.measures import CaseMeasures, Place, Reach
from vivek.schema.repository import SourceFile

MOST = 20
"""Test files that are named for a module."""

_TOLD = 40  # calls of a test, beyond which not all are known
_ROLES = frozenset({"source", "test"})
_INSIDE = frozenset({"rust", "zig"})  # languages whose tests stand beside the code
_COLLECTED = re.compile(r"(?:_*Test\w*\.|\w*Tests?(?:Case|Mixin|Base)*\d*\.)*test(?:_|[A-Z0-9]|$)\w*")  # in Python


def reach_of(files: Sequence[SourceFile]) -> Reach:
    """Return which test files come nearest to each module by imports, which modules none reaches, and empty tests."""
    testing = sorted(file.path for file in files if file.code and file.role in _ROLES and any(_cases(file)))
    sources = [file for file in files if file.code and file.role == "source" and file.measures.code]
    nearest = _nearest(testing, files)
    covered = {file.path: nearest[file.path] for file in sources if file.path in nearest}
    untested = tuple(sorted(file.path for file in sources if file.path not in nearest and file.measures.functions))
    return Reach(covered, untested, tuple(_empty(files)))


def _nearest(testing: Iterable[str], files: Iterable[SourceFile]) -> dict[str, tuple[str, ...]]:
    """Return, for whatever tests reach, those that reach it by the fewest imports."""
    onward = {file.path: sorted({to for link in file.links for to in link.targets}) for file in files}
    found: dict[str, tuple[str, ...]] = {path: (path,) for path in testing}
    level = found
    while level:
        following: dict[str, set[str]] = {}
        for path, tests in level.items():
            for target in onward.get(path, ()):
                if target not in found:
                    following.setdefault(target, set()).update(tests)
        level = {path: tuple(sorted(tests)[:MOST]) for path, tests in sorted(following.items())}
        found.update(level)
    return found


def _empty(files: Sequence[SourceFile]) -> list[tuple[str, Place]]:
    """Return the tests that assert nothing, neither themselves nor by what they call in any file."""
    asserting = {name for file in files for name in file.measures.asserting}
    # What these call is not known: they may assert by way of others.
    aiding = {
        one.name.rpartition(".")[2] for file in files if file.role == "test" for one in file.measures.functions
    } - {case.name.rpartition(".")[2] for file in files for case in file.measures.tests}
    doubtful = asserting | aiding
    return [
        (f"{file.path}::{case.name}", Place(file.path, case.line))
        for file in files
        if file.code and (file.role == "test" or file.measures.language in _INSIDE)
        for case in _cases(file)
        if not case.asserts
        and len(case.calls) < _TOLD
        and doubtful.isdisjoint(call.rpartition(".")[2] for call in case.calls)
    ]


def _cases(file: SourceFile) -> Iterator[CaseMeasures]:
    """Yield the tests of a file; in Python, what is called so elsewhere than where tests are looked for is none."""
    python = file.measures.language == "python"
    if not python or file.role == "test" or "test" in file.path.lower():
        yield from (case for case in file.measures.tests if not python or _COLLECTED.fullmatch(case.name))
