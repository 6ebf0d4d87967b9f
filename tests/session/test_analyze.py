"""How a project is built: facts of the index are those of its texts; history, rules, and what hangs on what."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.analysis.repositories import GO, JAVA, PYTHON, RUST, TYPESCRIPT, C, Planted
from tests.project.story import HOUR, START, Story
from vivek.analysis.structure.architecture import describe
from vivek.errors import ConfigError
from vivek.project.contract import FILE
from vivek.project.repository import facts_of_texts
from vivek.schema.architecture import Architecture, Limits
from vivek.schema.measures import Place as Spot
from vivek.session.doors.analyze import analyze, collect
from vivek.session.doors.analyze_impact import impact, tour, why
from vivek.session.place import Place, open_place

PRICES, TABLE, ROUNDING = "till/core/prices.py", "till/storage/table.py", "till/core/rounding.py"
SCREEN, MAIN, LEDGER = "till/ui/screen.py", "till/main.py", "till/core/unused_ledger.py"
TEST = "tests/test_prices.py"
YEAR = 365 * 24


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the shop with a history: rounding and table change together for a year, beside an old TODO."""
    story = Story(tmp_path_factory.mktemp("shop") / "till")
    texts = dict(PYTHON.texts)
    texts[LEDGER] += "\n\n# TODO: sell it\n"
    story.commit(texts)
    for number in range(6):
        more = f"\n\nN = {number}\n"
        when = START + (YEAR + number * 24) * HOUR
        story.commit({ROUNDING: texts[ROUNDING] + more, TABLE: texts[TABLE] + more}, time=when)
    return story.write(check_out=True)


@pytest.fixture(scope="module")
def report(shop: Path) -> Architecture:
    return analyze(open_place(shop))


def write(root: Path, planted: Planted) -> Place:
    for path, text in planted.texts.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, "utf-8")
    return Place(root, root / ".vivek", restricted=False)


@pytest.mark.parametrize("planted", [PYTHON, TYPESCRIPT, GO, RUST, JAVA, C], ids=["py", "ts", "go", "rs", "java", "c"])
def test_facts_by_way_of_the_index_are_those_of_the_texts(planted: Planted, tmp_path: Path) -> None:
    place = write(tmp_path, planted)
    first, again = collect(place), collect(place)
    plain = facts_of_texts(planted.texts)
    assert first == again
    assert replace(first, tooling=(), history=plain.history, limits=Limits()) == replace(plain, limits=Limits())


def test_what_git_tells_is_part_of_it(report: Architecture) -> None:
    assert (report.history.commits, report.history.told) == (7, ())
    (pair,) = report.history.couplings
    assert (pair.one, pair.other, pair.together, pair.hidden) == (ROUNDING, TABLE, 7, True)
    assert [one.told for one in report.antipatterns if one.kind == "old-todo"] == [
        "TODO stands there for 369 days: sell it"
    ]
    assert [(spot.path, spot.changes) for spot in report.hotspots if not spot.name] == [(PRICES, 1), (MAIN, 1)]
    assert [tool.kind for tool in report.tooling]
    assert report.limits.blind[0].startswith(
        "Imports by names that are made while running are not followed (1, such as"
    )


def test_a_change_is_seen_the_next_time(shop: Path, tmp_path: Path) -> None:
    place = write(tmp_path, PYTHON)
    before = analyze(place)
    (tmp_path / LEDGER).write_text("from till.ui import screen\n\n\ndef book(n):\n    return screen.show(n)\n")
    (tmp_path / TABLE).write_text(
        "from till.core import unused_ledger\n\n\ndef rows():\n    return unused_ledger.book(1)\n"
    )
    after = analyze(place)
    assert [cycle.modules for cycle in before.cycles] == [PYTHON.cycle]
    assert [cycle.modules for cycle in after.cycles] == [tuple(sorted({PRICES, ROUNDING, LEDGER, SCREEN, TABLE}))]
    assert (before.history.told, before.hotspots) == (after.history.told, ())
    assert "no git repository" in before.history.told[0]


def test_rules_are_held_against_it_and_a_mistake_in_them_is_refused(tmp_path: Path) -> None:
    place = write(tmp_path, PYTHON)
    (tmp_path / ".vivek").mkdir()
    rules = (
        '[[layers]]\nname = "storage"\nmodules = ["till/storage"]\n[[layers]]\nname = "core"\nmodules = ["till/core"]\n'
    )
    (tmp_path / FILE).write_text(f"{rules}[limits]\nno_cycles = true\n")
    found = analyze(place)
    assert [(one.rule, [edge.source for edge in one.edges]) for one in found.violations] == [
        ("layers", [PRICES]),
        ("no_cycles", [PRICES, ROUNDING]),
    ]
    assert [layer.proposed for layer in found.layers] == [False, False]
    (tmp_path / FILE).write_text("[limits]\nno_cycle = true\n")
    with pytest.raises(ConfigError, match=r"architecture\.toml, line 2: nobody knows `limits\.no_cycle`"):
        analyze(place)


def test_an_empty_project_and_one_that_nobody_can_parse_are_described(tmp_path: Path) -> None:
    place = Place(tmp_path, tmp_path / ".vivek", restricted=False)
    assert analyze(place).modules == ()
    (tmp_path / "broken.py").write_text("import deep\n\ndef (:\n")
    (tmp_path / "deep.py").write_text("x = " + "(" * 150 + "\n")
    (tmp_path / "binary.py").write_bytes(b"\0" * 100)
    (tmp_path / "latin.py").write_bytes(b"import deep\nname = '\xe9'\n")
    (tmp_path / "round").symlink_to(tmp_path)
    found = analyze(place)
    assert [path for path, _ in found.limits.faults] == ["broken.py", "deep.py"]
    assert found.limits.skipped == {"binary": 1}
    assert {(edge.source, edge.target) for edge in found.imports} == {("broken.py", "deep.py"), ("latin.py", "deep.py")}
    assert found.dead == ("latin.py",)


@pytest.mark.parametrize("with_git", [True, False])
def test_files_whose_names_are_no_text_are_counted(tmp_path: Path, with_git: bool) -> None:
    root = tmp_path / "root"
    texts = {"a.py": "X = 1\n", "two\nlines.py": "X = 1\n", os.fsdecode(b"caf\xe9.py"): "X = 1\n"}
    if with_git:
        story = Story(root)
        story.commit(texts)
        story.write(check_out=True)
    else:
        root.mkdir()
        for path, text in texts.items():
            (root / path).write_text(text)

    place = Place(root, root / ".vivek", restricted=False)

    assert analyze(place).limits.skipped == {"unusable name": 2}
    (root / os.fsdecode(b"caf\xe9.py")).unlink()
    assert analyze(place).limits.skipped == {"unusable name": 1}
    (root / ".vivekignore").write_text("two*\n")
    assert analyze(place).limits.skipped == {}


def test_where_nothing_may_be_listed_nothing_is_described(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="is no project"):
        analyze(Place(tmp_path, tmp_path / "data", restricted=True))


def test_two_runs_give_the_same(shop: Path, report: Architecture) -> None:
    assert analyze(open_place(shop)) == report
    assert describe(collect(open_place(shop))) == report


class TestImpact:
    """Who feels a change."""

    @pytest.fixture
    def place(self, shop: Path) -> Iterator[Place]:
        yield open_place(shop)

    def test_of_a_function_are_those_that_use_it_and_those_that_need_these(self, place: Place) -> None:
        found = impact(place, "rows")
        steps = {one.path: (one.steps, one.lines, one.through) for one in found.dependants}
        assert (found.subject, found.kind, found.place) == ("rows", "function", Spot(TABLE, 1))
        assert steps == {
            PRICES: (1, (2, 6), ""),
            "till/storage/__init__.py": (1, (1,), ""),
            ROUNDING: (2, (2,), PRICES),
            SCREEN: (2, (1,), PRICES),
            TEST: (2, (1,), PRICES),
            MAIN: (3, (3,), SCREEN),
        }
        assert found.tests == (TEST,)

    def test_of_a_file_are_those_that_import_it(self, place: Place) -> None:
        found = impact(place, "ui/screen.py")
        assert [(one.path, one.steps) for one in found.dependants] == [(MAIN, 1)]

    @pytest.mark.parametrize("name", ["till.storage.table.rows", "storage.table.rows", f"{TABLE}::rows"])
    def test_a_name_may_be_written_with_its_module(self, place: Place, name: str) -> None:
        assert impact(place, name) == impact(place, "rows")

    def test_what_nobody_knows_is_refused_with_what_is_near(self, place: Place) -> None:
        with pytest.raises(ConfigError) as caught:
            impact(place, "forgotten")
        assert "forgotten_price" in (caught.value.hint or "")

    def test_a_way_is_the_shortest_one_and_the_way_back_is_told(self, place: Place) -> None:
        found = why(place, "till.main", TABLE)
        assert [edge.source for edge in found.edges] == [MAIN, SCREEN, PRICES]
        assert found.edges[0].places == (Spot(MAIN, 3),)
        assert found.back == ()
        assert [edge.target for edge in why(place, PRICES, ROUNDING).back] == [PRICES]

    @pytest.mark.parametrize("name", ["nobody", "__init__.py"])
    def test_a_module_that_is_none_or_several_is_refused(self, place: Place, name: str) -> None:
        with pytest.raises(ConfigError, match="called"):
            why(place, name, TABLE)

    def test_a_name_is_looked_for_in_the_module_that_is_named(self, place: Place) -> None:
        with pytest.raises(ConfigError, match="Nothing is called"):
            impact(place, "till.ui.screen.rows")

    def test_a_tour_begins_where_the_program_does_and_goes_down(self, place: Place) -> None:
        found = tour(place)
        paths = [stop.path for stop in found.stops]
        assert paths.index(SCREEN) < paths.index(PRICES) < paths.index(TABLE)
        assert TEST not in paths
        assert "rows" in found.stops[paths.index(TABLE)].names
