"""`vivek review` from the command line: scopes, forms, thresholds, baselines, and what it says when it cannot."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator

from tests.cli.conftest import Vivek

PRICES = "till/prices.py"
SARIF = json.loads((Path(__file__).parents[2] / "data" / "sarif-2.1.0.json").read_text())
EVAL = "\n\ndef load(text: str) -> object:\n    return eval(text)\n"
UNUSED = "\n\nimport os\n"


@pytest.fixture
def vivek(vivek: Vivek) -> Vivek:
    """Review without looking for a model."""
    return lambda *words: vivek(*words, *(["--no-model"] if words[0] == "review" else []))


@pytest.fixture
def changed(workspace: Path) -> Path:
    with (workspace / PRICES).open("a") as file:
        file.write(EVAL)
    return workspace


def rules(out: str) -> list[str]:
    return [each["rule"] for each in json.loads(out)["findings"]]


def test_a_change_is_reviewed_with_its_place_its_code_and_who_read_it(changed: Path, vivek: Vivek) -> None:
    code, out, err = vivek("review")

    assert (code, err) == (0, "")
    assert f"{PRICES}:10: high: " in out
    assert "    10 |     return eval(text)" in out
    assert "1 finding: 1 high." in out
    assert "; no model read them" in out


def test_an_empty_change_says_so_and_is_no_failure(workspace: Path, vivek: Vivek) -> None:
    code, out, _ = vivek("review", "--fail-on", "info", "--staged")

    assert code == 0
    assert "nothing to review" in out


@pytest.mark.parametrize(("severity", "code"), [("critical", 0), ("high", 3), ("info", 3)])
def test_a_threshold_makes_the_exit_code(changed: Path, vivek: Vivek, severity: str, code: int) -> None:
    found, _, err = vivek("review", "--fail-on", severity)

    assert found == code
    assert err == (f"1 finding of severity {severity} or above\n" if code else "")


def test_what_is_not_sure_enough_is_neither_shown_nor_a_failure(changed: Path, vivek: Vivek) -> None:
    code, out, _ = vivek("review", "--fail-on", "high", "--min-confidence", "high", "--format", "json")

    assert (code, rules(out)) == (0, [])
    assert json.loads(out)["left_out"] == {"high": 1}


def test_what_could_not_be_read_makes_the_review_incomplete(changed: Path, vivek: Vivek) -> None:
    (changed / "big.py").write_text("x = 1\n" * 200_000)

    code, out, _ = vivek("review")
    graver, _, _ = vivek("review", "--fail-on", "high")

    assert (code, graver) == (5, 3), "a finding is more certain than a gap"
    assert "not read: " in out
    assert "big.py" in out


def test_sarif_of_a_real_change_is_valid(changed: Path, vivek: Vivek) -> None:
    (changed / "big.py").write_text("x = 1\n" * 200_000)

    _, out, _ = vivek("review", "--format", "sarif")

    log = json.loads(out)
    Draft4Validator(SARIF).validate(log)
    assert log["runs"][0]["results"][0]["ruleId"] == "vivek/code-execution"
    assert log["runs"][0]["invocations"][0]["executionSuccessful"] is False


def test_fingerprints_survive_lines_that_move(changed: Path, vivek: Vivek) -> None:
    def prints() -> list[str]:
        results: list[Any] = json.loads(vivek("review", "--format", "sarif")[1])["runs"][0]["results"]
        return [each["partialFingerprints"]["vivekFinding/v1"] for each in results]

    before = prints()
    text = (changed / PRICES).read_text()
    (changed / PRICES).write_text(f'"""Prices."""\n\nRATE = 2\n\n{text}')

    assert before
    assert set(before) <= set(prints())


@pytest.mark.parametrize("form", ["text", "json", "markdown", "sarif", "github"])
def test_a_file_holds_what_would_have_been_printed(changed: Path, vivek: Vivek, tmp_path: Path, form: str) -> None:
    _, printed, _ = vivek("review", "--format", form)
    target = tmp_path / "out" / "report"

    code, out, err = vivek("review", "--format", form, "--output", str(target))

    def steady(text: str) -> list[str]:
        return [line for line in text.replace(" ", "\n").split("\n") if "." not in line]  # without the seconds

    assert (code, out, err) == (0, "", f"written to {target}\n")
    assert steady(target.read_text()) == steady(printed)


def test_a_report_goes_to_what_is_no_ordinary_file(changed: Path, vivek: Vivek) -> None:
    code, _, _ = vivek("review", "--output", "/dev/null")

    assert code == 0
    assert Path("/dev/null").is_char_device()


def test_a_file_that_cannot_be_written_is_told(changed: Path, vivek: Vivek) -> None:
    code, out, err = vivek("review", "--output", "README.md/report")

    assert (code, out) == (1, "")
    assert "README.md/report cannot be written" in err


def test_people_see_few_and_are_told_how_to_see_the_rest(changed: Path, vivek: Vivek) -> None:
    with (changed / PRICES).open("a") as file:
        file.write(UNUSED)

    _, few, _ = vivek("review")
    _, every, _ = vivek("review", "--all")
    _, one, _ = vivek("review", "--all", "--max-findings", "1")

    assert "ruff/F401" not in few
    assert "hint: `--all` shows 1 low more" in few
    assert "ruff/F401" in every
    assert "ruff/F401" not in one


def test_a_baseline_passes_what_is_known_and_stops_what_is_new(changed: Path, vivek: Vivek) -> None:
    line = ("review", "--baseline", "base.json", "--fail-on", "low", PRICES)
    assert vivek(*line)[0] == 2, "there is none yet"
    assert vivek(*line, "--update-baseline")[0] == 3
    assert vivek(*line)[0] == 0

    with (changed / PRICES).open("a") as file:
        file.write(UNUSED)
    code, out, _ = vivek(*line, "--all")

    assert code == 3
    assert "baseline base.json: 1 new, 1 open, 0 fixed" in out


def test_what_a_review_writes_is_named_and_not_reviewed(changed: Path, vivek: Vivek) -> None:
    line = ("review", "--baseline", "base.json", "--output", "found.sarif", "--format", "sarif", "--fail-on", "info")
    vivek(*line, "--update-baseline")

    code, _, err = vivek(*line)
    _, out, _ = vivek("review", "--baseline", "base.json", "--all", "--", "base.json", PRICES)

    assert (code, err) == (0, "written to found.sarif\n")
    assert "base.json" in out
    assert "written by reviews" in out


def test_a_baseline_of_a_newer_version_is_refused(changed: Path, vivek: Vivek) -> None:
    (changed / "base.json").write_text('{"kind": "vivek review", "version": 99, "findings": []}')

    code, out, err = vivek("review", "--baseline", "base.json")

    assert (code, out) == (2, "")
    assert "base.json is a baseline of version 99; this vivek reads version 1." in err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--staged", "--commit", "HEAD"), "`--staged` and `--commit` exclude each other."),
        (("--files",), "`--files` needs the files to review."),
        (("--update-baseline",), "`--update-baseline` needs the file to write."),
        (("--max-findings", "many"), "'many' is no number for `--max-findings`."),
        (("--max-findings", "0"), "'0' is no number for `--max-findings`."),
        (("--fail-on", "awful"), "'awful' is none of critical, high"),
        (("--format", "xml"), "'xml' is none of text, json"),
        (("--ingest", "nowhere.sarif"), "nowhere.sarif cannot be read: No such file or directory."),
        (("--patch", "nowhere.patch"), "nowhere.patch cannot be read"),
        (("--commit", "nothing"), "nothing"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_a_hint(
    changed: Path, vivek: Vivek, words: tuple[str, ...], said: str
) -> None:
    code, out, err = vivek("review", *words)

    assert (code, out) == (2, "")
    assert said in " ".join(err.replace("│", " ").split())


def test_other_tools_findings_join_in(changed: Path, vivek: Vivek) -> None:
    found = {
        "filename": PRICES,
        "code": "X100",
        "message": "Not so",
        "location": {"row": 10, "column": 1},
        "end_location": {"row": 10, "column": 5},
    }
    (changed / "ruff.json").write_text(json.dumps([found]))

    _, out, _ = vivek("review", PRICES, "--ingest", "ruff.json", "--format", "json")

    assert "ruff/X100" in rules(out)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--fix",), "`--fix` asks about each fix, and there is no terminal to ask on. hint: Add `--yes`"),
        (("--yes",), "`--yes` answers the questions of `--fix`, which is missing."),
        (("--fix", "--yes", "--baseline", "b", "--update-baseline"), "exclude each other."),
        (("--thread", "calm-otter-7"), "`--thread` goes on with a model's review; `--no-model` asks none."),
    ],
)
def test_options_of_fixes_and_threads_that_do_not_go_together_are_refused(
    changed: Path, vivek: Vivek, words: tuple[str, ...], said: str
) -> None:
    code, out, err = vivek("review", *words)

    assert (code, out) == (2, "")
    assert said in " ".join(err.split())


def test_fixes_are_applied_without_a_terminal_where_the_user_said_yes(changed: Path, vivek: Vivek) -> None:
    with (changed / PRICES).open("a") as file:
        file.write(UNUSED)

    code, out, err = vivek("review", "--fix", "--yes", "--fail-on", "low", "--format", "json")
    again = rules(vivek("review", "--format", "json")[1])

    report = json.loads(out)
    assert code == 3, "what no fix mended is there still"
    assert [(each["rule"], each["result"]) for each in report["fixes"]] == [("ruff/F401", "kept")]
    assert rules(out) == again == ["vivek/code-execution"]
    assert f"kept {PRICES}:13 [ruff/F401]: parse: the file parses" in err
    assert vivek("undo")[0] == 0
    assert "import os" in (changed / PRICES).read_text()


def test_a_fix_in_a_file_that_deserves_a_second_look_is_not_applied_unseen(changed: Path, vivek: Vivek) -> None:
    (changed / "conftest.py").write_text("import os\n")

    _, out, _ = vivek("review", "--fix", "--yes", "conftest.py")

    assert "fixes: 1 declined" in out
    assert (changed / "conftest.py").read_text() == "import os\n"


def test_more_files_than_are_looked_at_are_counted_and_the_review_is_incomplete(changed: Path, vivek: Vivek) -> None:
    (changed / "many").mkdir()
    for number in range(3_010):
        (changed / "many" / f"{number}.txt").write_text("x\n")

    code, out, err = vivek("review")

    assert code == 5
    assert "11 files were not looked at: more than 3,000 files are changed." in err
    assert "No findings." not in out
