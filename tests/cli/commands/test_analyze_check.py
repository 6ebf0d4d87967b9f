"""`vivek analyze check` from the command line: baselines, forms, exit codes, and what it refuses."""

import json
import subprocess
from pathlib import Path

import pytest
from jsonschema import Draft4Validator

from tests.cli.conftest import Vivek

SARIF = json.loads((Path(__file__).parents[2] / "data" / "sarif-2.1.0.json").read_text())
PRICES, REPORT = "till/prices.py", "till/report.py"
LOOP = "from till.report import total\n"
RULES = '[[forbidden]]\nfrom = ["till.report"]\nto = ["till.prices"]\n'


def commit(root: Path, told: str = "change") -> None:
    subprocess.run(["git", "add", "--all"], cwd=root, check=True)
    subprocess.run(["git", "commit", "--quiet", "--message", told], cwd=root, check=True)


def close_circle(root: Path, name: str = PRICES) -> None:
    file = root / name
    file.write_text(f"{LOOP}{file.read_text() if file.exists() else ''}")


@pytest.fixture
def circular(workspace: Path) -> Path:
    close_circle(workspace)
    return workspace


def test_a_sound_project_passes(workspace: Path, vivek: Vivek) -> None:
    code, out, err = vivek("analyze", "check")

    assert (code, err) == (0, "")
    assert out.endswith("passed: nothing found (judged: cycles, rules)\n")


def test_without_a_baseline_a_cycle_and_a_broken_rule_fail_with_their_places(circular: Path, vivek: Vivek) -> None:
    (circular / ".vivek").mkdir(exist_ok=True)
    (circular / ".vivek" / "architecture.toml").write_text(RULES)

    code, out, _ = vivek("analyze", "check")

    assert code == 3
    assert "new cycle: 2 modules import each other: till/prices.py, till/report.py." in out
    assert f"    {REPORT}:3\n" in out
    assert f"new violation: {REPORT} must not reach {PRICES}" in out
    assert out.endswith("failed: 2 new (judged: cycles, rules)\n")


def test_a_baseline_lets_pass_what_it_knows_when_lines_move_and_files_get_other_names(
    circular: Path, vivek: Vivek
) -> None:
    commit(circular)
    written, told, _ = vivek("analyze", "check", "--baseline", "kept.json", "--update-baseline")
    (circular / "till" / "money.py").write_text((circular / PRICES).read_text())
    (circular / PRICES).unlink()
    (circular / REPORT).write_text("\n\n" + (circular / REPORT).read_text().replace("till.prices", "till.money"))
    commit(circular, "renamed")

    code, out, _ = vivek("analyze", "check", "--baseline", "kept.json")

    assert (written, told.splitlines()[-1]) == (0, "kept.json is written: 1 known (cycles, rules, hotspots)")
    assert (code, out) == (0, "passed against kept.json: 1 known (judged: cycles, rules, hotspots)\n")


def test_what_is_new_fails_what_is_gone_is_told_and_an_update_accepts_both(circular: Path, vivek: Vivek) -> None:
    vivek("analyze", "check", "--baseline", "kept.json", "--update-baseline")
    prices = circular / PRICES
    prices.write_text(prices.read_text().removeprefix(LOOP))
    (circular / "till" / "one.py").write_text("import till.two\n")
    (circular / "till" / "two.py").write_text("import till.one\n")

    code, out, _ = vivek("analyze", "check", "--baseline", "kept.json")
    accepted, _, _ = vivek("analyze", "check", "--baseline", "kept.json", "--update-baseline")
    after, _, _ = vivek("analyze", "check", "--baseline", "kept.json")

    assert (code, accepted, after) == (3, 0, 0)
    assert "new cycle: 2 modules import each other: till/one.py, till/two.py." in out
    assert f"fixed cycle: {PRICES}, {REPORT}" in out
    assert "failed against kept.json: 1 new, 1 fixed" in out


def test_a_hotspot_that_became_more_involved_fails_by_name(workspace: Path, vivek: Vivek) -> None:
    branches = "    if price:\n        if percent:\n            if price > percent:\n                return 0\n"
    source = (workspace / PRICES).read_text()
    (workspace / PRICES).write_text(source.replace("    return", "    if percent:\n        return 1\n    return", 1))
    commit(workspace)
    vivek("analyze", "check", "--baseline", "kept.json", "--update-baseline")
    (workspace / PRICES).write_text(
        (workspace / PRICES).read_text().replace("    return price", f"{branches}    return price")
    )

    code, out, _ = vivek("analyze", "check", "--baseline", "kept.json")

    assert code == 3
    assert "worse hotspot: A hotspot became more involved: complexity 1 to 7" in out
    assert f"    {PRICES}::discount\n" in out


def test_limits_that_the_user_changed_are_kept_by_an_update(workspace: Path, vivek: Vivek) -> None:
    vivek("analyze", "check", "--baseline", "kept.json", "--update-baseline")
    kept = workspace / "kept.json"
    kept.write_text(kept.read_text().replace('"rise": 0.1', '"rise": 0.75'))

    vivek("analyze", "check", "--baseline", "kept.json", "--update-baseline")

    assert json.loads(kept.read_text())["limits"] == {"hotspots": 20, "rise": 0.75}


def test_every_form_tells_the_same(circular: Path, vivek: Vivek) -> None:
    ran = [vivek("analyze", "check", "--format", form)[:2] for form in ("json", "sarif", "github")]

    assert {code for code, _ in ran} == {3}
    plain, sarif, github = (out for _, out in ran)
    found = json.loads(plain)
    assert (found["passed"], found["findings"][0]["subject"]) == (False, f"{PRICES}, {REPORT}")
    log = json.loads(sarif)
    Draft4Validator(SARIF).validate(log)
    (result,) = log["runs"][0]["results"]
    assert (result["ruleId"], "baselineState" in result) == ("vivek/import-cycle", False)
    assert github.startswith(f"::error file={PRICES},line=1,title=new cycle::2 modules import each other: ")
    assert f"%0A{REPORT}:3\n" in github


def test_sarif_tells_what_the_baseline_says_of_each(circular: Path, vivek: Vivek) -> None:
    vivek("analyze", "check", "--baseline", "kept.json", "--update-baseline")
    close_circle(circular, "till/third.py")
    (circular / PRICES).write_text("import till.third\n" + (circular / PRICES).read_text())

    _, out, _ = vivek("analyze", "check", "--baseline", "kept.json", "--format", "sarif")

    log = json.loads(out)
    Draft4Validator(SARIF).validate(log)
    assert [each["baselineState"] for each in log["runs"][0]["results"]] == ["updated"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (None, "cannot be read: No such file or directory."),
        ("{", "is no baseline"),
        ('{"kind": "vivek analyze check", "version": 9}', "is a baseline of version 9"),
    ],
)
def test_a_baseline_that_cannot_be_used_is_a_usage_error(
    workspace: Path, vivek: Vivek, text: str | None, told: str
) -> None:
    if text is not None:
        (workspace / "kept.json").write_text(text)

    code, out, err = vivek("analyze", "check", "--baseline", "kept.json")

    assert (code, out) == (2, "")
    assert told in err
    assert "hint: " in err


def test_an_update_needs_the_file_and_leaves_another_file_alone(workspace: Path, vivek: Vivek) -> None:
    (workspace / "notes.json").write_text('{"mine": 1}')

    nameless, _, told = vivek("analyze", "check", "--update-baseline")
    wrong, _, _ = vivek("analyze", "check", "--baseline", "notes.json", "--update-baseline")

    assert (nameless, wrong) == (2, 2)
    assert "needs the file to write" in told
    assert (workspace / "notes.json").read_text() == '{"mine": 1}'
