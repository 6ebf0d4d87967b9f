"""Where it hurts: hotspots, complexity, copies, patterns that hurt and tests, as sections of a page."""

from collections.abc import Iterator, Sequence

from vivek.cli.render.architecture import is_untested
from vivek.cli.render.html.chart import scatter
from vivek.cli.render.html.elements import Column, Raw, code_of, list_of, place_of, prose_of, section, table
from vivek.schema.architecture import Architecture
from vivek.schema.measures import Hotspot, Place

_PLACES = 6


def debts(value: Architecture) -> Iterator[str]:
    """Yield what is known to hurt, in the order in which to mend it."""
    columns = (
        Column("Order", "number"),
        Column("Kind"),
        Column("What it is", "prose"),
        Column("Weight"),
        Column("Effort"),
        Column("Evidence"),
    )
    rows = [
        (each.order or None, each.kind, prose_of(each.told), each.weight, each.effort, _places(each.evidence))
        for each in value.antipatterns
    ]
    body = table("Patterns that hurt", columns, rows, "Nothing was found.")
    yield from section("debts", "What to mend first", "", body)


def hotspots(value: Architecture) -> Iterator[str]:
    """Yield code that changes often and is involved."""
    about = "Code that changes often and is involved: mend what is in the upper right."
    files = [each for each in value.hotspots if not each.name]
    functions = [each for each in value.hotspots if each.name]
    body = (*scatter(files), *_hot("Files", files), *_hot("Functions", functions))
    yield from section("hotspots", "Hotspots", about, body)


def _hot(caption: str, hotspots: Sequence[Hotspot]) -> Iterator[str]:
    columns = (
        Column("Where"),
        Column("Score", "share", "changes that weigh by their age, times complexity, as a share of the largest"),
        Column("Changes", "number", "commits that touched it"),
        Column("Complexity", "number", "cognitive"),
    )
    rows = [(_code(each.path, each.line, each.name), each.score, each.changes, each.complexity) for each in hotspots]
    yield from table(caption, columns, rows, f"{caption}: none changes often and is involved.")


def complexity(value: Architecture) -> Iterator[str]:
    """Yield functions, the most involved first."""
    columns = (
        Column("Function"),
        Column("Cognitive", "number", "how hard it is to follow"),
        Column("Cyclomatic", "number", "ways through it"),
        Column("Nesting", "number", "levels of branches and loops"),
        Column("Lines", "number"),
        Column("Parameters", "number"),
    )
    rows = [
        (
            _code(each.path, each.line, each.name),
            each.cognitive,
            each.cyclomatic,
            each.nesting,
            each.length,
            each.parameters,
        )
        for each in value.complexity
    ]
    yield from section("complexity", "Complexity", "", table("Functions", columns, rows))


def copies(value: Architecture) -> Iterator[str]:
    """Yield code that stands in several places."""
    columns = (Column("Tokens", "number", "of one of them"), Column("Times", "number"), Column("Where"))
    rows = [
        (
            each.tokens,
            len(each.places),
            list_of([code_of(f"{path}:{first}-{last}") for path, first, last in each.places], _PLACES),
        )
        for each in value.duplicates
    ]
    yield from section("copies", "Copies", "", table("Code that stands in several places", columns, rows))


def tests(value: Architecture) -> Iterator[str]:
    """Yield what tests reach, and what nothing uses."""
    yield from section("tests", "Tests and dead code", "", (*_tests(value), *_dead(value)))


def _tests(value: Architecture) -> Iterator[str]:
    if is_untested(value):
        yield '<p class="none">No test was found.</p>'
        return
    covered = [
        (code_of(path), len(by), list_of([*map(code_of, by)], 3)) for path, by in sorted(value.tests.covered.items())
    ]
    reach = Column("Tests", "number", "files of tests that import it, directly or not")
    untested = [(code_of(path),) for path in value.tests.untested]
    empty = [(code_of(name), place_of(place)) for name, place in value.tests.empty]
    yield from table(
        "Modules that no test reaches by imports", (Column("Module"),), untested, "Tests reach every module."
    )
    columns = (Column("Test"), Column("Where"))
    yield from table("Tests that assert nothing", columns, empty, "Every test asserts something.")
    reached = (Column("Module"), reach, Column("Such as"))
    yield from table("Modules that tests reach by imports", reached, covered, "No test reaches a module.")


def _dead(value: Architecture) -> Iterator[str]:
    dead = [(code_of(name),) for name in value.dead]
    unused = (Column("Module or definition"),)
    yield from table("What nothing seems to use", unused, dead, "Everything seems to be used.")


def _places(places: tuple[Place, ...]) -> Raw:
    return list_of([*map(place_of, places)], _PLACES)


def _code(path: str, line: int, name: str) -> Raw:
    where = place_of(Place(path, line))
    return Raw(f"{where} {code_of(name)}") if name else where
