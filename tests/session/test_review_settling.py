"""What is told of a review: ignored findings stand apart with their reasons, scores follow, the baseline is kept."""

import json
import subprocess
from pathlib import Path

import pytest

from vivek.analysis.findings.ignores import WITHOUT_REASON
from vivek.errors import ConfigError, WorkspaceError
from vivek.schema.changes import Changes, ScopeWish
from vivek.schema.findings import ReviewReport
from vivek.session.doors.review import collect_changes, review_static
from vivek.session.doors.review_settling import IGNORES, settle
from vivek.session.place import Place, open_place

PRICES = "till/prices.py"
DAY = 1_795_219_200.0  # 2026-11-21
RULE = "vivek/code-execution"


def reviewed(root: Path, text: str) -> tuple[Place, Changes, ReviewReport]:
    (root / PRICES).write_text(f"{(root / PRICES).read_text()}\n\n{text}")
    place = open_place(root)
    changes = collect_changes(place, ScopeWish())
    return place, changes, review_static(place, changes, cached=False)


def told(root: Path, text: str, ignores: str = "") -> ReviewReport:
    if ignores:
        (root / IGNORES).parent.mkdir(exist_ok=True)
        (root / IGNORES).write_text(ignores)
    place, changes, report = reviewed(root, text)
    return settle(place, changes, report, clock=lambda: DAY)


def load(comment: str = "") -> str:
    return f"def load(text: str) -> object:\n    return eval(text){comment}\n"


def rules(report: ReviewReport) -> list[str]:
    return [each.rule for each in report.findings]


def test_what_is_ignored_costs_no_score_and_is_kept_with_its_reason(workspace: Path) -> None:
    plain = told(workspace, load())
    assert rules(plain) == [RULE]

    report = told(workspace, load("  # vivek: ignore[code-execution] the text is ours"))
    ignored = [each for each in report.suppressed if each.by == "comment"]

    assert [(each.finding.rule, each.reason) for each in ignored] == [(RULE, "the text is ours")]
    assert report.told == ("The change ignores findings of its own by comments it adds: 1.",)


def test_the_score_is_that_of_what_is_left(workspace: Path) -> None:
    report = told(workspace, load("  # vivek: ignore[code-execution] the text is ours"))

    assert report.findings == ()
    assert report.score == 1.0
    assert [file.score for file in report.files] == [1.0]


def test_a_file_of_the_project_ignores_by_rule_and_path(workspace: Path) -> None:
    entry = f'[[ignore]]\nrule = "{RULE}"\npath = "till"\nreason = "a lesson"\n'

    report = told(workspace, load(), entry)

    assert [each.by for each in report.suppressed] == [f"{IGNORES}, entry 1"]
    assert report.told == ()


def test_a_change_that_edits_what_is_ignored_is_told(workspace: Path) -> None:
    (workspace / IGNORES).parent.mkdir(exist_ok=True)
    (workspace / IGNORES).write_text("")
    subprocess.run(["git", "add", "-f", IGNORES], cwd=workspace, check=True, timeout=60)

    report = told(workspace, load(), f'[[ignore]]\nrule = "{RULE}"\nreason = "a lesson"\n')

    assert report.told == (f"The change edits {IGNORES}, which says what is ignored.",)


@pytest.mark.parametrize(("path", "ignored"), [("til", False), ("**/*.py", True), ("./till/", True), ("*.js", False)])
def test_a_path_of_an_entry_is_a_file_a_folder_or_a_pattern(workspace: Path, path: str, ignored: bool) -> None:
    report = told(workspace, load(), f'[[ignore]]\nrule = "{RULE}"\npath = "{path}"\nreason = "a lesson"\n')

    assert bool(report.suppressed) is ignored


def test_an_entry_that_is_over_is_told(workspace: Path) -> None:
    report = told(workspace, load(), f'[[ignore]]\nrule = "{RULE}"\nreason = "for now"\nuntil = 2026-11-20\n')

    assert RULE in rules(report)
    assert any("ignored until 2026-11-20" in each for each in report.told)


def test_a_file_with_another_table_is_refused_with_its_line(workspace: Path) -> None:
    with pytest.raises(ConfigError, match=r"review\.toml:1: there is no `ignored`"):
        told(workspace, load(), 'ignored = "all"\n')


def test_a_comment_without_a_reason_is_told_and_does_not_hold(workspace: Path) -> None:
    report = told(workspace, load("  # vivek: ignore[code-execution]"))

    assert rules(report) == [RULE, WITHOUT_REASON]
    assert report.findings[1].fingerprint
    assert report.findings[1].quote.endswith("# vivek: ignore[code-execution]")
    assert report.score is not None
    assert report.score < 1


def test_a_fix_says_what_stands_there_now(workspace: Path) -> None:
    report = told(workspace, "import os\n")
    fixes = [each.fix for each in report.findings if each.fix is not None]

    assert [(fix.before, fix.text) for fix in fixes] == [("import os\n", "")]


def test_a_baseline_is_written_and_the_next_review_is_held_against_it(workspace: Path, tmp_path: Path) -> None:
    kept = tmp_path / "base" / "line.json"
    place, changes, report = reviewed(workspace, load())
    first = settle(place, changes, report, baseline=kept, update=True)

    place, changes, report = reviewed(workspace, "import os\n")
    second = settle(place, changes, report, baseline=kept)

    assert [each.standing for each in first.findings] == ["new"]
    assert {(each.rule, each.standing) for each in second.findings} >= {(RULE, "open"), ("ruff/F401", "new")}
    assert [each["rule"] for each in json.loads(kept.read_text())["findings"]] == [RULE]
    assert kept.stat().st_mode & 0o777 == 0o644, "a team keeps it in its repository"


def test_what_was_mended_is_fixed_and_leaves_the_baseline(workspace: Path, tmp_path: Path) -> None:
    kept, before = tmp_path / "base.json", (workspace / PRICES).read_text()
    place, changes, report = reviewed(workspace, load())
    settle(place, changes, report, baseline=kept, update=True)
    (workspace / PRICES).write_text(before)

    place, changes, report = reviewed(workspace, "RATE = 2\n")
    done = settle(place, changes, report, baseline=kept, update=True)

    assert [each.rule for each in done.fixed] == [RULE]
    assert json.loads(kept.read_text())["findings"] == []


def test_an_empty_change_leaves_a_baseline_as_it_is(workspace: Path, tmp_path: Path) -> None:
    kept = tmp_path / "base.json"
    place, changes, report = reviewed(workspace, load())
    settle(place, changes, report, baseline=kept, update=True)
    before = kept.read_bytes()
    empty = Changes(changes.scope, ())

    done = settle(place, empty, review_static(place, empty), baseline=kept, update=True)

    assert (done.status, done.fixed) == ("empty", ())
    assert kept.read_bytes() == before


def test_a_baseline_that_is_missing_or_no_text_is_refused(workspace: Path, tmp_path: Path) -> None:
    place, changes, report = reviewed(workspace, load())
    (tmp_path / "picture").write_bytes(b"\xff\xfe\x00")

    with pytest.raises(ConfigError, match="cannot be read: No such file"):
        settle(place, changes, report, baseline=tmp_path / "none.json")
    with pytest.raises(ConfigError, match="it is not UTF-8"):
        settle(place, changes, report, baseline=tmp_path / "picture")
    with pytest.raises(ConfigError, match="cannot be read: Is a directory"):
        settle(place, changes, report, baseline=tmp_path)


def test_a_baseline_that_cannot_be_written_is_told(workspace: Path, tmp_path: Path) -> None:
    place, changes, report = reviewed(workspace, load())
    (tmp_path / "file").write_text("")

    with pytest.raises((WorkspaceError, ConfigError), match="cannot be"):
        settle(place, changes, report, baseline=tmp_path / "file" / "base.json", update=True)
