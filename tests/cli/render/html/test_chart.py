"""Hotspots as a picture: where each file stands, how hot it is, and whose name has room."""

import re

from vivek.cli.render.html.chart import scatter
from vivek.schema.measures import Hotspot

FILES = (
    Hotspot("a/hottest.py", "", 0, 1.0, 100, 400),
    Hotspot("a/near.py", "", 0, 0.5, 96, 392),  # its name would lie on the one before
    Hotspot("a/warm<.py", "", 0, 0.2, 25, 100),
    Hotspot("a/cool.py", "", 0, 0.1, 1, 100),
    Hotspot("a/plain.py", "", 0, 0.0, 0, 0),
    Hotspot("a/sixth.py", "", 0, 0.0, 100, 0),
)


def circles(lines: list[str]) -> list[tuple[str, ...]]:
    found = (re.match(r'<circle class="(\w+)" cx="([\d.]+)" cy="([\d.]+)" r="([\d.]+)">', line) for line in lines)
    return [match.groups() for match in found if match]


def test_files_stand_by_the_roots_of_their_figures_the_hottest_drawn_last() -> None:
    assert circles(list(scatter(FILES))) == [
        ("cool", "676.0", "256.0", "4.0"),
        ("cool", "44.0", "256.0", "4.0"),
        ("cool", "107.2", "150.0", "4.8"),
        ("warm", "360.0", "150.0", "5.6"),
        ("hot", "663.2", "46.1", "8.0"),
        ("hot", "676.0", "44.0", "12.0"),
    ]


def test_the_hottest_are_named_where_there_is_room_and_the_axes_say_how_far_they_go() -> None:
    lines = list(scatter(FILES))

    assert [line for line in lines if line.startswith("<text") or "axis" in line] == [
        '<path class="axis" d="M44 16V256H698"/>',
        '<text x="698" y="286" text-anchor="end">changes, up to 100</text>',
        '<text x="36" y="260" text-anchor="end">0</text>',
        '<text x="52" y="20">complexity, up to 400</text>',
        '<text x="676.0" y="29.0" text-anchor="end">hottest.py</text>',
        '<text x="360.0" y="141.4" text-anchor="middle">warm&lt;.py</text>',
        '<text x="107.2" y="142.2" text-anchor="middle">cool.py</text>',
        '<text x="44.0" y="249.0" text-anchor="middle">plain.py</text>',
    ]
    assert "<title>a/warm&lt;.py: 25 changes, complexity 100</title></circle>" in lines
    assert (lines[0][:18], lines[-1]) == ('<svg class="chart"', "</svg>")


def test_two_files_are_no_picture_and_of_many_the_hottest_are_drawn() -> None:
    assert list(scatter(FILES[:2])) == []
    assert len(circles(list(scatter(FILES[2:3] * 999)))) == 200
