"""What changed of an architecture: exactly that, whatever was only renamed."""

from tests.analysis.shapes import architecture, broken, edge, function, spot
from vivek.analysis.structure.drift import compare
from vivek.schema.architecture import Architecture, Layer, Violation
from vivek.schema.drift import Changed, Drift, Moved, Revision
from vivek.schema.measures import Place

VERSIONS = Revision("v1", "a" * 40), Revision("v2", "b" * 40)


def drift(old: Architecture, new: Architecture, **names: str) -> Drift:
    return compare(old, new, {f"{name}.py": value for name, value in names.items()}, VERSIONS)


def test_what_did_not_change_is_no_drift() -> None:
    value = architecture(
        {"a.py": ["b.py"], "b.py": ["a.py"]}, complexity=[function("a.py", "f", 9)], hotspots=[spot("a.py")]
    )

    found = drift(value, value)

    assert found == Drift(*VERSIONS, figures=found.figures)
    assert all(before == after for before, after in found.figures.values())


def test_modules_and_imports_that_came_and_went_are_named() -> None:
    found = drift(architecture({"a.py": ["b.py"]}), architecture({"a.py": ["c.py"]}))

    assert (found.modules_added, found.modules_removed) == (("c.py",), ("b.py",))
    assert found.imports_added == (edge("a.py", "c.py"),)
    assert found.imports_removed == (edge("a.py", "b.py"),)
    assert found.figures["modules"] == (2, 2)


def test_a_renamed_module_keeps_its_imports_its_cycle_its_rules_and_its_figures() -> None:
    old = architecture(
        {"a.py": ["b.py"], "b.py": ["a.py"]},
        violations=[broken("forbidden", edge("a.py", "b.py"))],
        complexity=[function("a.py", "f", 9)],
        hotspots=[spot("a.py")],
    )
    new = architecture(
        {"till/a.py": ["b.py"], "b.py": ["till/a.py"]},
        violations=[broken("forbidden", edge("till/a.py", "b.py"))],
        complexity=[function("till/a.py", "f", 9, line=80)],
        hotspots=[spot("till/a.py")],
    )

    found = drift(old, new, a="till/a.py")

    assert found == Drift(*VERSIONS, figures=found.figures, renamed=(Moved("till/a.py", "a.py", "till/a.py"),))


def test_a_cycle_is_new_grown_or_gone_and_one_that_shrank_is_none_of_them() -> None:
    two = {"a.py": ["b.py"], "b.py": ["a.py"]}
    three = {"a.py": ["b.py"], "b.py": ["c.py"], "c.py": ["a.py"]}
    none = {"a.py": ["b.py", "c.py"]}

    assert [each.modules for each in drift(architecture(none), architecture(two)).cycles_added] == [("a.py", "b.py")]
    grown = drift(architecture(two), architecture(three))
    assert [(each.cycle.modules, each.joined) for each in grown.cycles_grown] == [(("a.py", "b.py", "c.py"), ("c.py",))]
    assert (grown.cycles_added, grown.cycles_removed) == ((), ())
    shrunk = drift(architecture(three), architecture(two))
    assert (shrunk.cycles_added, shrunk.cycles_grown, shrunk.cycles_removed) == ((), (), ())
    assert [each.modules for each in drift(architecture(three), architecture(none)).cycles_removed] == [
        ("a.py", "b.py", "c.py")
    ]


def test_a_broken_rule_is_the_same_when_its_lines_move() -> None:
    first = broken("forbidden", edge("a.py", "b.py", line=3))
    moved = broken("forbidden", edge("a.py", "b.py", line=90))
    other = broken("forbidden", edge("a.py", "c.py"))
    imports = {"a.py": ["b.py", "c.py"]}

    found = drift(architecture(imports, violations=[first]), architecture(imports, violations=[moved, other]))

    assert (found.violations_added, found.violations_removed) == ((other,), ())


def test_figures_are_told_by_how_much_they_changed() -> None:
    imports = {"a.py": ["b.py"]}
    old = [function("a.py", "f", 3), function("a.py", "g", 9), function("b.py", "h", 4)]
    new = [function("a.py", "f", 20, line=7), function("a.py", "g", 9), function("b.py", "i", 5, line=2)]
    hot, hotter = (
        [spot("a.py", score=0.30), spot("b.py", score=1.0)],
        [spot("a.py", score=0.33), spot("b.py", score=0.6)],
    )

    found = drift(
        architecture(imports, complexity=old, hotspots=hot), architecture(imports, complexity=new, hotspots=hotter)
    )

    assert found.complexity == (
        Changed("a.py", "f", 7, 3, 20),
        Changed("b.py", "i", 2, None, 5),
        Changed("b.py", "h", 0, 4, None),
    )
    assert found.hotspots == (Changed("b.py", "", 0, 1.0, 0.6),), "a share of another file's score says little"


def test_modules_that_moved_to_another_layer_are_told() -> None:
    imports = {"a.py": ["b.py"]}
    before = [Layer("top", ("a.py", "b.py"), proposed=False), Layer("bottom", (), proposed=False)]
    after = [Layer("top", ("a.py",), proposed=False), Layer("bottom", ("b.py",), proposed=False)]

    found = drift(architecture(imports, layers=before), architecture(imports, layers=after))

    assert found.relayered == (Moved("b.py", "top", "bottom"),)
    guessed = [Layer("one", ("a.py", "b.py"))], [Layer("two", ("a.py",)), Layer("three", ("b.py",))]
    unsure = drift(*(architecture(imports, layers=each) for each in guessed))
    assert (unsure.relayered, len(unsure.told)) == ((), 1)


def test_a_broken_limit_is_the_same_in_a_file_that_was_renamed_and_with_other_figures() -> None:
    def limit(path: str, ways: int, what: str = "f") -> Violation:
        return Violation("max_complexity", f"{path}: {what} has {ways} ways through it", (), (Place(path, 3),))

    old = architecture({"a.py": ["b.py"]}, violations=[limit("a.py", 20), limit("b.py", 20)])
    new = architecture({"c.py": ["b.py"]}, violations=[limit("c.py", 21), limit("b.py", 20, "g")])

    found = drift(old, new, a="c.py")

    assert found.violations_added == (limit("b.py", 20, "g"),)
    assert found.violations_removed == (limit("b.py", 20),)


def test_a_cycle_that_others_joined_is_held_against_the_one_it_has_most_of() -> None:
    old = architecture({"a.py": ["b.py"], "b.py": ["a.py"], "c.py": ["d.py"], "d.py": ["e.py"], "e.py": ["c.py"]})
    new = architecture(
        {"a.py": ["b.py", "c.py"], "b.py": ["a.py"], "c.py": ["d.py"], "d.py": ["e.py"], "e.py": ["c.py", "a.py"]}
    )

    found = drift(old, new)

    assert [each.joined for each in found.cycles_grown] == [("a.py", "b.py")]
    assert (found.cycles_added, found.cycles_removed) == ((), ())
