"""Repositories that are drawn rather than read: who imports whom, and little else."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from vivek.schema.measures import CaseMeasures, FileMeasures, FunctionMeasures
from vivek.schema.repository import Link, RepositoryFacts, SourceFile

Drawing = Mapping[str, Sequence[str]]


def drawn(imports: Drawing, functions: Mapping[str, int] | None = None) -> RepositoryFacts:
    """Return a repository in which files import each other; a file of a folder `tests` is a test.

    Args:
        imports: From each file to those it imports, the n-th on line n.
        functions: From files to the number of functions they have, each with four ways through it.
    """
    paths = sorted({*imports, *(target for targets in imports.values() for target in targets)})
    return RepositoryFacts(tuple(_file(path, imports.get(path, ()), (functions or {}).get(path, 1)) for path in paths))


def _file(path: str, targets: Sequence[str], count: int) -> SourceFile:
    test = path.startswith("tests/")
    functions = tuple(
        FunctionMeasures(f"Shop.f{number}", path, number + 1, number + 1, 4, 3, 1, 1, 0) for number in range(count)
    )
    cases = (CaseMeasures("test_it", 1, asserts=True),) if test else ()
    measures = FileMeasures(path, "python", 10, 8, functions, tests=cases, read="ast")
    links = tuple(Link(target, line, 1, (target,)) for line, target in enumerate(targets, 1))
    return SourceFile(path, "test" if test else "source", True, measures, links)


def with_file(facts: RepositoryFacts, path: str, measures: FileMeasures) -> RepositoryFacts:
    """Return a repository in which a file measures something else."""
    files = (replace(file, measures=measures) if file.path == path else file for file in facts.files)
    return replace(facts, files=tuple(files))
