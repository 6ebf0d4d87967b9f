"""A finding is ignored by whom the reason names, until the day it says; without a reason it is not."""

from datetime import date
from typing import Any

import pytest

from vivek.analysis.findings.ignores import (
    COMMENT,
    WITHOUT_REASON,
    Ignore,
    Note,
    notes_of,
    parse_ignores,
    unreasoned,
    without_ignored,
)
from vivek.errors import ConfigError
from vivek.schema.changes import ReviewScope
from vivek.schema.findings import Finding, ReviewReport

TODAY = date(2026, 11, 21)
PATH = "till/prices.py"


def finding(
    rule: str = "ruff/S101", line: int = 2, end_line: int = 0, *, path: str = PATH, old: bool = False
) -> Finding:
    return Finding(rule, "low", "high", path, line, end_line or line, "x", "t", old=old, fingerprint="aa")


def settled(*findings: Finding, text: str = "", ignores: tuple[Ignore, ...] = ()) -> ReviewReport:
    report = ReviewReport(ReviewScope("worktree", "a change"), "done", findings)
    notes = {PATH: notes_of(text)}
    return without_ignored(report, ignores, notes, today=TODAY, matches=lambda pattern, path: pattern == path)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("assert x  # vivek: ignore[S101] it cannot be", "it cannot be"),
        ("assert x  # type: ignore[x]  # vivek: ignore[ruff/S101]: it cannot be", "it cannot be"),
        ("assert x  #vivek:ignore[ruff/*, other] - so", "so"),
        ("x();  // vivek: ignore[S101] so", "so"),
        ("x();  /* vivek: ignore[S101] so */", "so"),
        ("<p>  <!-- vivek: ignore[S101] so -->", "so"),
        ("SELECT 1  -- vivek: ignore[S101] so", "so"),
    ],
)
def test_a_comment_with_a_reason_ignores_its_line(line: str, reason: str) -> None:
    done = settled(finding(), text=f"a\n{line}\nb\n")

    assert done.findings == ()
    assert [(each.by, each.reason) for each in done.suppressed] == [(COMMENT, reason)]


@pytest.mark.parametrize(
    "line",
    [
        "assert x  # vivek: ignore[S102] another rule",
        "assert x  # vivek: ignore[S101]",
        "assert x  # vivek: ignore every rule",
        "assert x  # vivek: ignored[S101] so",
        "assert x  vivek: ignore[S101] no comment",
        "assert x  # please vivek: ignore[S101] so",
    ],
)
def test_what_says_no_rule_or_no_reason_ignores_nothing(line: str) -> None:
    assert settled(finding(), text=f"a\n{line}\n").suppressed == ()


def test_a_comment_that_stands_alone_is_about_the_line_below() -> None:
    text = "a\n    # vivek: ignore[S101] so\n    # vivek: ignore[S102] and so\nassert x\n"

    done = settled(finding(line=4), finding("ruff/S102", 4), finding(line=2), finding(line=5), text=text)

    assert [each.line for each in done.findings] == [2, 5]
    assert [each.reason for each in done.suppressed] == ["so", "and so"]


@pytest.mark.parametrize(("at", "ignored"), [(0, True), (1, False), (3, True)])
def test_a_finding_of_several_lines_is_ignored_at_its_first_or_its_last_one(at: int, ignored: bool) -> None:
    lines = ["x = f(", "  1,", "  2,", ")"]
    lines[at] += "  # vivek: ignore[S101] so"

    assert bool(settled(finding(line=1, end_line=4), text="\n".join(lines)).suppressed) is ignored


def test_a_finding_about_a_whole_file_is_ignored_by_no_comment() -> None:
    assert settled(finding(line=0), text="x  # vivek: ignore[S101] so\n").suppressed == ()


def test_a_comment_says_nothing_of_another_file_or_of_the_old_version() -> None:
    text = "a\nassert x  # vivek: ignore[S101] so\n"

    assert settled(finding(path="other.py"), finding(old=True), text=text).suppressed == ()


def test_the_text_is_searched_by_line() -> None:
    assert notes_of("a\nb # vivek: ignore[X, ruff/Y] so\n") == (
        Note(2, 2, ("X", "ruff/Y"), "so", "b # vivek: ignore[X, ruff/Y] so"),
    )


def entry(**said: Any) -> Ignore:
    (read,) = parse_ignores([{"reason": "so", **said}], "f.toml")
    return read


@pytest.mark.parametrize(
    ("said", "ignored"),
    [
        ({"rule": "ruff/S101"}, True),
        ({"rule": "S101"}, True),
        ({"rule": "ruff/S*"}, True),
        ({"rule": "S1"}, False),
        ({"rule": "eslint/S101"}, False),
        ({"rule": "S101", "path": PATH}, True),
        ({"rule": "S101", "path": "elsewhere"}, False),
        ({"fingerprint": "aa"}, True),
        ({"fingerprint": "ab"}, False),
        ({"fingerprint": "aa", "rule": "S102"}, False),
    ],
)
def test_an_entry_ignores_what_it_names_and_nothing_else(said: dict[str, Any], ignored: bool) -> None:
    done = settled(finding(), ignores=(entry(**said),))

    assert bool(done.suppressed) is ignored
    assert bool(done.findings) is not ignored
    if ignored:
        assert (done.suppressed[0].by, done.suppressed[0].reason) == ("f.toml, entry 1", "so")


def test_an_entry_holds_on_its_last_day_and_is_told_on_the_next() -> None:
    last = settled(finding(), ignores=(entry(rule="S101", until=TODAY),))
    over = settled(finding(), ignores=(entry(rule="S101", until=date(2026, 11, 20)),))

    assert (last.findings, last.told) == ((), ())
    assert over.findings == (finding(),)
    assert over.told == ("f.toml, entry 1: ignored until 2026-11-20, so it no longer is: so",)


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ("x", "f.toml: `ignore` is no list of tables."),
        ({"rule": "x"}, "f.toml: `ignore` is no list of tables."),
        ([1], "f.toml, entry 1 is no table."),
        ([{"rule": "x"}], "f.toml, entry 1 does not say why: `reason` is missing."),
        ([{"rule": "x", "reason": "  "}], "f.toml, entry 1 does not say why: `reason` is missing."),
        ([{"path": "x", "reason": "so"}], "f.toml, entry 1 does not say what it ignores"),
        ([{"rule": 1, "reason": "so"}], "f.toml, entry 1: `rule` is no text."),
        ([{"rule": "x", "reason": "so", "why": "so"}], "f.toml, entry 1: there is no `why`."),
        ([{"rule": "x", "reason": "so", "until": "soon"}], "f.toml, entry 1: `until` is no date."),
        ([{"rule": "x", "reason": "so"}, {}], "f.toml, entry 2 does not say why"),
    ],
)
def test_an_entry_that_cannot_be_judged_is_refused_by_its_place(entries: object, message: str) -> None:
    with pytest.raises(ConfigError) as error:
        parse_ignores(entries, "f.toml")
    assert error.value.message.startswith(message)
    assert "[[ignore]]" in error.value.hint


BARE = "a\nassert x  # vivek: ignore[S101]\nassert y  # vivek: ignore because\n"


def test_a_comment_without_a_reason_or_a_rule_is_itself_a_finding_where_it_is_new() -> None:
    notes = {PATH: notes_of(BARE)}

    told = list(unreasoned(notes, (), {PATH: frozenset({2, 3})}))

    assert [(each.rule, each.line) for each in told] == [(WITHOUT_REASON, 2), (WITHOUT_REASON, 3)]
    assert told[0].quote == "assert x  # vivek: ignore[S101]"
    assert "why" in told[0].title
    assert "which rule" in told[1].title


def test_an_old_comment_without_a_reason_is_told_only_where_it_would_have_ignored_something() -> None:
    notes = {PATH: notes_of(BARE)}

    assert [each.line for each in unreasoned(notes, (finding(),), {})] == [2]
    assert list(unreasoned(notes, (finding(path="other.py"),), {})) == []
