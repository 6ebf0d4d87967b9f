"""Finds the tests that are nearest to changed Python files: by their names, and by what they import."""

from collections.abc import Callable, Collection, Iterator, Sequence

from vivek.project.imports.python_modules import imported_names, module_of
from vivek.project.tooling.python import is_test_file

MOST = 12
"""Test files of one check; more are left to the project's own test command."""

_MOST_READ = 1_000


def nearest_tests(changed: Sequence[str], files: Collection[str], text: Callable[[str], str]) -> tuple[str, ...]:
    """Return the test files to run after a change: those changed, those named after it, those that import it.

    Args:
        changed: The changed Python files, deleted ones included.
        files: The files of the project as it will be.
        text: Returns the text of a file.
    """
    tests = sorted(path for path in files if is_test_file(path))
    own = [path for path in changed if path in files and is_test_file(path)]
    sources = [path for path in changed if not is_test_file(path)]
    named = [test for source in sources for test in _named_after(source, tests)]
    beside = [test for source in sources for test in _beside(source, tests)]
    found = dict.fromkeys([*own, *named, *beside])
    for test in _importing(sources, [test for test in tests if test not in found], files, text):
        if len(found) >= MOST:
            break
        found[test] = None
    return tuple(found)[:MOST]


def _named_after(source: str, tests: Sequence[str]) -> Iterator[str]:
    """Yield the tests with the name of a file; of several, those in a folder of the same name first."""
    *folders, last = source.removesuffix(".py").split("/")
    if last == "__init__":
        last = folders.pop() if folders else ""
    names = {last, "_".join([*folders[-1:], last])}
    fitting = [test for test in tests if last and _subject(test) in names]
    folder = folders[-1] if folders else ""
    yield from sorted(fitting, key=lambda test: folder not in test.split("/"))


def _subject(test: str) -> str:
    stem = test.rpartition("/")[2].removesuffix(".py")
    return stem.removeprefix("test_").removesuffix("_test")


def _beside(source: str, tests: Sequence[str]) -> Iterator[str]:
    """Yield the tests that a `conftest.py` is for."""
    folder, _, last = source.rpartition("/")
    if last == "conftest.py":
        yield from (test for test in tests if test.startswith(f"{folder}/" if folder else ""))


def _importing(
    sources: Sequence[str], tests: Sequence[str], files: Collection[str], text: Callable[[str], str]
) -> Iterator[str]:
    modules = {module.name for source in sources if (module := module_of(source, files))}
    lasts = {name.rpartition(".")[2] for name in modules}
    for test in tests[:_MOST_READ] if modules else ():
        said = text(test)
        if any(last in said for last in lasts) and not modules.isdisjoint(imported_names(said)):
            yield test
