"""What breaks, a way of imports and a tour as lines: word for word, counted where they are cut, safe to show."""

import pytest

from tests.cli.render.architectures import HARM, edge
from vivek.cli.render.impact import impact_lines, tour_lines, way_lines
from vivek.cli.render.safe_text import one_line
from vivek.schema.impact import Dependant, Impact, ImportWay, Stop, Tour
from vivek.schema.measures import Place

NEAR = tuple(Dependant(f"a{number:02}.py", 1, "source", (number,)) for number in range(1, 22))
FAR = tuple(Dependant(f"b{number:02}.py", 2, "source", (1,), "a01.py") for number in range(1, 12))


def test_an_impact_names_who_uses_it_then_who_depends_on_those() -> None:
    tests = ("tests/test_a.py",)
    dependants = (
        Dependant("b.py", 2, "source", (4,), "a.py"),
        Dependant("a.py", 1, "source", (1, 2, 3, 4, 5)),
        Dependant(tests[0], 1, "test", (7,)),
    )

    lines = list(impact_lines(Impact("f", "function", Place("till.py", 3), dependants, tests, ("Two\nof them.",))))

    assert lines == [
        "f (function, till.py:3)",
        "  2 files use it, 1 more depend on those",
        "  1 test file among them: tests/test_a.py",
        "",
        "used in",
        "  a.py:1,2,3,4, …",
        "  tests/test_a.py:7 (test)",
        "",
        "2 steps away",
        "  b.py:4, by way of a.py",
        "note: Two of them.",
    ]


def test_an_impact_counts_what_it_leaves_out() -> None:
    lines = list(impact_lines(Impact("f", "function", Place("till.py"), (*NEAR, *FAR))))

    assert lines[:3] == [
        "f (function, till.py)",
        "  21 files use it, 11 more depend on those",
        "  0 test files among them",
    ]
    assert lines[5] == "  a01.py:1"
    assert lines[24:29] == ["  a20.py:20", "  and 1 more", "", "2 steps away", "  b01.py:1, by way of a01.py"]
    assert lines[-2:] == ["  b10.py:1, by way of a01.py", "  and 1 more"]


def test_what_nothing_uses_is_said_to_be_so() -> None:
    assert list(impact_lines(Impact("f", "function", Place("a.py", 1)))) == [
        "f (function, a.py:1)",
        "  nothing is known to use it",
    ]


@pytest.mark.parametrize(
    ("way", "lines"),
    [
        (
            ImportWay("a.py", "c.py", (edge("a.py", "b.py", 2), edge("b.py", "c.py", 3)), (edge("c.py", "a.py", 4),)),
            [
                "a.py needs c.py by 2 imports:",
                "  a.py -> b.py (a.py:2)",
                "  b.py -> c.py (b.py:3)",
                "c.py needs a.py by 1 import, which closes a cycle:",
                "  c.py -> a.py (c.py:4)",
            ],
        ),
        (ImportWay("a.py", "b.py"), ["a.py does not import b.py, neither itself nor by way of others"]),
        (
            ImportWay("a.py", "b.py", back=(edge("b.py", "a.py", 1),)),
            [
                "a.py does not import b.py, neither itself nor by way of others",
                "b.py needs a.py by 1 import:",
                "  b.py -> a.py (b.py:1)",
            ],
        ),
    ],
)
def test_a_way_is_told_there_and_back(way: ImportWay, lines: list[str]) -> None:
    assert list(way_lines(way)) == lines


def test_a_tour_says_why_each_file_is_read_now() -> None:
    tour = Tour((Stop("a.py", "it starts here", 1, ("f", "G")), Stop("b.py", "most need it", 20)), 30, ("Half.",))

    assert list(tour_lines(tour)) == [
        "2 of 30 modules, in the order to read them:",
        "  1. a.py (1 line): f, G",
        "     it starts here",
        "  2. b.py (20 lines)",
        "     most need it",
        "note: Half.",
    ]
    assert list(tour_lines(Tour((), 0))) == ["There is no code here that is read."]


def test_names_of_others_stay_on_their_line() -> None:
    way = ImportWay(HARM, HARM, (edge(HARM, HARM),))
    stop = Tour((Stop(HARM, HARM, 1, (HARM,)),), 1)
    impact = Impact(HARM, HARM, Place(HARM, 1), (Dependant(HARM, 1, HARM, (1,), HARM),), (HARM,))

    for lines in (impact_lines(impact), way_lines(way), tour_lines(stop)):
        assert not [line for line in lines if "\x1b" in line or "\n" in line]
    assert one_line(HARM) != HARM
