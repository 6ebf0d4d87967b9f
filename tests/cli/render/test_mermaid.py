"""Diagrams: few boxes, names that say nothing to Mermaid, and a checker that sees what Mermaid would not draw."""

import random
from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.cli.render.architectures import EMPTY, HARM, MAIN, PRICES, REPORT, TILL, edge, module
from vivek.cli.render.diagrams import grouped, layer_diagram, module_diagram, package_diagram
from vivek.cli.render.mermaid import Diagram, Link, Node, checked, faults, flowchart, quoted
from vivek.schema.architecture import Architecture, Cycle

GOOD = flowchart(Diagram((Node("a", "a"), Node("b", "b", marked=True)), (Link("a", "b", "2", "cycle"), Link("b", "a"))))


def test_a_flowchart_is_what_mermaid_reads() -> None:
    assert GOOD == [
        "flowchart TD",
        '    n0["a"]',
        '    n1["b"]',
        '    n0 -->|"2"| n1',
        "    n1 --> n0",
        "    style n1 stroke:#d33",
        "    linkStyle 0 stroke:#d33,stroke-width:2px",
    ]
    assert faults(GOOD) == []


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ('    n0["again"]', "n0 is there twice"),
        ("    n0 --> n9", "n9 is no node"),
        ("    style n9 stroke:#d33", "n9 is no node"),
        ("    linkStyle 2 stroke:#d33", "it styles an arrow that is not there"),
        ('    n2["a"b"]', "it cannot be read"),
        ("    n2[a]", "it cannot be read"),
        ('    n2[""]', "it cannot be read"),
        ('    click n0 "https://example.org"', "it cannot be read"),
        ("    %%{init: {}}%%", "it cannot be read"),
        ("    end", "it cannot be read"),
    ],
)
def test_the_checker_sees_what_would_not_be_drawn(line: str, why: str) -> None:
    assert faults([*GOOD, line]) == [f"line {len(GOOD) + 1}: {why}"]


def test_the_checker_wants_a_head_and_a_picture_that_mermaid_takes() -> None:
    assert faults([]) == ["line 1: it does not begin with its kind"]
    assert faults(["graph TD"]) == ["line 1: it does not begin with its kind"]
    many = Diagram((Node("a", "a"), Node("b", "b")), (Link("a", "b"),) * 501)
    assert faults(flowchart(many)) == ["line 504: it has too many arrows"]
    with pytest.raises(ValueError, match="too many arrows"):
        checked(many)


def test_a_picture_may_be_as_long_as_mermaid_takes_and_no_longer() -> None:
    def of(size: int) -> list[str]:
        head, node = "flowchart TD", '    n0["{}"]'
        return [head, node.format("x" * (size - len(head) - len(node.format("")) - 2))]

    assert faults(of(50_000)) == []
    assert faults(of(50_001)) == ["line 1: it is too long"]


def test_any_name_becomes_a_label_that_says_nothing() -> None:
    """Whatever characters a name holds, the label reads as one."""
    dice = random.Random(7)
    letters = [
        *map(chr, range(0x180)),
        "\u202e",
        "\u2028",
        "\ud800",
        "語",
        "\U0001f600",
        '"',
        "#",
        "`",
        "]",
        "-->",
        "%%{",
        "end",
    ]

    for _ in range(2_000):
        name = "".join(dice.choices(letters, k=dice.randrange(1, 12)))
        assert faults(["flowchart TD", f"    n0[{quoted(name)}]"]) == [], name
    assert quoted('a"b#c') == '"a#34;b#35;c"'


@pytest.mark.parametrize("draw", [module_diagram, package_diagram, layer_diagram])
@pytest.mark.parametrize("report", [REPORT, EMPTY])
def test_the_pictures_of_a_report_can_be_drawn(draw: Callable[[Architecture], Diagram], report: Architecture) -> None:
    checked(draw(report))


def test_modules_in_a_cycle_are_marked_and_tests_left_out() -> None:
    drawn = module_diagram(REPORT)

    assert {node.name for node in drawn.nodes if node.marked} == {PRICES, TILL, HARM}
    assert {link.kind for link in drawn.links if link.source == MAIN} == {"plain"}
    assert drawn.told == ("Left out: 1 module of tests and the like.",)


def test_modules_without_any_import_are_drawn_all_the_same() -> None:
    drawn = module_diagram(replace(REPORT, imports=()))

    assert [node.label for node in drawn.nodes] == sorted([MAIN, PRICES, TILL, HARM])
    assert drawn.links == ()


def test_a_package_without_an_import_is_drawn_all_the_same() -> None:
    one = replace(REPORT, packages=(), modules=(module("shop/a.py", 0, 0), module("tests/test_a.py", 0, 0, "test")))

    drawn = package_diagram(one)

    assert [node.label for node in drawn.nodes] == ["shop"]
    assert drawn.told == ("Left out: 1 package of tests and the like.",)


def test_imports_that_go_up_are_drawn_apart() -> None:
    up = [link for link in layer_diagram(REPORT).links if link.kind == "against"]

    assert [(link.source, link.target, link.label) for link in up] == [("2", "1", "1")]


def test_many_modules_become_their_folders_and_arrows_add_up() -> None:
    paths = [f"app/{part}/m{number}.py" for part in ("api", "core", "web") for number in range(40)]
    imports = [edge(f"app/web/m{number}.py", f"app/core/m{number % 3}.py") for number in range(40)]
    report = replace(EMPTY, modules=tuple(module(path, 1, 1) for path in paths), imports=tuple(imports))

    drawn = module_diagram(report)

    assert [node.label for node in drawn.nodes] == ["app/core/* (40)", "app/web/* (40)"]
    assert [(link.source, link.target, link.label) for link in drawn.links] == [
        ("app/web/* (40)", "app/core/* (40)", "40")
    ]
    assert drawn.told == (
        "120 of them are drawn as 3 boxes; a number says how many a box holds.",
        "Left out: 1 box without an arrow.",
    )


def test_the_largest_folder_is_opened_first() -> None:
    paths = [f"large/m{number:02}.py" for number in range(20)] + [f"small/m{number}.py" for number in range(3)]

    assert set(grouped(paths, 22).values()) == {*paths[:20], "small/* (3)"}


@pytest.mark.parametrize("seed", range(5))
def test_boxes_are_few_complete_and_the_same_in_any_order(seed: int) -> None:
    dice = random.Random(seed)
    paths = list(
        {"/".join(dice.choices("abcdef", k=dice.randrange(1, 6))) + f"/{dice.randrange(99)}.py" for _ in range(400)}
    )

    boxes = grouped(paths, 30)

    assert boxes.keys() == set(paths)
    assert 20 <= len(set(boxes.values())) <= 30
    dice.shuffle(paths)
    assert grouped(paths, 30) == boxes


def test_of_too_many_arrows_those_of_cycles_are_drawn_first() -> None:
    names = [f"m{number:02}.py" for number in range(12)]
    loop = (edge("z1.py", "z2.py"), edge("z2.py", "z1.py"))
    report = replace(
        EMPTY,
        modules=tuple(module(name, 0, 0) for name in (*names, "z1.py", "z2.py")),
        imports=(*(edge(one, other) for one in names for other in names if one < other), *loop),
        cycles=(Cycle(("z1.py", "z2.py"), loop, loop[:1]),),
    )

    drawn = module_diagram(report)

    assert {(link.source, link.target) for link in drawn.links if link.kind == "cycle"} == {
        ("z1.py", "z2.py"),
        ("z2.py", "z1.py"),
    }
    assert "Of 68 arrows the 60 that stand for most imports are drawn." in drawn.told
