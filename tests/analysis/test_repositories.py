"""Everything that was planted in a repository is found, and nothing else is."""

import pytest

from tests.analysis.repositories import GO, JAVA, JAVASCRIPT, PYTHON, RUST, TYPESCRIPT, C, Planted
from vivek.analysis.structure.architecture import describe
from vivek.project.repository import facts_of_texts
from vivek.schema.architecture import Architecture

ALL = {
    "python": PYTHON,
    "javascript": JAVASCRIPT,
    "typescript": TYPESCRIPT,
    "go": GO,
    "rust": RUST,
    "java": JAVA,
    "c": C,
}


@pytest.fixture(scope="module", params=ALL)
def told(request: pytest.FixtureRequest) -> tuple[Planted, Architecture]:
    planted = ALL[request.param]
    return planted, describe(facts_of_texts(planted.texts))


Told = tuple[Planted, Architecture]


def test_every_import_is_found_and_no_other(told: Told) -> None:
    planted, report = told
    found: dict[str, set[str]] = {}
    for edge in report.imports:
        found.setdefault(edge.source, set()).add(edge.target)
    assert found == planted.edges


def test_every_import_names_a_line_that_says_so(told: Told) -> None:
    planted, report = told
    for edge in report.imports:
        assert edge.places
        for place in edge.places:
            assert place.path == edge.source
            line = planted.texts[place.path].split("\n")[place.line - 1]
            assert any(word in line for word in ("import", "export", "require", "include", "use ", '"')), line


def test_the_cycle_is_found_with_its_edges_and_the_cheapest_cut(told: Told) -> None:
    planted, report = told
    assert [cycle.modules for cycle in report.cycles] == ([planted.cycle] if planted.cycle else [])
    if not planted.cycle:  # the compiler of Go allows none
        return
    (cycle,) = report.cycles
    assert {(edge.source, edge.target) for edge in cycle.edges} == {
        (one, other) for one in planted.cycle for other in planted.edges[one] if other in planted.cycle
    }
    assert [(edge.source, edge.target) for edge in cycle.cut] == [planted.cut]


def test_what_is_dead_is_found_and_nothing_else(told: Told) -> None:
    planted, report = told
    assert report.dead == planted.dead


def test_the_layers_are_proposed_from_the_top_down(told: Told) -> None:
    planted, report = told
    assert tuple(layer.name for layer in report.layers) == planted.layers


def test_what_tests_reach_and_those_that_assert_nothing_are_told(told: Told) -> None:
    planted, report = told
    assert set(report.tests.covered) == planted.covered
    assert tuple(name for name, _ in report.tests.empty) == planted.empty


def test_the_ways_through_a_function_are_counted(told: Told) -> None:
    planted, report = told
    name, ways = planted.ways
    assert [one.cyclomatic for one in report.complexity if one.name.rpartition(".")[2] == name] == [ways]


def test_what_the_program_reads_and_starts_is_known(told: Told) -> None:
    planted, report = told
    names = {known.name for known in report.known if known.kind != "entry point"}
    entries = {known.name for known in report.known if known.kind == "entry point"}
    assert planted.known <= names | entries
    assert names <= planted.known


def test_debts_are_those_that_were_planted_in_one_order(told: Told) -> None:
    planted, report = told
    kinds = sorted(one.kind for one in report.antipatterns)
    cycles = ["cycle"] if planted.cycle else []
    assert kinds == sorted([*cycles, *("dead-code" for _ in planted.dead), *("empty-test" for _ in planted.empty)])
    assert [one.order for one in report.antipatterns] == list(range(1, len(kinds) + 1))
    assert [one.kind for one in report.antipatterns][: len(cycles)] == cycles
