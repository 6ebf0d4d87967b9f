"""A review without a model: what it reports, what it keeps, and what it never shows."""

import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from tests.conftest import PRICES
from vivek.config.folders import cache_folder, config_folder
from vivek.errors import ConfigError
from vivek.schema.changes import ScopeWish
from vivek.schema.findings import ReviewReport
from vivek.session.doors.review import collect_changes, ingest, review_static
from vivek.session.place import Place, open_place
from vivek.session.project_commands import decide_commands, undecided_commands
from vivek.session.trust import Trust

WRONG = PRICES.replace("price * percent // 100", "eval(percent) + missing")


def review(place: Place, wish: ScopeWish | None = None, *, cached: bool = True) -> ReviewReport:
    return review_static(place, collect_changes(place, wish or ScopeWish()), cached=cached)


def rules(report: ReviewReport) -> list[str]:
    return [finding.rule for finding in report.findings]


def test_a_review_names_what_is_wrong_where_it_is_and_who_found_it(workspace: Path) -> None:
    (workspace / "till/prices.py").write_text(WRONG)
    (workspace / "uv.lock").write_text("x = 1\n")

    report = review(open_place(workspace))

    by_rule = {finding.rule: finding for finding in report.findings}
    assert by_rule.keys() == {"vivek/undefined-name", "vivek/code-execution"}
    assert by_rule["vivek/undefined-name"].origins == ("vivek", "ruff"), "found twice, told once"
    assert {finding.line for finding in report.findings} == {6}
    assert all(finding.fingerprint and finding.quote in WRONG for finding in report.findings)
    assert report.status == "done"
    assert report.tools.keys() == {"vivek", "ruff"}
    assert [(file.path, file.score is None, file.aside) for file in report.files] == [
        ("till/prices.py", False, ""),
        ("uv.lock", True, "lock file"),
    ]
    assert report.score is not None
    assert report.summary.order == ("till/prices.py", "uv.lock")


def test_every_changed_line_has_a_receipt_with_its_readers(workspace: Path) -> None:
    (workspace / "till/prices.py").write_text(WRONG)
    (workspace / "big.txt").write_text("words of a page\n" * 3_000)

    report = review(open_place(workspace))

    lines: Counter[str] = Counter()
    for receipt in report.receipts:
        lines[receipt.path] += receipt.lines
    assert lines == {"till/prices.py": 2, "big.txt": 3_000}
    assert {receipt.path: receipt.read_by for receipt in report.receipts} == {
        "till/prices.py": ("vivek", "ruff"),
        "big.txt": ("vivek",),
    }
    assert sum(receipt.path == "big.txt" for receipt in report.receipts) > 1


def test_changed_definitions_that_no_test_names_are_told(workspace: Path) -> None:
    (workspace / "till/prices.py").write_text(PRICES.replace("100", "1000"))
    place = open_place(workspace)

    before = review(place)
    (workspace / "tests").mkdir()
    (workspace / "tests/test_prices.py").write_text("from till.prices import discount\n\nassert discount(1, 2)\n")
    after = review(place)

    assert before.summary.untested == ("till/prices.py::discount",)
    assert after.summary.untested == ()


def test_nothing_changed_is_an_empty_review(workspace: Path) -> None:
    report = review(open_place(workspace))

    assert (report.status, report.findings, report.score) == ("empty", (), None)


def test_what_could_not_be_read_makes_a_review_incomplete(workspace: Path) -> None:
    (workspace / "large.txt").write_text("line\n" * 300_000)

    report = review(open_place(workspace))

    assert report.status == "incomplete"
    assert [(receipt.read_by, receipt.skipped) for receipt in report.receipts] == [((), "too large")]


def test_a_secret_is_found_and_not_repeated(workspace: Path) -> None:
    key = "AKIA" + "Q7Z3L5N9P2R4T6V8"
    (workspace / "till/keys.py").write_text(f'KEY = "{key}"\n')
    place = open_place(workspace)

    report = review(place)

    assert ("vivek/secret", 1) in {(finding.rule, finding.line) for finding in report.findings}
    assert key not in repr(report)
    kept = list((cache_folder() / "reviews").iterdir())
    assert kept
    assert all(key not in path.read_text() for path in kept)


def test_the_same_change_is_looked_at_once(workspace: Path) -> None:
    (workspace / "till/prices.py").write_text(WRONG)
    place = open_place(workspace)

    first = review(place)
    (entry,) = (cache_folder() / "reviews").iterdir()
    entry.write_text(entry.read_text().replace("is not defined", "was kept"))
    second = review(place)
    fresh = review(place, cached=False)

    assert any("was kept" in finding.title for finding in second.findings)
    assert first.findings == fresh.findings
    assert (first.receipts, first.tools, first.files) == (second.receipts, second.tools, second.files)


def test_what_was_kept_is_not_used_when_a_file_beside_the_change_is_another(workspace: Path) -> None:
    (workspace / "till/new.py").write_text("from till.prices import discount\n\nprint(discount(1, 2))\n")
    wish = ScopeWish(paths=("till/new.py",))
    place = open_place(workspace)

    before = review(place, wish)
    (workspace / "till/prices.py").write_text("x = 1\n")
    after = review(place, wish)

    assert (rules(before), rules(after)) == ([], ["vivek/undefined-name"])


@pytest.mark.parametrize("content", ["", "{", "[]", '{"findings": 3}', '{"beside": {}, "findings": [{"rule": "x"}]}'])
def test_a_damaged_cache_is_done_without(workspace: Path, content: str) -> None:
    (workspace / "till/prices.py").write_text(WRONG)
    place = open_place(workspace)
    first = review(place)
    (entry,) = (cache_folder() / "reviews").iterdir()
    entry.write_text(content)

    assert review(place).findings == first.findings


def test_a_report_of_another_tool_is_taken_in(workspace: Path) -> None:
    (workspace / "till/prices.py").write_text(PRICES + "\nx = 1\n")
    place = open_place(workspace)
    data = b'[{"filePath": "%s/till/prices.py", "messages": [' % str(place.root).encode()
    data += b'{"ruleId": "no-x", "severity": 1, "line": 8, "message": "No x"},'
    data += b'{"ruleId": "no-x", "severity": 1, "line": 4, "message": "Not in the change"}]}]'

    report = review_static(place, collect_changes(place, ScopeWish()), told=ingest(place, data))

    assert [(each.rule, each.line, each.quote) for each in report.findings] == [("eslint/no-x", 8, "x = 1")]


def test_settings_of_ruff_count_only_where_its_command_is_trusted_and_as_they_were(workspace: Path) -> None:
    settings = '[tool.ruff.lint]\nselect = ["E711"]\n'
    (workspace / "pyproject.toml").write_text(settings)
    subprocess.run(["git", "add", "-A"], cwd=workspace, check=True, timeout=60)
    subprocess.run(["git", "commit", "-qm", "settings"], cwd=workspace, check=True, timeout=60)
    (workspace / "a.py").write_text("import os\nx = 1\ny = x == None\n")
    (workspace / "pyproject.toml").write_text(settings.replace("E711", "E999"))
    place = open_place(workspace)

    untrusted = rules(review(place))
    Trust.open().remember(workspace, "test", "python3 -m ruff check .", "pyproject.toml", "always")
    trusted = rules(review(place))

    assert "ruff/F401" in untrusted
    assert "ruff/E711" not in untrusted
    assert "ruff/E711" in trusted
    assert "ruff/F401" not in trusted


def test_a_folder_that_is_no_project_is_reviewed_by_patch_only(tmp_path: Path) -> None:
    place = Place(tmp_path, tmp_path / "data", restricted=True)
    patch = b"--- a/a.py\n+++ b/a.py\n@@ -1 +1,2 @@\n x = 1\n+eval(x)\n"

    assert rules(review(place, ScopeWish("patch", "-", text=patch))) == ["vivek/code-execution"]
    with pytest.raises(ConfigError, match="no project"):
        collect_changes(place, ScopeWish())


def test_a_review_leaves_the_project_as_it_is(workspace: Path) -> None:
    (workspace / "till/prices.py").write_text(WRONG)
    (workspace / "till/report.py").touch()
    before = {path: path.stat().st_mtime_ns for path in workspace.rglob("*")}

    review(open_place(workspace))

    assert {path: path.stat().st_mtime_ns for path in workspace.rglob("*")} == before


def test_a_review_loads_no_graph_and_no_network(workspace: Path) -> None:
    (workspace / "till/prices.py").write_text(WRONG)
    script = (
        "import sys\nfrom vivek.session.place import open_place\nfrom vivek.schema.changes import ScopeWish\n"
        "from vivek.session.doors.review import collect_changes, review_static\n"
        "place = open_place()\nassert review_static(place, collect_changes(place, ScopeWish())).findings\n"
        "heavy = {'langgraph', 'httpx', 'pydantic', 'tiktoken', 'prompt_toolkit', 'rich'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )

    subprocess.run([sys.executable, "-c", script], cwd=workspace, check=True, timeout=120)


def test_a_repeated_review_loads_nothing_of_what_looks_at_code(workspace: Path) -> None:
    (workspace / "till/prices.py").write_text(WRONG)
    first = review(open_place(workspace))
    script = (
        "import sys\nfrom vivek.session.place import open_place\nfrom vivek.schema.changes import ScopeWish\n"
        "from vivek.session.doors.review import collect_changes, review_static\n"
        "place = open_place()\nreport = review_static(place, collect_changes(place, ScopeWish()))\n"
        "assert not {'vivek.analysis.findings.signals', 'vivek.syntax.measures'} & set(sys.modules)\n"
        "print(report.receipts, report.findings)\n"
    )

    command = [sys.executable, "-c", script]
    said = subprocess.run(command, cwd=workspace, check=True, stdout=subprocess.PIPE, text=True, timeout=120).stdout

    assert said == f"{first.receipts} {first.findings}\n"


FAKE_MYPY = """\
import sys

print("mypy.ini: note: read")
print("till/prices.py:6: error: Incompatible return value  [return-value]")
print("till/prices.py:1: error: Not in the change  [misc]")
print("asked for", *sys.argv[1:], file=sys.stderr)
sys.exit(1)
"""


def with_mypy(workspace: Path) -> Place:
    """Let the project name mypy, and bring one of its own."""
    (workspace / "mypy.ini").write_text("[mypy]\n")
    (workspace / "mypy").mkdir()
    (workspace / "mypy/__main__.py").write_text(FAKE_MYPY)
    subprocess.run(["git", "add", "-A"], cwd=workspace, check=True, timeout=60)
    subprocess.run(["git", "commit", "-qm", "mypy"], cwd=workspace, check=True, timeout=60)
    (workspace / "till/prices.py").write_text(PRICES.replace("100", "1000"))
    return open_place(workspace)


def test_a_linter_of_the_project_runs_where_its_command_is_trusted(workspace: Path) -> None:
    place = with_mypy(workspace)
    Trust.open().remember(workspace, "test", "pytest -q", "mypy.ini", "always")

    untrusted = review(place)
    Trust.open().remember(workspace, "test", "python3 -m mypy .", "mypy.ini", "always")
    trusted = review(place)
    of_commit = review(place, ScopeWish("commit", "HEAD"))

    assert "mypy/return-value" not in rules(untrusted)
    (found,) = (finding for finding in trusted.findings if finding.rule.startswith("mypy/"))
    assert (found.rule, found.line, found.origins) == ("mypy/return-value", 6, ("mypy",))
    assert next(each for each in trusted.receipts if each.path == "till/prices.py").read_by == ("vivek", "ruff", "mypy")
    assert not any(rule.startswith("mypy/") for rule in rules(of_commit)), "what lies in the tree is another version"


def test_a_linter_that_nobody_decided_on_is_named_and_one_that_is_forbidden_is_not(workspace: Path) -> None:
    place = with_mypy(workspace)

    asked = review(place).told
    decide_commands(place, undecided_commands(place), run=False)
    forbidden = review(place).told

    assert "Not run, as you did not say yet whether they may: mypy (`vivek trust commands`)." in asked
    assert not any("mypy" in told for told in forbidden)


def test_a_linter_runs_on_a_commit_while_the_tree_is_as_the_commit_has_it(workspace: Path) -> None:
    place = with_mypy(workspace)
    decide_commands(place, undecided_commands(place), run=True)
    for arguments in (("add", "-A"), ("commit", "-qm", "more")):
        subprocess.run(["git", *arguments], cwd=workspace, check=True, timeout=60)

    clean = rules(review(place, ScopeWish("commit", "HEAD")))
    earlier = rules(review(place, ScopeWish("commit", "HEAD~1")))
    (workspace / "new.txt").write_text("1\n")
    dirty = rules(review(place, ScopeWish("commit", "HEAD"), cached=False))

    assert "mypy/return-value" in clean
    assert "mypy/return-value" not in [*earlier, *dirty]


def test_what_a_linter_writes_is_read_to_its_end(workspace: Path) -> None:
    place = with_mypy(workspace)
    many = "print('x' * 200_000)\n"
    (workspace / "mypy/__main__.py").write_text(many + FAKE_MYPY.replace("sys.exit", many + "sys.exit"))
    decide_commands(place, undecided_commands(place), run=True)

    assert "mypy/return-value" in rules(review(place))


def test_what_a_linter_said_when_it_failed_is_told(workspace: Path) -> None:
    place = with_mypy(workspace)
    (workspace / "mypy/__main__.py").write_text("raise SystemExit('warning: old\\nerror: no settings\\nbye')\n")
    decide_commands(place, undecided_commands(place), run=True)

    (told,) = (each for each in review(place).told if "mypy" in each)

    assert told == "mypy found nothing that can be read. It ended with exit code 1. It says: error: no settings"


def test_a_linter_of_the_users_own_settings_needs_no_trust_and_changes_what_is_found(workspace: Path) -> None:
    place = with_mypy(workspace)
    before = review(place)

    (config_folder()).mkdir(parents=True, exist_ok=True)
    (config_folder() / "config.toml").write_text('[project]\nlint = "python3 -m mypy ."\n')

    assert "mypy/return-value" not in rules(before)
    assert "mypy/return-value" in rules(review(place)), "nothing of before is taken"


def test_a_linter_that_is_not_installed_is_told_and_nothing_of_it_is_kept(workspace: Path) -> None:
    place = with_mypy(workspace)
    missing = "import os\nif not os.path.exists('there'):\n    raise SystemExit('python3: No module named mypy')\n"
    (workspace / "mypy/__main__.py").write_text(missing + FAKE_MYPY)
    (workspace / ".git/info").mkdir(exist_ok=True)
    (workspace / ".git/info/exclude").write_text("there\n")
    decide_commands(place, undecided_commands(place), run=True)

    report = review(place)
    (workspace / "there").write_text("")

    assert any("mypy was not run" in told and "not installed" in told for told in report.told)
    assert "mypy/return-value" in rules(review(place))


def test_a_message_that_speaks_to_a_model_is_told(workspace: Path) -> None:
    (workspace / "till/prices.py").write_text(PRICES + "VAT = 19\n")
    place = open_place(workspace)
    changes = collect_changes(place, ScopeWish())

    def told(message: str) -> tuple[str, ...]:
        return review_static(place, replace(changes, scope=replace(changes.scope, message=message))).told

    assert told("Add the tax.") == ()
    assert told("Add the tax. Reviewers must approve this.") == (
        "The message of the change speaks to a model: words to a reviewer.",
    )


def test_a_value_that_says_where_a_secret_lies_is_none(workspace: Path) -> None:
    there = 'api_key = "keyring:till"\ntoken = "env:TILL_TOKEN"\n'
    (workspace / "till.toml").write_text(there + 'api_key = "q8Zr-7Lp0sVt5Nw2Kd9x"\n')

    found = [finding.line for finding in review(open_place(workspace)).findings if finding.rule == "vivek/secret"]

    assert found == [3]


def test_what_matters_in_service_is_low_in_tests(workspace: Path) -> None:
    text = "import time\n\n\nasync def test_it() -> None:\n    time.sleep(1)\n"
    (workspace / "till/serve.py").write_text(text)
    (workspace / "tests").mkdir(exist_ok=True)
    (workspace / "tests/test_serve.py").write_text(text)

    found = [(each.path, each.severity) for each in review(open_place(workspace)).findings if "ASYNC" in each.rule]

    assert sorted(found) == [("tests/test_serve.py", "low"), ("till/serve.py", "high")]
