"""What several found of the same matter is one finding, with all of their names."""

from dataclasses import replace

import pytest

from vivek.analysis.findings.matters import matter_of, united
from vivek.schema.findings import Finding

MODEL = Finding(
    "review/security",
    "critical",
    "medium",
    "a.py",
    4,
    6,
    "db.execute(f'...')",
    "A value ends the SQL text.",
    "A name with a quote in it runs as SQL.",
    origins=("finder:lines",),
)
TOOL = Finding("ruff/S608", "high", "high", "a.py", 5, 5, "", "Possible SQL injection", origins=("ruff",))


def test_a_model_that_repeats_a_tool_is_named_beside_it() -> None:
    [finding] = united([TOOL, MODEL])

    assert (finding.rule, finding.origins) == ("ruff/S608", ("ruff", "finder:lines"))
    assert (finding.severity, finding.confidence, finding.scenario) == ("critical", "high", MODEL.scenario)


@pytest.mark.parametrize(
    "other",
    [
        replace(MODEL, line=7, end_line=7),
        replace(MODEL, path="b.py"),
        replace(MODEL, old=True),
        replace(MODEL, rule="review/leak", title="The connection is never closed."),
    ],
)
def test_other_places_and_other_matters_stay_apart(other: Finding) -> None:
    assert united([TOOL, MODEL, other])[1:] == (other,)


def test_two_questions_that_find_the_same_come_to_one_finding() -> None:
    again = replace(MODEL, origins=("finder:security",), line=6, end_line=6)
    in_other_words = replace(again, rule="review/crash", title="The value ends the SQL text there.")

    [finding] = united([MODEL, again, in_other_words, MODEL])

    assert finding == replace(MODEL, origins=("finder:lines", "finder:security"))


def test_two_tools_stay_apart_where_their_rules_are_not_the_same() -> None:
    other = replace(TOOL, rule="ruff/S105", title="Possible SQL injection")

    assert united([TOOL, other]) == (TOOL, other)


@pytest.mark.parametrize(
    ("rule", "matter"),
    [
        ("review/race", "race"),
        ("vivek/sql-injection", "security"),
        ("vivek/weaker-test", "test"),
        ("vivek/race", "race"),
        ("vivek/resource-leak", "leak"),
        ("vivek/swallowed-error", "lost-error"),
        ("vivek/off-by-one", "wrong-result"),
        ("vivek/path-traversal", "security"),
        ("vivek/complexity", "vivek/complexity"),
        ("ruff/S301", "security"),
        ("ruff/SIM105", "ruff/SIM105"),
        ("ruff/F821", "crash"),
        ("eslint/eqeqeq", "eslint/eqeqeq"),
    ],
)
def test_rules_of_tools_are_about_a_matter_where_that_is_known(rule: str, matter: str) -> None:
    assert matter_of(replace(TOOL, rule=rule)) == matter
