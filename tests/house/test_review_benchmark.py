"""The changes that reviews are measured on, and how what is found is held against what was planted."""

import ast
import os
from collections import Counter
from pathlib import Path

import pytest

from benchmarks.review.__main__ import figures
from benchmarks.review.cases import KINDS, LANGUAGES, Case, CaseError, load_cases, parse_files
from benchmarks.review.running import look_at, make_repository, outcome_of
from benchmarks.review.scoring import ABOUT, Outcome, is_misplaced, is_outside, is_right, judged, precision, tables
from vivek.edits.unified import hunks_between
from vivek.schema.changes import ChangedFile, Changes, ReviewScope
from vivek.schema.findings import Finding
from vivek.syntax.grammars import fault_in
from vivek.syntax.languages import language_of

CASES = load_cases()
PLANTED = [case for case in CASES if case.kind]
CLEAN = [case for case in CASES if not case.kind]


def named(name: str) -> Case:
    return next(case for case in CASES if case.name == name)


def finding(path: str, line: int, *, rule: str = "review/wrong-result", quote: str = "", old: bool = False) -> Finding:
    return Finding(rule, "high", "high", path, line, line, quote, "It is wrong.", old=old)


def test_every_kind_of_defect_is_planted_in_every_language_and_there_are_clean_changes() -> None:
    assert Counter((case.language, case.kind) for case in PLANTED) == Counter(
        (language, kind) for language in LANGUAGES for kind in KINDS
    )
    assert (len(PLANTED), len(LANGUAGES), len(KINDS)) == (70, 7, 10)
    assert len(CLEAN) >= 30
    assert min(Counter(case.language for case in CLEAN).values()) >= 4
    assert ABOUT.keys() == set(KINDS)


def test_a_case_changes_something_says_what_and_marks_the_lines_that_count() -> None:
    for case in CASES:
        marked = [version.marked for file in case.files for version in (file.old, file.new) if version]
        assert any(file.old != file.new for file in case.files), case.name
        assert case.told.endswith("."), case.name
        assert {language_of(file.path) for file in case.files} == {case.language}, case.name
        assert any(marked) == bool(case.kind), case.name
        assert sum(map(len, marked)) <= 12, f"{case.name}: whoever points at everything has found nothing"
        assert case.severity in (("critical", "high", "medium") if case.kind else ("info",)), case.name


def test_both_versions_of_every_file_parse() -> None:
    files = [file for case in CASES for file in case.files]
    for path, version in ((file.path, version) for file in files for version in (file.old, file.new)):
        if version is None:
            continue
        if path.endswith(".py"):
            ast.parse(version.text, path)
        else:
            assert fault_in(path, version.text) is None, f"{path}\n{version.text}"


def test_a_marked_line_of_a_defect_is_part_of_the_change() -> None:
    for case in PLANTED:
        touched = [
            file
            for file in case.files
            if file.old != file.new and any(version and version.marked for version in (file.old, file.new))
        ]
        assert touched, case.name


def test_a_body_is_read_as_both_versions_with_what_counts() -> None:
    first, second = parse_files("a.py", " a\n-b\n!c\n\n=d\n=== b.py\n+e\n")

    assert first.old is not None
    assert first.new is not None
    assert (first.old.text, sorted(first.old.marked)) == ("a\nb\n\nd\n", [4])
    assert (first.new.text, sorted(first.new.marked)) == ("a\nc\n\nd\n", [2, 4])
    assert second.path == "b.py"
    assert second.old is None


def test_a_line_without_a_sign_is_refused() -> None:
    with pytest.raises(CaseError, match="no sign: x = 1"):
        parse_files("a.py", " a\nx = 1\n")


def test_only_a_marked_line_and_a_rule_of_its_kind_is_right() -> None:
    case = named("javascript/off-by-one")
    [file] = case.files
    assert file.new is not None
    [line] = file.new.marked

    assert is_right(case, finding(file.path, line))
    assert not is_right(case, finding(file.path, line + 1))
    assert not is_right(case, finding("src/other.js", line))
    assert not is_right(case, finding(file.path, line, rule="review/leak"))
    assert not is_right(case, finding(file.path, line, old=True)), "another version has other lines"
    right, wrong = judged(case, [finding(file.path, line), finding(file.path, 1)])
    assert (len(right), len(wrong)) == (1, 1)


def test_quotes_that_stand_elsewhere_and_lines_outside_of_the_change_are_seen() -> None:
    old = "".join(f"line {number}\n" for number in range(1, 31))
    new = old.replace("line 15", "line fifteen")
    file = ChangedFile("a.txt", "modified", hunks_between(old, new), old_text=old, new_text=new)
    changes = Changes(ReviewScope("worktree", "the tree"), (file,))

    assert not is_misplaced(changes, finding("a.txt", 15, quote="line fifteen"))
    assert is_misplaced(changes, finding("a.txt", 15, quote="line 15"))
    assert not is_misplaced(changes, finding("a.txt", 15, quote="line 15", old=True))
    assert is_misplaced(changes, finding("b.txt", 1, quote="line 1"))
    assert [is_outside(changes, finding("a.txt", line)) for line in (15, 13, 2)] == [False, False, True]
    assert is_outside(changes, finding("b.txt", 15))


def test_figures_count_defects_once_and_false_alarms_as_what_they_are() -> None:
    off, clean = named("c/off-by-one"), CLEAN[0]
    hit, miss = finding("src/join.c", 11), finding("src/join.c", 2)
    outcomes = [
        Outcome(off, (hit, hit), (miss,), calls=2, tokens=(300, 40), seconds=1.0, dropped={"refuted": 1}),
        Outcome(named("c/race"), (), ()),
        Outcome(clean, (), (finding("a.c", 1, rule="review/leak"),)),
    ]

    told = {result.name: (result.value, result.unit) for result in figures(outcomes, "")}
    shown = "\n".join(tables(outcomes))

    assert precision(outcomes, shown=True) == (2, 4)
    names = ("precision of what the terminal shows", "defects found", "clean changes with a false alarm")
    assert [told[name] for name in names] == [(50.0, "%"), (1, "of 2"), (1, "of 1")]
    assert [told[name] for name in ("claims dropped", "tokens read for each change")] == [(1, ""), (100.0, "tokens")]
    assert "| off-by-one | 1 | 1 |" in shown
    assert "| race | 0 | 1 |" in shown
    assert f"| review/leak | high | {clean.name} | 1 |" in shown


@pytest.mark.parametrize("name", ["python/sql-injection", "clean/python/table-from-constant"])
def test_a_case_is_reviewed_as_a_repository(tmp_path: Path, name: str) -> None:
    case = named(name)
    make_repository(tmp_path / "case", case, os.environ)

    _, changes, report = look_at(tmp_path / "case")
    outcome = outcome_of(case, changes, report)

    assert [file.path for file in changes.files] == [file.path for file in case.files]
    assert [each.rule for each in outcome.right] == (["vivek/sql-injection"] if case.kind else [])
    assert (outcome.wrong, outcome.misplaced, outcome.outside) == ((), 0, 0)


def test_a_file_may_come_and_go() -> None:
    [gone, come] = parse_files("a.c", "-int a;\n=== b.c\n+int b;\n")

    assert (gone.path, gone.new, come.path, come.old) == ("a.c", None, "b.c", None)
