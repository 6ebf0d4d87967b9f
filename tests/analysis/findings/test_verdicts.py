"""Duplicates become one finding, the gravest comes first, and scores follow a formula that can be checked by hand."""

from dataclasses import replace

import pytest

from vivek.analysis.findings.verdicts import merged, overall, ranked, reading_order, verdicts, without_echoes
from vivek.edits.unified import hunks_between
from vivek.schema.changes import ChangedFile
from vivek.schema.findings import FileVerdict, Finding

BASE = Finding("vivek/x", "low", "high", "a.py", 3, 3, "x", "Something.", origins=("vivek",))


def test_the_same_thing_under_two_names_is_one_finding_with_both_origins() -> None:
    ours = replace(BASE, rule="vivek/undefined-name", severity="high", confidence="medium")
    theirs = replace(BASE, rule="ruff/F821", severity="medium", origins=("ruff",), line=2, end_line=4)

    (one,) = merged([ours, theirs])

    assert (one.rule, one.severity, one.confidence, one.origins) == (ours.rule, "high", "high", ("vivek", "ruff"))
    assert (one.line, one.end_line) == (3, 3)


@pytest.mark.parametrize("other", [{"path": "b.py"}, {"line": 4, "end_line": 4}, {"rule": "vivek/y"}, {"old": True}])
def test_what_differs_stays_apart(other: dict[str, object]) -> None:
    assert len(merged([BASE, replace(BASE, **other)])) == 2  # type: ignore[arg-type]  # fields by name


def test_a_file_that_does_not_parse_is_told_once_and_not_where_a_merge_says_why() -> None:
    first = replace(BASE, rule="ruff/invalid-syntax")
    later = replace(BASE, rule="vivek/syntax-error", line=9, end_line=9)
    elsewhere = replace(first, path="b.py")
    conflict = replace(BASE, rule="vivek/conflict-marker", line=8, end_line=8)

    assert without_echoes([later, first, elsewhere]) == (first, elsewhere)
    assert without_echoes([later, first, conflict, elsewhere, BASE]) == (elsewhere, BASE, conflict)


def test_the_gravest_and_surest_come_first() -> None:
    found = [
        replace(BASE, severity="info"),
        replace(BASE, severity="high", confidence="low"),
        replace(BASE, severity="high", path="b.py"),
        replace(BASE, severity="high"),
        replace(BASE, severity="critical", confidence="low"),
    ]

    assert [found.index(each) for each in ranked(found)] == [4, 3, 2, 1, 0]


def file(path: str, lines: int, *, aside: str = "") -> ChangedFile:
    return ChangedFile(path, "modified", hunks_between("", "x\n" * lines), aside=aside)


def test_a_file_scores_one_less_what_was_found_and_none_when_unread() -> None:
    files = [file("a.py", 30), file("b.py", 10), file("c.lock", 5, aside="lock file")]
    found = [
        replace(BASE, severity="high"),
        replace(BASE, severity="medium", confidence="medium"),
        replace(BASE, path="b.py", severity="critical"),
        replace(BASE, path="b.py", severity="high"),
    ]

    judged = verdicts(files, found, read=frozenset({"a.py", "b.py"}))

    assert [each.score for each in judged] == [0.36, 0.0, None]
    assert overall(judged) == round(((0.36 * 30 + 0.0 * 10) / 40 + 0.0) / 2, 3)
    assert overall([judged[2]]) is None


def test_code_reads_before_tests_and_the_riskiest_first() -> None:
    files = [file("tests/test_a.py", 400), file("small.py", 3), file("large.py", 300), file("x.lock", 9, aside="lock")]

    assert reading_order(verdicts(files, (), read=frozenset())) == ("large.py", "small.py", "tests/test_a.py", "x.lock")


def test_risk_lies_between_nothing_and_all_and_is_of_the_change_alone() -> None:
    files = [file("a.py", 5_000), file(".github/workflows/ci.yml", 5), file("b.py", 5)]

    risks = [each.risk for each in verdicts(files, [replace(BASE, severity="critical")], read=frozenset({"a.py"}))]

    assert all(0 <= risk <= 1 for risk in risks)
    assert risks[1] > risks[2], "what runs by itself is looked at twice"
    assert risks == [each.risk for each in verdicts(files, (), read=frozenset())]


def test_a_verdict_counts_lines() -> None:
    changed = ChangedFile("a.py", "modified", hunks_between("a\nb\n", "a\nc\nd\n"))

    (judged,) = verdicts([changed], (), read=frozenset({"a.py"}))

    assert (judged.added, judged.removed) == (2, 1)
    assert isinstance(judged, FileVerdict)
