"""What breaks the rules of a user is found with the way of imports, and what keeps them is not."""

import pytest

from tests.analysis.drawn import Drawing, drawn
from vivek.analysis.structure.architecture import describe
from vivek.schema.architecture import Architecture
from vivek.schema.measures import Place
from vivek.schema.repository import Ban, Contract, LayerRule

LAYERS = (
    LayerRule("ui", ("till/ui",), 2),
    LayerRule("core", ("till.core",), 6),
    LayerRule("store", ("till/store",), 10),
)


def judged(imports: Drawing, contract: Contract, functions: dict[str, int] | None = None) -> Architecture:
    facts = drawn(imports, functions)
    return describe(type(facts)(facts.files, contract=contract))


def ways(report: Architecture) -> list[tuple[str, list[str]]]:
    return [(one.rule, [edge.source for edge in one.edges] + [one.edges[-1].target]) for one in report.violations]


def test_imports_down_the_layers_break_nothing() -> None:
    report = judged(
        {"till/ui/a.py": ["till/core/b.py", "till/store/c.py"], "till/core/b.py": ["till/store/c.py"]},
        Contract("rules", LAYERS),
    )
    assert report.violations == ()
    assert [(layer.name, layer.modules, layer.proposed) for layer in report.layers] == [
        ("ui", ("till/ui/a.py",), False),
        ("core", ("till/core/b.py",), False),
        ("store", ("till/store/c.py",), False),
    ]


def test_an_import_upwards_is_told_with_its_line() -> None:
    report = judged({"till/store/c.py": ["x.py", "till/ui/a.py"]}, Contract("rules", LAYERS))
    assert ways(report) == [("layers", ["till/store/c.py", "till/ui/a.py"])]
    assert report.violations[0].edges[0].places == (Place("till/store/c.py", 2),)
    assert "`store` is below `ui`" in report.violations[0].told


def test_a_way_up_over_modules_of_no_layer_is_told_as_a_whole() -> None:
    report = judged(
        {"till/store/c.py": ["between.py"], "between.py": ["further.py"], "further.py": ["till/core/b.py"]},
        Contract("rules", LAYERS),
    )
    assert ways(report) == [("layers", ["till/store/c.py", "between.py", "further.py", "till/core/b.py"])]


def test_what_is_forbidden_is_found_directly_and_by_way_of_others_where_that_counts() -> None:
    imports = {"a/x.py": ["m.py"], "m.py": ["b/y.py"], "a/z.py": ["b/y.py"]}
    direct = Ban(("a",), ("b",), "they are sold apart")
    assert ways(judged(imports, Contract("rules", bans=(direct,)))) == [("forbidden", ["a/z.py", "b/y.py"])]
    report = judged(imports, Contract("rules", bans=(Ban(("a",), ("b",), indirect=True),)))
    assert ways(report) == [("forbidden", ["a/x.py", "m.py", "b/y.py"]), ("forbidden", ["a/z.py", "b/y.py"])]


def test_a_way_by_another_one_that_may_not_either_is_told_there_only() -> None:
    imports = {"a/x.py": ["a/z.py"], "a/z.py": ["b/y.py"]}
    report = judged(imports, Contract("rules", bans=(Ban(("a",), ("b",), indirect=True),)))
    assert ways(report) == [("forbidden", ["a/z.py", "b/y.py"])]


def test_a_folder_can_be_kept_from_a_part_of_itself_and_a_part_from_the_rest() -> None:
    imports = {"a/x.py": ["a/b/y.py"], "a/b/y.py": ["a/b/z.py", "a/x.py"], "a/b/z.py": []}
    inner = judged(imports, Contract("rules", bans=(Ban(("a",), ("a/b",)),)))
    assert ways(inner) == [("forbidden", ["a/x.py", "a/b/y.py"])]
    outer = judged(imports, Contract("rules", bans=(Ban(("a/b",), ("a",)),)))
    assert ways(outer) == [("forbidden", ["a/b/y.py", "a/x.py"])]


def test_a_cycle_breaks_the_rule_that_there_are_none_with_its_whole_way() -> None:
    imports = {"a.py": ["b.py"], "b.py": ["c.py"], "c.py": ["a.py"]}
    assert judged(imports, Contract("rules")).violations == ()
    ((rule, way),) = ways(judged(imports, Contract("rules", no_cycles=True)))
    assert rule == "no_cycles"
    assert sorted(way[:-1]) == ["a.py", "b.py", "c.py"]
    assert way[0] == way[-1]


def test_limits_are_broken_beyond_them_and_not_by_them() -> None:
    imports = {"a.py": ["b.py", "c.py"], "b.py": ["c.py"]}
    assert judged(imports, Contract("rules", max_fan_out=2, max_complexity=4)).violations == ()
    report = judged(imports, Contract("rules", max_fan_out=1, max_complexity=3))
    assert [(one.rule, one.places) for one in report.violations] == [
        ("max_fan_out", (Place("a.py"),)),
        *[("max_complexity", (Place(path, 1),)) for path in ("a.py", "b.py", "c.py")],
    ]


@pytest.mark.parametrize(
    ("pattern", "fits"),
    [
        ("till/core", {"till/core/b.py", "till/core/deep/d.py"}),
        ("till.core", {"till/core/b.py", "till/core/deep/d.py"}),
        ("till/core/b", {"till/core/b.py"}),
        ("till/core/b.py", {"till/core/b.py"}),
        ("till/*/b.py", {"till/core/b.py"}),
        ("**/d.py", {"till/core/deep/d.py"}),
        ("till/cor", set()),
        ("core", set()),
    ],
)
def test_a_pattern_means_a_file_a_folder_or_a_module(pattern: str, fits: set[str]) -> None:
    imports: Drawing = {"till/core/b.py": [], "till/core/deep/d.py": [], "other/core_b.py": []}
    report = judged(imports, Contract("rules", (LayerRule("one", (pattern,), 3),)))
    assert set(report.layers[0].modules) == fits
    idle = [told for told in report.limits.blind if told.startswith("rules:3")]
    assert bool(idle) == (not fits)


def test_what_is_forbidden_and_names_nothing_is_told_too() -> None:
    ban = Ban(("till",), ("till/printer", "till/?"), line=7)

    told = judged({"till/a.py": ["till/b.py"]}, Contract("rules", bans=(ban,))).limits.blind

    assert told == ("rules:7: what is forbidden names `till/printer`, and no module is called so.",)
