"""An architecture in every form: kept word for word, within its focus, and safe whatever its names say."""

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import get_args

import pytest
from jsonschema import Draft4Validator

from tests.cli.render.architectures import EMPTY, HARM, MAIN, NARRATIVE, REPORT, TILL, edge
from tests.guards.golden import compare
from vivek.cli.render.architecture import architecture_object, limit_lines, percent, way_of
from vivek.cli.render.architecture_markdown import architecture_page
from vivek.cli.render.architecture_sarif import architecture_log
from vivek.cli.render.architecture_text import report_lines, screen_lines
from vivek.cli.render.safe_text import one_line, width_of
from vivek.schema.architecture import Architecture, Extent, Focus
from vivek.schema.measures import Known, Place, Reach
from vivek.schema.past import FileHistory, History

GOLDEN = Path(__file__).parent / "golden"
SARIF = json.loads((Path(__file__).parents[2] / "data" / "sarif-2.1.0.json").read_text())
FOCUSES: tuple[Focus, ...] = get_args(Focus)
KEYS = set("languages modules imports cycles layers complexity hotspots history antipatterns tests limits".split())  # noqa: SIM905 - a list of quoted words is longer

Form = Callable[[Architecture], Iterable[str]]


def text(report: Architecture) -> list[str]:
    return [line for _, line in report_lines(report, "all", narrative=NARRATIVE)]


def pretty(value: object) -> list[str]:
    return json.dumps(value, indent=2, ensure_ascii=False).split("\n")


FORMS: dict[str, Form] = {
    "text": text,
    "markdown": lambda report: architecture_page(report, "all", "shop <b>", narrative=NARRATIVE),
    "sarif": lambda report: pretty(architecture_log(report, "1.2.3")),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_report_is_written_word_for_word_as_it_is_kept(form: str, request: pytest.FixtureRequest) -> None:
    said = "".join(f"{line}\n" for line in FORMS[form](REPORT))

    compare(GOLDEN / f"architecture_{form}.txt", said, update=request.config.getoption("--update-golden"))


@pytest.mark.parametrize("form", FORMS)
def test_no_form_lets_an_escape_code_or_a_line_of_others_through(form: str) -> None:
    lines = list(FORMS[form](REPORT))

    assert not any(re.search("[\x00-\x1f\x7f\u202e]", line) for line in lines)


def test_a_page_holds_no_markup_that_a_name_brings() -> None:
    page = "\n".join(FORMS["markdown"](REPORT))
    outside = re.sub(r"^(`{3,})mermaid\n.*?^\1$|(`+)(?!`).+?(?<!`)\2(?!`)", "", page, flags=re.M | re.S)

    assert "`" not in outside.replace("\\`", ""), "every piece of code ends where it should"
    assert not re.search(r"(?<!\\)(?:<(?!!-- -->)|\[|\]\()", outside)
    assert all(line.count("|") - line.count("\\|") == heads for line, heads in rows(page))


def rows(page: str) -> Iterable[tuple[str, int]]:
    """Yield every row of every table with the bars it must have."""
    bars = 0
    for line in page.split("\n"):
        bars = line.count("|") if line.startswith("|") and not bars else bars if line.startswith("|") else 0
        if bars:
            yield line, bars


def test_the_first_lines_fit_a_screen_of_24_lines_and_80_columns() -> None:
    long = replace(REPORT, antipatterns=REPORT.antipatterns * 9)

    lines = [line for _, line in screen_lines(long, "all")]

    assert len(lines) <= 23
    assert max(map(width_of, lines)) <= 80
    assert lines[0] == "the whole repository: 5 modules, 51 lines of code, 6 imports"
    assert any("mend first     18 debts: 9 high, 9 low" in line for line in lines)
    assert any(f"entry points   shop (pyproject.toml), {MAIN}" in line for line in lines)


@pytest.mark.parametrize("focus", FOCUSES)
def test_a_focus_leaves_out_the_rest_and_never_the_limits(focus: Focus) -> None:
    value = architecture_object(REPORT, focus)
    said = "\n".join(line for _, line in report_lines(REPORT, focus))

    assert value["focus"] == focus
    assert value["limits"]
    assert ("hotspots" in value) == ("Hotspots: " in said) == (focus in {"hotspots", "all"})
    assert (
        ("cycles" in value)
        == ("Cycles of imports" in said)
        == (focus in {"structure", "dependencies", "quality", "all"})
    )
    assert ("tests" in value) == ("Modules that no test reaches by imports" in said) == (focus in {"tests", "all"})
    assert ("known" in value) == ("SHOP_KEY" in said) == (focus in {"structure", "security", "all"})
    assert all(line in said for line in limit_lines(REPORT))


def test_the_whole_object_has_the_promised_keys() -> None:
    value = architecture_object(REPORT, "all", NARRATIVE)

    assert value.keys() >= KEYS
    assert value["narrative"]
    cycle = value["cycles"][0]  # type: ignore[index]  # a list of objects, as the schema says
    assert {"source", "target", "weight", "places"} == cycle["edges"][0].keys()
    assert cycle["modules"] == sorted(cycle["modules"])


@pytest.mark.parametrize("report", [REPORT, EMPTY])
def test_every_form_says_what_it_does_not_cover(report: Architecture) -> None:
    told = list(limit_lines(report))

    assert told
    for form, write in FORMS.items():
        plain = "\n".join(write(report)).replace("\\", "").replace("<!-- -->", "")
        assert all(line.replace("\\", "") in plain for line in told), form


def test_limits_name_files_languages_and_what_nobody_sees() -> None:
    assert list(limit_lines(REPORT)) == [
        "3 files were not read: 2 binary, 1 too large.",
        f"1 file was read in part: {one_line(HARM)} (a syntax error).",
        "Nobody here reads these languages: zig (3).",
        "Imports are followed in 98 % of the lines of code; not in lua.",
        "2 commits of the history are not counted: 2 merge.",
        "The clone is shallow.",
        "Imports by name are not seen.",
    ]


def test_sarif_holds_cycles_and_broken_rules_where_they_are_written() -> None:
    log = architecture_log(REPORT, "1.2.3")

    Draft4Validator(SARIF).validate(log)
    results = log["runs"][0]["results"]  # type: ignore[index]  # as the standard has it
    assert [each["ruleId"] for each in results] == ["architecture/core stands alone", "vivek/import-cycle"]
    assert results[0]["locations"][0]["physicalLocation"]["region"]["startLine"] == 3
    moved = replace(REPORT, violations=(replace(REPORT.violations[0], edges=(replace(REPORT.imports[0], places=()),)),))
    again = architecture_log(moved, "1.2.3")["runs"][0]["results"]  # type: ignore[index]  # as above
    assert again[0]["partialFingerprints"] == results[0]["partialFingerprints"], "lines may move"


def test_an_empty_repository_is_told_as_one() -> None:
    assert "There is no code here that is read." in text(EMPTY)
    assert architecture_log(EMPTY, "1.2.3")["runs"][0]["results"] == []  # type: ignore[index]  # as above


def test_a_way_round_a_cycle_goes_along_imports_and_comes_back() -> None:
    cycle = REPORT.cycles[0]

    way = way_of(cycle)

    ends = {(edge.source, edge.target) for edge in cycle.edges}
    assert way[0] == way[-1]
    assert all(pair in ends for pair in pairwise(way))


def test_what_a_table_leaves_out_of_a_cell_is_counted() -> None:
    edges = tuple(edge(TILL, f"shop/m{number}.py", number) for number in range(1, 10))
    many = replace(
        REPORT,
        cycles=(replace(REPORT.cycles[0], cut=edges),),
        violations=(replace(REPORT.violations[0], edges=edges),),
    )

    said = "\n".join(text(many))

    assert f"{TILL} -> shop/m3.py ({TILL}:3) and 6 more" in said, "imports to cut"
    assert f"{TILL} -> shop/m6.py ({TILL}:6) and 3 more" in said, "a way against the rules"


@pytest.mark.parametrize(
    ("share", "told"),
    [
        (0, "0 %"),
        (0.0049, "under 1 %"),
        (0.005, "under 1 %"),
        (0.006, "1 %"),
        (0.5, "50 %"),
        (0.995, "over 99 %"),
        (1, "100 %"),
    ],
)
def test_a_share_is_neither_nothing_nor_all_where_it_is_not(share: float, told: str) -> None:
    assert percent(share) == told


def test_what_is_wrong_is_coloured_on_the_screen() -> None:
    styles = {line.split()[0]: style for style, line in screen_lines(REPORT, "all")}

    assert [styles[name] for name in ("the", "cycles", "against", "hotspots", "1.", "2.", "limits")] == [
        *("bold", "yellow", "yellow", "", "red", "cyan", "dim")
    ]
    assert ("", "cycles         none") in screen_lines(replace(REPORT, cycles=()), "all")
    assert not [line for _, line in screen_lines(EMPTY, "all") if line.startswith("cycles")]


def test_where_no_test_was_found_no_module_is_named_for_it() -> None:
    sources = tuple(each for each in REPORT.modules if each.role == "source")
    without = replace(REPORT, modules=sources, tests=Reach(untested=(MAIN, TILL)))

    assert "tests          none found" in text(without)
    assert "Modules that no test reaches by imports" not in text(without)
    part = replace(without, extent=Extent("shop", paths=("shop",)))
    assert "tests          reach 0 of 2 source modules" in text(part), "tests may lie elsewhere"
    assert "Modules that no test reaches by imports" in text(part)


def test_parts_of_modules_that_can_be_run_do_not_hide_where_the_project_begins() -> None:
    def starts(*known: Known) -> str:
        return next(line for line in text(replace(REPORT, known=known)) if line.startswith("entry points"))

    runs = [Known("entry point", "__main__", Place(f"shop/m{number}.py", 1)) for number in range(5)]
    main = Known("entry point", "__main__", Place(MAIN, 9))
    assert starts(*runs, main) == f"entry points   {MAIN} and 5 more"
    assert starts(*runs) == "entry points   shop/m0.py, shop/m1.py, shop/m2.py, shop/m3.py and 1 more"


def test_functions_that_are_all_plain_have_no_most_involved_one() -> None:
    plain = replace(REPORT, complexity=REPORT.complexity[1:])

    assert [line for _, line in screen_lines(plain, "all") if line.startswith("complexity")] == [
        "complexity     1 function"
    ]


def test_a_time_that_no_calendar_has_is_unknown() -> None:
    past = History(commits=1, until=1e18, files=(FileHistory(TILL, 1, 1, 0, 0.0, 1e18, (), 1),))

    said = "\n".join(text(replace(REPORT, history=past)))

    assert "1 commit, 1970-01-01 to unknown" in said
