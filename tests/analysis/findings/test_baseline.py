"""A baseline tells what is new, what is still open and what is gone, and nothing of what nobody looked at."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivek.analysis.findings.baseline import VERSION, Known, baseline_text, held_against, parse_baseline, renewed
from vivek.errors import ConfigError
from vivek.schema.changes import ChangedFile, Changes, FileKind, ReviewScope, ScopeKind
from vivek.schema.findings import SEVERITIES, Finding, ReviewReport, Suppressed

PRICES = "till/prices.py"
QUOTE = "    return price * rat"
KNOWN = Known("aa", "vivek/undefined-name", PRICES, "high", "`rat` is not defined", QUOTE)


def finding(fingerprint: str = "aa", *, path: str = PRICES, rule: str = KNOWN.rule, quote: str = QUOTE) -> Finding:
    return Finding(rule, "high", "high", path, 9, 9, quote, KNOWN.title, fingerprint=fingerprint)


def changes(*files: ChangedFile, kind: ScopeKind = "worktree") -> Changes:
    return Changes(ReviewScope(kind, "a change"), files)


def file(
    text: str | None = "", *, path: str = PRICES, kind: FileKind = "modified", old: str = "", aside: str = ""
) -> ChangedFile:
    return ChangedFile(path, kind, old_path=old, new_text=text, aside=aside)


def report(*findings: Finding) -> ReviewReport:
    return ReviewReport(ReviewScope("worktree", "a change"), "done", findings)


def held(found: ReviewReport, known: Known, looked: Changes) -> ReviewReport:
    return held_against(found, (known,), looked, "base.json")


def test_a_finding_is_open_where_its_fingerprint_is_known_and_else_new() -> None:
    done = held(report(finding(), finding("bb")), KNOWN, changes(file(f"{QUOTE}\n")))

    assert [each.standing for each in done.findings] == ["open", "new"]
    assert (done.baseline, done.fixed) == ("base.json", ())


def test_a_finding_whose_code_is_gone_is_fixed() -> None:
    (gone,) = held(report(), KNOWN, changes(file("    return price * RATE\n"))).fixed

    assert (gone.rule, gone.path, gone.fingerprint, gone.standing) == (KNOWN.rule, PRICES, "aa", "fixed")


def test_a_finding_in_a_deleted_file_is_fixed() -> None:
    assert held(report(), KNOWN, changes(file(None, kind="deleted"))).fixed


@pytest.mark.parametrize(
    "looked",
    [
        pytest.param(changes(file("", path="other.py")), id="another file"),
        pytest.param(changes(file("", aside="too large")), id="nobody read it"),
        pytest.param(changes(file(None, kind="binary")), id="no text"),
        pytest.param(changes(file("x\n\n  return  price *  rat  \n")), id="the code stands there still"),
    ],
)
def test_nothing_is_called_fixed_that_nobody_looked_at(looked: Changes) -> None:
    assert held(report(), KNOWN, looked).fixed == ()
    assert renewed(report(), (KNOWN,), looked) == (KNOWN,), "and it stays in the baseline"


def test_what_is_not_found_in_a_file_that_was_read_whole_is_fixed() -> None:
    looked = changes(file(f"rat = 1\n{QUOTE}\n", kind="whole"), kind="files")

    assert held(report(), KNOWN, looked).fixed


def test_a_masked_secret_is_not_fixed_because_its_mask_stands_nowhere() -> None:
    known = replace(KNOWN, rule="vivek/secret", quote='key = "[redacted]"  # ours')

    assert held(report(), known, changes(file('a = 1\nkey = "geheim"  # ours\n'))).fixed == ()
    assert held(report(), known, changes(file("a = 1\n"))).fixed


def test_a_finding_goes_along_when_its_file_is_renamed() -> None:
    moved = finding("cc", path="till/cost.py")
    looked = changes(file(f"{QUOTE}\n", path="till/cost.py", kind="renamed", old=PRICES))

    done = held(report(moved), KNOWN, looked)

    assert (done.findings[0].standing, done.fixed) == ("open", ())
    assert renewed(done, (KNOWN,), looked) == (replace(KNOWN, fingerprint="cc", path="till/cost.py"),)


def test_a_finding_that_is_ignored_now_is_not_fixed() -> None:
    ignored = replace(report(), suppressed=(Suppressed(finding(), "comment", "meant so"),))

    assert held(ignored, KNOWN, changes(file("another text"))).fixed == ()


def test_a_renewed_baseline_knows_what_is_there_and_forgets_what_is_gone() -> None:
    looked = changes(file("text"))

    assert renewed(report(finding("bb")), (KNOWN,), looked) == (replace(KNOWN, fingerprint="bb"),)


texts = st.text(st.characters(codec="utf-8"), max_size=20)
knowns = st.builds(Known, texts.filter(bool), texts, texts, st.sampled_from(list(SEVERITIES)), texts, texts)


@given(st.lists(knowns, unique_by=lambda each: each.fingerprint))
def test_a_baseline_is_read_as_it_was_written(known: list[Known]) -> None:
    text = baseline_text(known)

    assert set(parse_baseline(text, "b")) == set(known)
    assert text == baseline_text(reversed(known)), "the order is fixed"
    assert text.count("\n") <= 6 + len(known), "one line a finding"


def broken(**other: Any) -> str:
    return json.dumps({**json.loads(baseline_text([KNOWN])), **other})


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{",
        "[" * 100_000,
        '{"version": 1}',
        broken(kind="coverage"),
        broken(version="1"),
        broken(version=0),
        broken(findings=None),
        broken(findings=[1]),
        broken(findings=[{"fingerprint": "aa"}]),
        broken(findings=[{**json.loads(baseline_text([KNOWN]))["findings"][0], "severity": "awful"}]),
        broken(findings=[{**json.loads(baseline_text([KNOWN]))["findings"][0], "fingerprint": ""}]),
    ],
)
def test_what_is_no_baseline_is_refused_by_name(text: str) -> None:
    with pytest.raises(ConfigError, match=r"^base\.json is no baseline") as error:
        parse_baseline(text, "base.json")
    assert "--update-baseline" in error.value.hint


def test_a_baseline_of_a_newer_version_is_refused_with_both_versions() -> None:
    with pytest.raises(ConfigError, match=f"version {VERSION + 1}; this vivek reads version {VERSION}"):
        parse_baseline(broken(version=VERSION + 1, findings="who knows"), "base.json")
