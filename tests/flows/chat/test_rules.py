"""Which requests need no planner."""

import pytest

from vivek.flows.chat.rules import RULES, Earlier, route


@pytest.mark.parametrize(
    ("request_", "named", "rule"),
    [
        ("rename add to plus in calc.py", ["calc.py"], "change to a named file"),
        ("Please add a docstring to calc.py", ["calc.py"], "change to a named file"),
        ("Could you please fix `src/app.ts`?", ["src/app.ts"], "change to a named file"),
        ("create hello.py that prints hello", [], "change to a named file"),
        ("What does calc.py do?", ["calc.py"], "question"),
        ("how are numbers added", [], "question"),
        ("explain calc.py", ["calc.py"], "question"),
        ("please explain the tests", [], "request to explain"),
        ("calc.py: is it tested?", ["calc.py"], "question mark"),
        ("`Stock.take` must refuse what is not there", ["stock.py"], "one place"),
        ("calc.py gives -5 for 7 - 2. Mend it.", ["calc.py"], "one place"),
    ],
)
def test_a_rule_decides_without_a_model(request_: str, named: list[str], rule: str) -> None:
    found = route(request_, named)

    assert found is not None
    assert found.rule == rule


@pytest.mark.parametrize(
    "request_",
    ["make it faster", "add a retry to the client", "the tests fail since yesterday", "", "Rechne schneller"],
)
def test_a_request_that_no_rule_fits_goes_to_the_planner(request_: str) -> None:
    assert route(request_, []) is None


def test_of_two_places_the_planner_says_which() -> None:
    assert route("the client waits for ever", ["a.py", "b.py"]) is None


def test_only_a_change_lets_files_be_written() -> None:
    assert {rule.name: rule.kind for rule in RULES} == {
        "change to a named file": "change",
        "question": "answer",
        "request to explain": "answer",
        "question mark": "answer",
        "one place": "change",
        "change to what was spoken of": "change",
        "goes on": None,
    }


BEFORE = Earlier("change", ("till/prices.py",))


@pytest.mark.parametrize(
    ("request_", "rule", "kind"),
    [
        ("make it faster", "change to what was spoken of", "change"),
        ("now rename it to rebate", "change to what was spoken of", "change"),
        ("And please add a test for that", "change to what was spoken of", "change"),
        ("add the same check to the other", "change to what was spoken of", "change"),
        ("no, it must round up", "goes on", "change"),
        ("go on", "goes on", "change"),
        ("Yes.", "goes on", "change"),
        ("that is wrong for 0", "goes on", "change"),
        ("also for negative prices", "goes on", "change"),
    ],
)
def test_a_request_that_follows_up_is_about_the_files_of_the_turn_before(request_: str, rule: str, kind: str) -> None:
    found = route(request_, [], BEFORE)

    assert found is not None
    assert (found.rule, found.kind, found.files) == (rule, kind, BEFORE.files)
    assert route(request_, []) is None, "there is nothing that it follows"
    assert route(request_, [], Earlier("change")) is None, "the turn before had no files"


def test_a_follow_up_is_what_the_turn_before_was_and_a_named_file_counts_more() -> None:
    named = route("and those in b.py and c.py", ["b.py", "c.py"], Earlier("answer", ("a.py",)))

    assert named is not None
    assert (named.kind, named.files) == ("answer", ())


@pytest.mark.parametrize(
    "request_", ["add a retry to the client", "the tests fail since yesterday", "Itemise the bill"]
)
def test_a_new_matter_does_not_follow_up(request_: str) -> None:
    assert route(request_, [], BEFORE) is None


def test_a_very_long_request_is_routed_at_once() -> None:
    assert route("please " * 50_000 + "?", []) is not None
