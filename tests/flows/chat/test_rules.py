"""Which requests need no planner."""

import pytest

from vivek.flows.chat.rules import RULES, route


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
    ],
)
def test_a_rule_decides_without_a_model(request_: str, named: list[str], rule: str) -> None:
    found = route(request_, named)

    assert found is not None
    assert found.name == rule


@pytest.mark.parametrize(
    "request_",
    ["make it faster", "add a retry to the client", "the tests fail since yesterday", "", "Rechne schneller"],
)
def test_a_request_that_no_rule_fits_goes_to_the_planner(request_: str) -> None:
    assert route(request_, []) is None


def test_only_a_change_lets_files_be_written() -> None:
    assert {rule.name: rule.kind for rule in RULES} == {
        "change to a named file": "change",
        "question": "answer",
        "request to explain": "answer",
        "question mark": "answer",
    }


def test_a_very_long_request_is_routed_at_once() -> None:
    assert route("please " * 50_000 + "?", []) is not None
