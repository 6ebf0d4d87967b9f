"""Each antipattern is found where it was planted, and not one step below its limit."""

from dataclasses import replace

from tests.analysis.drawn import Drawing, drawn, with_file
from vivek.analysis.structure.architecture import describe
from vivek.analysis.structure.meanings import MEANINGS
from vivek.schema.architecture import Antipattern
from vivek.schema.measures import FileMeasures, Hotspot, Place, Todo
from vivek.schema.past import History, Scattered
from vivek.schema.repository import Contract, LayerRule, RepositoryFacts

DAY = 86_400


def found(facts: RepositoryFacts, kind: str) -> list[Antipattern]:
    return [one for one in describe(facts).antipatterns if one.kind == kind]


def hub(inward: int, outward: int) -> dict[str, list[str]]:
    return {"hub.py": [f"low{n}.py" for n in range(outward)], **{f"high{n}.py": ["hub.py"] for n in range(inward)}}


def test_a_god_module_is_imported_by_many_imports_many_and_does_much() -> None:
    assert [one.evidence for one in found(drawn(hub(10, 10), {"hub.py": 25}), "god-object")] == [(Place("hub.py"),)]
    for facts in (
        drawn(hub(9, 10), {"hub.py": 25}),
        drawn(hub(10, 9), {"hub.py": 25}),
        drawn(hub(10, 10), {"hub.py": 24}),
    ):
        assert found(facts, "god-object") == []


def test_a_class_of_very_many_methods_is_one() -> None:
    (one,) = found(drawn({"big.py": []}, {"big.py": 30}), "god-object")
    assert "Shop has 30 methods with 120 ways" in one.told
    assert found(drawn({"big.py": []}, {"big.py": 29}), "god-object") == []


def test_a_stable_module_that_needs_an_unstable_one_is_found() -> None:
    imports: dict[str, list[str]] = {f"user{n}.py": ["base.py"] for n in range(4)}
    imports |= {"base.py": ["busy.py"], "busy.py": ["a.py", "b.py", "c.py"]}
    (one,) = found(drawn(imports), "unstable-dependency")
    assert one.evidence == (Place("base.py", 1),)
    assert "(instability 0.20 against 0.75)" in one.told
    assert found(drawn(imports | {"busy.py": ["a.py", "b.py"]}), "unstable-dependency") == []
    fewer = {name: targets for name, targets in imports.items() if name != "user3.py"}
    assert found(drawn(fewer), "unstable-dependency") == []


def layered(*more: tuple[str, str]) -> dict[str, list[str]]:
    imports: dict[str, list[str]] = {"till/main.py": [f"till/ui/u{n}.py" for n in range(4)]}
    imports |= {f"till/ui/u{n}.py": [f"till/core/c{n}.py"] for n in range(4)}
    imports |= {f"till/core/c{n}.py": [f"till/store/s{n}.py"] for n in range(4)}
    for source, target in more:
        imports[source] = [*imports.get(source, ()), target]
    return imports


def ruled(imports: Drawing) -> RepositoryFacts:
    names = ("main", "ui", "core", "store")
    layers = tuple(LayerRule(name, (f"till/{name}",), line) for line, name in enumerate(names, 1))
    return replace(drawn(imports), contract=Contract("rules", layers))


def test_an_import_past_a_written_layer_that_all_others_go_by_is_found() -> None:
    skipping = layered(("till/ui/u1.py", "till/store/s1.py"))
    assert found(ruled(layered()), "layer-skip") == []
    assert found(drawn(skipping), "layer-skip") == [], "of a proposal nobody said that it is closed"
    (one,) = found(ruled(skipping), "layer-skip")
    assert one.evidence == (Place("till/ui/u1.py", 2),)
    assert "past the layer `core`" in one.told
    several = [(f"till/ui/u{n}.py", f"till/store/s{n}.py") for n in range(2)]
    assert found(ruled(layered(*several)), "layer-skip") == []  # a third of them: that is how it is built


def test_a_program_that_puts_all_together_skips_no_layer() -> None:
    assert found(ruled(layered(("till/main.py", "till/store/s1.py"))), "layer-skip") == []


def test_an_import_against_the_direction_of_all_others_is_found() -> None:
    assert found(drawn(layered()), "layer-skip") == []
    (one,) = found(drawn(layered(("till/store/s3.py", "till/core/c0.py"))), "layer-skip")
    assert one.evidence == (Place("till/store/s3.py", 1),)


def test_files_whose_changes_take_many_along_are_told_with_them() -> None:
    others = tuple((f"o{n}.py", 6) for n in range(5))
    facts = replace(drawn({"a.py": []}), scattered=(Scattered("a.py", 8, others),))
    (one,) = found(facts, "shotgun-surgery")
    assert one.evidence[0] == Place("a.py")
    assert {place.path for place in one.evidence[1:]} == {path for path, _ in others}


def test_what_was_left_to_do_for_a_year_is_found_and_not_before() -> None:
    measures = FileMeasures(
        "a.py", "python", 9, 9, todos=(Todo("TODO", "sell", 3), Todo("FIXME", "buy", 5)), read="ast"
    )
    since = {("a.py", 3): 1_000.0, ("a.py", 5): 1_000.0 + DAY, ("gone.py", 1): 0.0}
    facts = replace(
        with_file(drawn({"a.py": []}), "a.py", measures), todo_since=since, history=History(until=1_000.0 + 365 * DAY)
    )
    (one,) = found(facts, "old-todo")
    assert one.evidence == (Place("a.py", 3),)
    assert one.told == "TODO stands there for 365 days: sell"


def test_what_weighs_most_comes_first_and_of_equals_what_changes_most() -> None:
    imports: Drawing = {"a.py": ["b.py"], "b.py": ["a.py"], "x.py": ["y.py"], "y.py": ["x.py"]}
    facts = replace(drawn(imports), unnamed=frozenset({"x.py"}), hotspots=(Hotspot("x.py", "", 0, 1.0, 9, 9),))
    told = describe(facts).antipatterns
    assert [(one.order, one.kind, one.evidence[0].path) for one in told] == [
        (1, "cycle", "x.py"),
        (2, "cycle", "a.py"),
        (3, "dead-code", "x.py"),
    ]


def test_every_kind_has_a_definition() -> None:
    assert {"cycle", "god-object", "shotgun-surgery", "layer-skip", "unstable-dependency"} < MEANINGS.keys()
    assert {"dead-code", "old-todo", "empty-test"} < MEANINGS.keys()
    assert all(meaning.definition.endswith(".") for meaning in MEANINGS.values())


def test_a_cycle_takes_as_long_as_imports_have_to_be_cut() -> None:
    def round_about(cuts: int) -> Antipattern:
        pairs = {f"m{n}.py": [f"m{n + 1}.py", *([f"m{n - 1}.py"] if n else [])] for n in range(cuts)}
        (one,) = found(drawn({**pairs, f"m{cuts}.py": [f"m{cuts - 1}.py"]}), "cycle")
        return one

    assert [round_about(cuts).effort for cuts in (1, 2, 5, 6)] == ["small", "medium", "medium", "large"]
    assert round_about(1).told == "m0.py and m1.py import each other; cutting 1 import would end it"
    assert round_about(2).told == "m0.py, m1.py and 1 more module import in a circle; cutting 2 imports would end it"
    assert (len(round_about(12).evidence), len(round_about(13).evidence)) == (12, 12), "of places the first are enough"
