"""One piece of advice for a step."""

import pytest

from vivek.prompts.advice import ADVICE, LARGEST, Situation, choose
from vivek.prompts.templates import SHIPPED
from vivek.prompts.tokens import count


@pytest.mark.parametrize(
    ("situation", "name"),
    [
        (Situation("rename a to b", "change"), "rename"),
        (Situation("write tests for a", "change"), "tests"),
        (Situation("a fails for 0", "change"), "defect"),
        (Situation("add a flag", "change"), None),
        (Situation("why does a fail?", "answer"), None),
        (Situation("rename a to b", "change", cut_result=True), "cut_result"),
        (Situation("rename a to b", "change", cut_result=True, failed_tool=True), "failed_tool"),
        (Situation("rename a to b", "change", failed_tool=True, refused_command=True), "refused_command"),
        (Situation("rename a to b", "change", failed_check=True, cut_result=True), "failed_check"),
    ],
)
def test_an_error_counts_before_what_came_last_and_that_before_the_intent(
    situation: Situation, name: str | None
) -> None:
    chosen = choose(situation)

    assert (chosen and chosen.name) == name


def test_advice_is_given_once_a_turn_but_for_errors() -> None:
    assert choose(Situation("rename a", "change"), given=["rename"]) is None
    assert choose(Situation("rename a, it is wrong", "change"), given=["rename"]) == ADVICE[-1]
    again = choose(Situation("x", "change", failed_check=True), given=["failed_check"])
    assert again is not None
    assert again.name == "failed_check"


@pytest.mark.parametrize("advice", ADVICE, ids=lambda advice: advice.name)
def test_no_advice_is_long(advice: object) -> None:
    text = SHIPPED.render(f"advice/{getattr(advice, 'name', '')}")

    assert 0 < count(text) <= LARGEST
