"""What is kept of a model's words: everything that a fact proves, and nothing else."""

from collections import Counter

import pytest

from tests.analysis.planted import MODULES, SPOILS, false_sentences, shop, true_sentences
from vivek.analysis.citations.checking import Evidence, check
from vivek.schema.architecture import Sentence
from vivek.schema.measures import Place
from vivek.schema.narrative import Fact

FACTS = Evidence(shop())
PRICES, JOURNAL, APP = MODULES[:3]


def cite(kind: str, of: str = "") -> str:
    """Return the id of the first fact of a kind about something that begins so."""
    return next(
        fact.id
        for fact in shop()
        if fact.kind == kind and (not of or (fact.subjects[:1] and fact.subjects[0].startswith(of)))
    )


IN, OUT, LINES, CHANGES = (cite(kind, PRICES) for kind in ("fan-in", "fan-out", "lines", "changes"))
IN_J, OUT_J, LINES_J = (cite(kind, JOURNAL) for kind in ("fan-in", "fan-out", "lines"))
IMPORT, TOGETHER = cite("import", PRICES), cite("coupling", PRICES)
UNTESTED, DEAD, CYCLE, LAYER, SHARE = (cite(kind) for kind in ("untested", "dead", "cycle", "layer", "share"))


def test_of_a_thousand_planted_falsehoods_none_passes() -> None:
    planted = false_sentences(1_000)

    assert [each for each in planted if check(each.text, FACTS).sentences] == []
    sorts = Counter(each.how for each in planted)
    assert sorts.keys() == SPOILS.keys()
    assert min(sorts.values()) >= 30


def test_of_true_sentences_nine_in_ten_stay_at_least() -> None:
    true = list(true_sentences())

    lost = [each.text for each in true if not check(each.text, FACTS).sentences]
    assert len(true) > 200
    assert len(lost) <= len(true) // 10, lost


@pytest.mark.parametrize(
    "text",
    [
        f"{PRICES} is imported by 40 modules [{IN}] and itself imports 3 modules [{OUT}].",
        f"{PRICES} is imported by 40 modules and imports 3 modules [{IN}, {OUT}].",
        f"{PRICES} is imported by 40 modules [{IN}], while {JOURNAL} is imported by 37 [{IN_J}].",
        f"The most imported module is {PRICES} [{IN}].",
        f"{PRICES} is the most imported module [{IN}].",
        f"`prices.py` is used by forty modules [{IN}].",
        f"With 1,900 lines, {PRICES} is the longest file [{LINES}].",
        f"{PRICES} is the largest module with 1900 lines of code. [{LINES}]",
        f"{PRICES} is the file that changes most: 90 commits touched it [{CHANGES}].",
        f"{PRICES} has more lines than {JOURNAL} [{LINES}, {LINES_J}].",
        f"{JOURNAL} has fewer lines than {PRICES} [{LINES_J}][{LINES}].",
        f"{PRICES} is imported by more modules than {JOURNAL} [{IN}, {IN_J}].",
        f"71 % of the lines are written in Python [{SHARE}].",
        f"{PRICES}, {JOURNAL} and {APP} import each other in a cycle [{CYCLE}].",
        f"till/store/base.py has no tests [{UNTESTED}].",
        f"till/store/disk.py seems dead [{DEAD}].",
        f"{JOURNAL} applies a change set: all files or none [{JOURNAL}:2].",
        f"Recommendation: add tests for till/store/base.py first [{UNTESTED}].",
        f"Recommendation: remove till/store/disk.py, it is unused [{DEAD}].",
        f"Recommendation: break the cycle of {PRICES} [{CYCLE}].",
        "Recommendation: start with the tests.",
        "The following describes the structure of the project.",
        f"`work_a` in {PRICES} has a cognitive complexity of 61 [{cite('complexity')}].",
        f"- {PRICES} has 1,900 lines [{LINES}].",
        f"The import from {PRICES} to {JOURNAL} is there [{IMPORT}].",
        f"{PRICES} has more lines than the file {JOURNAL} has [{LINES}, {LINES_J}].",
    ],
)
def test_what_people_would_write_of_a_fact_stays(text: str) -> None:
    kept = check(text, FACTS)

    assert (len(kept.sentences), kept.removed) == (1, {})


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (f"{PRICES} is imported by 3 modules and imports 40 [{IN}, {OUT}].", "wrong direction"),
        (f"{PRICES} is imported by 3 modules [{IN}] and imports 40 modules [{OUT}].", "wrong number"),
        (f"It is imported by 40 modules [{IN}].", "wrong name"),
        (f"{PRICES}, which 3 modules import, is in the project [{OUT}].", "wrong direction"),
        (f"Importing 40 modules, {PRICES} is in the project [{IN}].", "wrong direction"),
        (f"{PRICES} is imported by 40 modules that depend on it [{IN}].", "wrong direction"),
        (f"{PRICES} is imported by 40 modules, {JOURNAL} by 37 [{IN}].", "wrong name"),
        (f"{PRICES} is imported by 40 thousand modules [{IN}].", "unproven"),
        (f"{PRICES} is imported by \u2074\u2070 modules [{IN}].", "wrong name"),
        (f"{PRICES} is imported by 40% of the modules [{IN}].", "wrong number"),
        (f"{PRICES} isn't imported by 40 modules [{IN}].", "wrong direction"),
        (f"All modules import {PRICES} [{IN}].", "unbacked comparison"),
        (f"{PRICES} is the least imported module [{IN}].", "unbacked comparison"),
        (f"The 40 modules of the repository import {PRICES} [{IN}].", "wrong number"),
        (f"{PRICES} changed in 90 modules [{CHANGES}].", "wrong number"),
        (f"{PRICES} has 1900 lines of tests [{LINES}].", "unproven"),
        (f"{PRICES} imports the code that imports {JOURNAL} [{IMPORT}].", "wrong direction"),
        (f"{PRICES} is imported by {JOURNAL} [{IMPORT}].", "wrong direction"),
        (f"The import from {JOURNAL} to {PRICES} is there [{IMPORT}].", "wrong direction"),
        (f"{PRICES} and {JOURNAL} never changed together [{TOGETHER}].", "wrong direction"),
        (f"till/store/base.py reaches no test [{UNTESTED}].", "wrong direction"),
        (f"till/store/disk.py is not unused [{DEAD}].", "wrong direction"),
        (f"There is a cycle [{CYCLE}].", "wrong name"),
        (f"The layer records is above screens [{LAYER}].", "wrong direction"),
        (f"{JOURNAL} applies all files [{JOURNAL}:2].", "wrong direction"),
        (f"{PRICES} rounds whole cents up to discounts [{PRICES}:1].", "unproven"),
        (f"{PRICES} rounds discounts up to whole cents and loses some [{PRICES}:1].", "unproven"),
        (f"{PRICES} rounds 7 discounts up to whole cents [{PRICES}:1].", "wrong number"),
        (f"{PRICES} rounds discounts up until whole cents [{PRICES}:1].", "wrong direction"),
        (f"The import from {PRICES} of {JOURNAL} is there [{IMPORT}].", "wrong direction"),
        (f"{PRICES} has more lines than {JOURNAL} and the ledger [{LINES}, {LINES_J}].", "unbacked comparison"),
        (f"{PRICES} has more lines than the module [{LINES}, {LINES_J}].", "unbacked comparison"),
        (f"A fifth of the 40 modules import {PRICES} [{IN}].", "wrong number"),
        (f"{JOURNAL} rounds discounts up to whole cents [{PRICES}:1].", "wrong name"),
        ("The code base is a mess.", "no citation"),
        ("The project has tests.", "no citation"),
        ("Nothing is wrong.", "no citation"),
        ("Recommendation: fix the memory leak.", "no citation"),
        ("Recommendation: split till/prices.py.", "no citation"),
        (f"Recommendation: cut the import from {JOURNAL} to {PRICES} [{IMPORT}].", "wrong direction"),
        (f"Recommendation: test {PRICES}, it has 41 importers [{IN}].", "wrong number"),
        (f"{PRICES} has fewer lines than {JOURNAL} [{LINES}, {LINES_J}].", "unbacked comparison"),
        (f"{JOURNAL} is imported by more modules than {PRICES} [{IN}, {IN_J}].", "unbacked comparison"),
        (f"{PRICES} is imported by 40 modules [M999].", "unknown citation"),
        (f"{PRICES} has 40 dependencies [{IN}].", "wrong number"),
    ],
)
def test_what_a_fact_does_not_say_goes_with_its_reason(text: str, reason: str) -> None:
    assert check(text, FACTS) == ((), {reason: 1})


def test_sentences_are_told_apart_and_each_keeps_its_own_citations() -> None:
    text = (
        f"# Overview\n\n{PRICES} has 1,900 lines [{LINES}]. {JOURNAL} has 5 lines [{LINES_J}]. It is fast!\n"
        f"1. {PRICES} imports {JOURNAL}, e.g. directly ({IMPORT}).\n"
        f"2. {PRICES} is imported by 40\n   modules [{IN}]."
    )

    kept = check(text, FACTS)

    assert kept.sentences == (
        Sentence(f"{PRICES} has 1,900 lines.", (LINES,)),
        Sentence(f"{PRICES} is imported by 40 modules.", (IN,)),
    )
    assert kept.removed == {"wrong number": 1, "no citation": 1, "wrong name": 1}


def test_a_fact_can_be_cited_by_its_place_and_a_figure_be_rounded_as_it_is_written() -> None:
    fact = Fact("M1", "share", "go makes up 9.16 % of the lines", ("go",), value=9.16, place=Place("go.mod", 3))
    facts = Evidence([fact])

    for figure in ("9", "9.2", "9.16"):
        assert check(f"Go makes up {figure} % of the lines [go.mod:3].", facts).removed == {}
    for figure in ("10", "9.1", "9.160001", "0.0916"):
        assert check(f"Go makes up {figure} % of the lines [go.mod:3].", facts).removed == {"wrong number": 1}


def test_noise_is_removed_and_counted_and_nothing_is_a_text_without_sentences() -> None:
    noise = "\x00 [M] [[M1] `" + "[" * 5_000 + " M1] )( 7 of 9 " + "lorem " * 2_000 + "."

    assert check(noise, FACTS).sentences == ()
    assert sum(check(noise, FACTS).removed.values()) >= 1
    assert check(" \n\n# Title\n ```\n", FACTS) == ((), {})
