"""A report on a part keeps what that part is in, what depends on it where that is asked, and nothing else."""

from dataclasses import replace

from tests.cli.render.architectures import HARM, MAIN, PRICES, REPORT, TEST, TILL
from vivek.analysis.structure.extent import narrowed
from vivek.schema.architecture import Architecture, Extent, LanguageShare

CORE = Extent("shop/core", paths=("shop/core",))


def of(*paths: str, dependants: bool = False, report: Architecture = REPORT) -> Architecture:
    return narrowed(report, CORE, frozenset(paths).__contains__, dependants=dependants)


def test_a_part_is_its_modules_with_the_imports_that_touch_them() -> None:
    found = of(PRICES)

    assert found.extent == CORE
    assert [each.path for each in found.modules] == [PRICES]
    assert {(edge.source, edge.target) for edge in found.imports} == {(PRICES, TILL), (TILL, PRICES)}
    assert {(edge.source, edge.target) for edge in found.packages} == {("shop", "shop/core"), ("shop/core", "shop")}
    assert found.cycles == REPORT.cycles
    assert [(layer.name, layer.modules) for layer in found.layers] == [("core", (PRICES,))]
    assert found.violations == REPORT.violations


def test_who_imports_a_part_stays_where_that_is_asked() -> None:
    found = of(PRICES, dependants=True)

    assert {each.path for each in found.modules} == {PRICES, TILL}
    assert [layer.modules for layer in found.layers] == [(PRICES,)], "but is not what the report is about"


def test_figures_of_files_are_those_of_the_part() -> None:
    found = of(TILL)

    assert {each.path for each in found.complexity} == {TILL}
    assert [(each.path, each.name) for each in found.hotspots] == [(TILL, ""), (TILL, "Till.total")]
    assert [each.path for each in found.history.files] == [TILL]
    assert [(each.one, each.other) for each in found.history.couplings] == [(TILL, PRICES), (TILL, "README.md")]
    assert found.duplicates == REPORT.duplicates
    assert [each.kind for each in found.antipatterns] == ["old-todo"]
    assert (dict(found.tests.covered), found.tests.untested, found.tests.empty) == ({TILL: (TEST,)}, (), ())
    assert [each.name for each in found.known] == ["SHOP_KEY"]
    assert (found.tooling, found.dead, found.limits.faults) == ((), (), ())


def test_what_only_others_are_in_is_left_out() -> None:
    found = of(MAIN)

    assert (found.cycles, found.violations, found.duplicates, found.antipatterns) == ((), (), (), ())
    assert [layer.name for layer in found.layers] == ["entry"]
    assert (found.tests.untested, found.hotspots, found.dead) == ((MAIN,), (), ())


def test_dead_definitions_faults_and_empty_tests_belong_to_their_file() -> None:
    assert of(PRICES).dead == (f"{PRICES}::unused",)
    assert of(HARM).dead == (HARM,)
    assert of(HARM).limits.faults == REPORT.limits.faults
    assert of(TEST).tests.empty == REPORT.tests.empty
    assert of("pyproject.toml").tooling == REPORT.tooling


def test_shares_of_languages_are_those_of_the_part() -> None:
    languages = (LanguageShare("python", 9, 90, 0.9, imports=True), LanguageShare("lua", 1, 10, 0.1, imports=True))
    shorter = replace(REPORT.modules[3], lines=5)
    report = replace(
        REPORT, languages=languages, modules=(*REPORT.modules[:3], shorter, replace(shorter, path="a.lua"))
    )

    assert of(PRICES, TILL, "a.lua", report=report).languages == (
        LanguageShare("python", 2, 15, 0.75, imports=True),
        LanguageShare("lua", 1, 5, 0.25, imports=True),
    )
    assert of(report=report).languages == ()
