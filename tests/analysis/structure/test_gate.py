"""The check of the architecture: what is new or worse fails, what was known does not, wherever it has moved."""

import pytest

from tests.analysis.shapes import architecture, broken, edge, spot
from vivek.analysis.structure.gate import baseline_of, judge
from vivek.schema.architecture import Architecture, Violation
from vivek.schema.gate import GateBaseline, GateLimits, GateReport
from vivek.schema.measures import Place
from vivek.schema.past import History

TWO = {"a.py": ["b.py"], "b.py": ["a.py"]}
THREE = {"a.py": ["b.py"], "b.py": ["c.py"], "c.py": ["a.py"]}
NONE = {"a.py": ["b.py"]}


def kept(value: Architecture) -> GateBaseline:
    return baseline_of(value, GateLimits())


def against(old: Architecture, new: Architecture, **names: str) -> GateReport:
    return judge(new, kept(old), {f"{name}.py": value for name, value in names.items()}, name="kept.json")


def said(report: GateReport) -> list[tuple[str, str, str]]:
    every = (*report.findings, *report.known, *report.fixed)
    return [(each.standing, each.kind, each.subject) for each in every]


def test_without_a_baseline_cycles_and_broken_rules_fail_and_hotspots_are_not_judged() -> None:
    rule = broken("forbidden", edge("a.py", "b.py", line=4))

    report = judge(architecture(TWO, violations=[rule], hotspots=[spot("a.py")]), None, {})

    assert said(report) == [("new", "cycle", "a.py, b.py"), ("new", "violation", "forbidden: a.py -> b.py")]
    assert report.findings[1].places == (Place("a.py", 4),)
    assert "a.py -> b.py" in report.findings[0].told, "the cheapest import to cut is named"
    assert (report.passed, report.judged) == (False, ("cycles", "rules"))
    assert "not judged" in report.told[0]


def test_what_was_there_is_known_though_its_lines_moved() -> None:
    old = architecture(
        TWO, violations=[broken("forbidden", edge("a.py", "b.py", line=4))], hotspots=[spot("a.py", "f")]
    )
    new = architecture(
        TWO, line=80, violations=[broken("forbidden", edge("a.py", "b.py", line=90))], hotspots=[spot("a.py", "f")]
    )

    report = against(old, new)

    assert report.passed
    assert {each.standing for each in report.known} == {"known"}
    assert len(report.known) == 3


def test_a_cycle_that_grew_is_worse_and_names_what_joined_and_where() -> None:
    report = against(architecture(TWO), architecture(THREE, line=7))

    (found,) = report.findings
    assert (found.standing, found.subject) == ("worse", "a.py, b.py, c.py")
    assert found.told.startswith("A cycle grew by c.py: ")
    assert set(found.places) == {Place("b.py", 7), Place("c.py", 7)}


def test_what_is_gone_is_fixed_and_fails_nothing() -> None:
    old = architecture(TWO, violations=[broken("forbidden", edge("a.py", "b.py"))], hotspots=[spot("a.py")])

    report = against(old, architecture(NONE))

    assert report.passed
    assert said(report) == [
        ("fixed", "cycle", "a.py, b.py"),
        ("fixed", "violation", "forbidden: a.py -> b.py"),
        ("fixed", "hotspot", "a.py"),
    ]


def test_a_cycle_that_shrank_is_known() -> None:
    assert said(against(architecture(THREE), architecture(TWO))) == [("known", "cycle", "a.py, b.py")]


@pytest.mark.parametrize(
    ("place", "names"),
    [
        ("core/a.py", {"a": "core/a.py"}),  # git tells it
        ("core/a.py", {}),  # nobody tells it, but there is one file of that name
        ("other.py", {}),  # one for one in its cycle
    ],
)
def test_a_renamed_file_is_nothing_new(place: str, names: dict[str, str]) -> None:
    new = architecture({place: ["b.py"], "b.py": [place]}, hotspots=[spot(place)])

    report = against(architecture(TWO, hotspots=[spot("a.py")]), new, **names)

    assert {each.standing for each in report.known} == {"known"}
    assert (report.findings, report.fixed) == ((), ())


def test_a_file_that_went_to_another_folder_is_known_without_git_when_its_name_is_the_only_one() -> None:
    old = architecture(NONE, hotspots=[spot("a.py")])
    moved = architecture({"core/a.py": ["b.py"]}, hotspots=[spot("core/a.py")])
    twice = architecture({"core/a.py": ["b.py"], "more/a.py": ["b.py"]}, hotspots=[spot("core/a.py")])

    assert said(against(old, moved)) == [("known", "hotspot", "core/a.py")]
    assert [each[0] for each in said(against(old, twice))] == ["new", "fixed"], "nobody knows which one it is"


def test_a_name_that_is_there_again_is_not_taken_for_the_one_it_was_given_up_for() -> None:
    old = architecture(TWO)

    report = against(old, architecture({**TWO, "core/a.py": ["b.py"]}), a="core/a.py")

    assert said(report) == [("known", "cycle", "a.py, b.py")]


def test_a_hotspot_is_worse_by_what_was_added_to_it_not_by_changes() -> None:
    old = architecture(NONE, hotspots=[spot("a.py", complexity=20, score=0.5), spot("b.py", complexity=100, score=0.4)])
    busier = architecture(
        NONE, hotspots=[spot("a.py", complexity=20, score=0.9), spot("b.py", complexity=104, score=0.4)]
    )
    worse = architecture(
        NONE, hotspots=[spot("a.py", complexity=25, score=0.6), spot("b.py", complexity=100, score=0.4)]
    )

    assert against(old, busier).passed, "one that is touched often, or grew by less than a tenth, is known"
    (found,) = against(old, worse).findings
    assert (found.kind, found.standing, found.subject) == ("hotspot", "worse", "a.py")
    assert "complexity 20 to 25" in found.told
    assert "score 0.50 to 0.60" in found.told


def test_a_hotspot_is_new_when_it_comes_from_outside_and_not_because_others_were_mended() -> None:
    many = [spot(f"m{number:02}.py", score=1 - number / 100) for number in range(30)]
    old = architecture(NONE, hotspots=many)

    assert against(old, architecture(NONE, hotspots=many[8:])).passed
    report = against(old, architecture(NONE, hotspots=[spot("fresh.py"), *many]))
    assert [(each.standing, each.subject) for each in report.findings] == [("new", "fresh.py")]


@pytest.mark.parametrize("history", [History(), History(commits=1, left_out={"shallow": 1})])
def test_without_the_whole_history_hotspots_are_not_judged_and_a_baseline_keeps_the_old_ones(history: History) -> None:
    old = architecture(NONE, hotspots=[spot("a.py")])
    shallow = architecture(NONE, hotspots=[spot("b.py", complexity=99)], history=history)

    report = against(old, shallow)

    assert (report.passed, report.fixed, report.judged) == (True, (), ("cycles", "rules"))
    assert "git tells no history here, or only the end of it" in report.told[0]
    assert baseline_of(shallow, GateLimits(), kept(old)).hotspots == kept(old).hotspots


def test_a_limit_that_is_broken_is_the_same_with_another_figure() -> None:
    def limit(path: str, ways: int, line: int) -> Violation:
        return Violation(
            "max_complexity", f"f has {ways} ways through it; at most 10 are allowed", (), (Place(path, line),)
        )

    old = architecture(NONE, violations=[limit("a.py", 12, 3)])

    assert against(old, architecture(NONE, violations=[limit("a.py", 14, 30)])).passed
    report = against(old, architecture(NONE, violations=[limit("a.py", 12, 3), limit("b.py", 12, 5)]))
    assert [each.places for each in report.findings] == [(Place("b.py", 5),)]


def test_the_rule_against_cycles_repeats_no_cycle() -> None:
    rule = Violation("no_cycles", "2 modules import each other", (edge("a.py", "b.py"), edge("b.py", "a.py")))

    assert [each.kind for each in judge(architecture(TWO, violations=[rule]), None, {}).findings] == ["cycle"]
