"""A review in every form: kept word for word, valid for those who read it, and safe whatever its texts say."""

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator

from tests.cli.render.reviews import CLEAN, EMPTY, GONE, HARM, NOTE, PAGE, PRICES, REPORT, WHOLE, WRONG
from tests.guards.golden import compare
from vivek.cli.render.review import Chosen, Limits, choose, grave, reading_lines, review_object, verdict_line
from vivek.cli.render.review_github import annotation_lines
from vivek.cli.render.review_markdown import review_page
from vivek.cli.render.review_sarif import review_log
from vivek.cli.render.review_text import review_lines, short_lines
from vivek.schema.findings import Fix, Receipt, ReviewReport, Severity

GOLDEN = Path(__file__).parent / "golden"
SCHEMA = json.loads((Path(__file__).parents[2] / "data" / "sarif-2.1.0.json").read_text())
EVERYTHING = Limits()
PEOPLE = Limits("medium", most=10, known=False)

Form = Callable[[ReviewReport, Chosen], Iterable[str]]


def pretty(value: object) -> list[str]:
    return json.dumps(value, indent=2, ensure_ascii=False).split("\n")


def text(report: ReviewReport, chosen: Chosen) -> list[str]:
    return [line for _, line in review_lines(report, chosen)]


def whole(report: ReviewReport, chosen: Chosen) -> list[str]:
    return [line for _, line in review_lines(report, chosen, whole=True)]


FORMS: dict[str, tuple[Form, Limits]] = {
    "text": (text, PEOPLE),
    "all": (whole, EVERYTHING),
    "short": (short_lines, PEOPLE),
    "markdown": (review_page, PEOPLE),
    "github": (annotation_lines, EVERYTHING),
    "json": (lambda report, chosen: pretty(review_object(report, chosen)), EVERYTHING),
    "sarif": (lambda report, chosen: pretty(review_log(report, chosen, "1.2.3")), EVERYTHING),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_review_is_written_word_for_word_as_it_is_kept(form: str, request: pytest.FixtureRequest) -> None:
    write, limits = FORMS[form]

    lines = write(REPORT, choose(REPORT, limits))

    kept = GOLDEN / f"review_{form}.txt"
    compare(kept, "".join(f"{line}\n" for line in lines), update=request.config.getoption("--update-golden"))


@pytest.mark.parametrize("form", FORMS)
def test_no_form_lets_an_escape_code_or_a_forged_line_through(form: str) -> None:
    write, _ = FORMS[form]

    lines = list(write(REPORT, choose(REPORT, EVERYTHING)))

    assert not any(re.search("[\x00-\x08\x0b-\x1f\x7f\u202e]", line) for line in lines)
    assert not any("\n" in line for line in lines)
    assert not any(line.startswith(("::stop-commands", "::add-mask")) for line in lines)


@pytest.mark.parametrize("form", ["text", "short", "markdown"])
def test_an_empty_change_is_called_so_and_never_clean(form: str) -> None:
    write, limits = FORMS[form]

    said = "\n".join(write(EMPTY, choose(EMPTY, limits)))

    assert "nothing to review" in said
    assert "No findings" not in said


def test_no_findings_is_said_of_code_that_was_read_and_by_whom() -> None:
    said = "\n".join(text(CLEAN, choose(CLEAN, PEOPLE)))

    assert "No findings.\n" in said
    assert "read: 3 changed lines by vivek 1.2.3; no model read them" in said


def test_a_model_that_read_the_code_is_not_denied() -> None:
    read = replace(CLEAN, receipts=(Receipt("b", PRICES, 3, 1, 10, ("vivek", "finder:boundaries")),))

    assert "no model" not in "\n".join(reading_lines(read))


def test_silence_about_what_nobody_read_is_no_praise() -> None:
    nobody = replace(CLEAN, status="incomplete", receipts=(Receipt("b", PRICES, 3, 1, 10, (), "too large"),))
    some = replace(nobody, receipts=(*CLEAN.receipts, *nobody.receipts))

    assert verdict_line(nobody, choose(nobody, PEOPLE)) == ("Nothing of it was read, so there is nothing to say of it.")
    aside = replace(some, status="done")
    assert {verdict_line(each, choose(each, PEOPLE)) for each in (some, aside)} == {"No findings in what was read."}
    assert "not read: 3 changed lines: too large (till/prices.py)" in list(reading_lines(nobody))


def test_files_that_were_not_read_are_counted_beyond_the_third() -> None:
    many = tuple(Receipt(str(at), f"f{at}.bin", 0, 0, 0, (), "binary") for at in range(5))

    assert list(reading_lines(replace(CLEAN, receipts=many))) == [
        "not read: binary (f0.bin, f1.bin, f2.bin and 2 more)"
    ]


def test_people_see_the_gravest_that_are_new_and_how_many_they_do_not_see() -> None:
    chosen = choose(REPORT, PEOPLE)

    assert chosen.findings == (WRONG, GONE)
    assert chosen.left_out == {"critical": 1, "low": 1, "info": 1}
    assert choose(REPORT, Limits(most=2)).findings == (HARM, WRONG)
    assert choose(REPORT, Limits(confidence="medium")).findings == (HARM, WRONG, WHOLE, NOTE)


@pytest.mark.parametrize(
    ("severity", "found"), [("critical", ()), ("high", (WRONG,)), ("medium", (WRONG, GONE)), ("info", None)]
)
def test_a_threshold_is_about_what_is_that_grave_and_not_known(
    severity: Severity, found: tuple[Any, ...] | None
) -> None:
    assert grave(REPORT, severity, None) == ((WRONG, GONE, WHOLE, NOTE) if found is None else found)


def test_a_threshold_passes_what_is_not_sure_enough() -> None:
    assert grave(REPORT, "medium", "medium") == (WRONG,)


@pytest.mark.parametrize("report", [REPORT, EMPTY, CLEAN, replace(REPORT, baseline="", fixed=())])
def test_sarif_is_valid_and_holds_no_null(report: ReviewReport) -> None:
    log = review_log(report, choose(report, EVERYTHING), "1.2.3")

    Draft4Validator(SCHEMA).validate(log)
    assert "null" not in json.dumps(log)


def test_sarif_tells_what_became_of_fixes_in_the_bags_that_it_has_for_the_rest() -> None:
    log = review_log(REPORT, choose(REPORT, EVERYTHING), "1.2.3")

    Draft4Validator(SCHEMA).validate(log)
    run = json.loads(json.dumps(log))["runs"][0]
    told = [(each["rule"], each["result"]) for each in run["properties"]["fixes"]]
    assert told == [("ruff/F401", "kept"), ("ruff/INP001", "dropped")]
    tried = [each["properties"]["fix"] for each in run["results"] if "fix" in each["properties"]]
    assert tried == [{"result": "dropped", "told": "parse: line 1"}]


def test_the_sarif_schema_refuses_what_is_no_sarif() -> None:
    log: Any = review_log(REPORT, choose(REPORT, EVERYTHING), "1.2.3")
    log["runs"][0]["results"][0]["fixes"] = None

    assert list(Draft4Validator(SCHEMA).iter_errors(log))


def results() -> list[Any]:
    log: Any = review_log(REPORT, choose(REPORT, EVERYTHING), "1.2.3")
    found: list[Any] = log["runs"][0]["results"]
    return found


def test_sarif_names_places_as_they_can_be_found() -> None:
    harm, wrong, gone, file = results()[:4]

    assert harm["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "till/a%20b%2Cc%3A%C3%A9.py"
    assert wrong["locations"][0]["physicalLocation"]["region"]["startLine"] == WRONG.line
    assert "region" not in gone["locations"][0]["physicalLocation"], "the line is in the old version alone"
    assert gone["properties"]["oldLine"] == GONE.line
    assert "region" not in file["locations"][0]["physicalLocation"]


def test_sarif_knows_what_is_new_known_gone_and_ignored() -> None:
    found = results()

    assert [each.get("baselineState") for each in found] == [
        "unchanged", "new", "new", "new", "new", "absent", None, None,
    ]  # fmt: skip
    assert [each["suppressions"][0]["kind"] for each in found[6:]] == ["inSource", "external"]
    assert found[1]["partialFingerprints"] == {"vivekFinding/v1": WRONG.fingerprint}


def carried_out(before: str, fix: Fix) -> str:
    """Carry a fix out as a reader of SARIF would: by lines and columns."""
    finding = replace(WRONG, fix=fix)
    report = replace(REPORT, findings=(finding,))
    log: Any = review_log(report, choose(report, EVERYTHING), "1.2.3")
    change = log["runs"][0]["results"][0]["fixes"][0]["artifactChanges"][0]["replacements"][0]
    region = change["deletedRegion"]
    lines = before.splitlines(keepends=True)
    starts = [sum(map(len, lines[:at])) for at in range(len(lines) + 1)]
    begin = starts[region["startLine"] - 1] + region["startColumn"] - 1
    end = starts[region["endLine"] - 1] + region["endColumn"] - 1
    inserted: str = change.get("insertedContent", {}).get("text", "")
    return before[:begin] + inserted + before[end:]


@pytest.mark.parametrize(
    ("before", "fix", "after"),
    [
        ("a\nb\nc\n", Fix(PRICES, 2, 2, "B\n", "b\n"), "a\nB\nc\n"),
        ("a\nb\nc\n", Fix(PRICES, 2, 3, "B\nC\nD\n", "b\nc\n"), "a\nB\nC\nD\n"),
        ("a\nb", Fix(PRICES, 2, 2, "B\n", "b"), "a\nB"),
        ("a\nb\nc\n", Fix(PRICES, 2, 2, "", "b\n"), "a\nc\n"),
        ("a\nb\nc\n", Fix(PRICES, 2, 1, "x\n"), "a\nx\nb\nc\n"),
        ("a\nb\nc\n", Fix(PRICES, 1, 2, "x\n"), "x\nc\n"),
        ("a\né𝄞\n", Fix(PRICES, 2, 2, "x\n", "é𝄞\n"), "a\nx\n"),
    ],
)
def test_a_fix_in_sarif_does_what_it_says(before: str, fix: Fix, after: str) -> None:
    assert carried_out(before, fix) == after


def test_annotations_read_back_are_what_was_meant() -> None:
    first = next(iter(annotation_lines(REPORT, choose(REPORT, EVERYTHING))))

    found = re.fullmatch(r"::error file=([^,:]*),line=3,endLine=3,title=([^,:]*)::([^\r\n]*)", first)
    assert found is not None

    def read(said: str) -> str:
        for code, sign in {"%3A": ":", "%2C": ",", "%0D": "\r", "%0A": "\n", "%25": "%"}.items():
            said = said.replace(code, sign)
        return said

    assert read(found[1]) == PAGE
    assert read(found[3]).startswith("100% wrong: see @team")


@pytest.mark.parametrize(("severity", "command"), [("critical", "error"), ("medium", "warning"), ("info", "notice")])
def test_an_annotation_is_as_loud_as_its_finding_is_grave(severity: Severity, command: str) -> None:
    report = replace(REPORT, findings=(replace(WRONG, severity=severity),))

    assert next(iter(annotation_lines(report, choose(report, EVERYTHING)))).startswith(f"::{command} ")


def test_a_page_holds_no_markup_that_a_finding_brings() -> None:
    page = "\n".join(review_page(REPORT, choose(REPORT, EVERYTHING)))
    prose = re.sub(r"(`{3,})\w*\n.*?\n\1", "", page, flags=re.S)
    prose = re.sub(r"(`+).+?\1", "", prose)

    assert not re.search(r"(?<!\\)<(?!!-- -->)", prose), "nothing opens a tag"
    assert not re.search(r"@\w|#\d|(?<!\\)\[", prose), "nothing notifies anybody and nothing is a link"
    assert "````\nx = 1  # ```" in page, "the fence is longer than what stands in it"
    assert "\n1\\. first \\| second" in page


def test_annotations_say_what_was_not_read_and_nothing_where_all_was() -> None:
    assert list(annotation_lines(REPORT, choose(REPORT, EVERYTHING)))[-1].startswith(
        "::warning title=Not all of the change was reviewed::read: 6 changed lines by"
    )
    assert list(annotation_lines(CLEAN, choose(CLEAN, EVERYTHING))) == []
