import math
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.timing import within
from vivek.prompts.compaction import Facts
from vivek.prompts.estimate import bound
from vivek.prompts.strategies import CARRIED_SHARE, Exchange, Past, Strategy, carry
from vivek.prompts.tokens import count
from vivek.schema.messages import Message

STRATEGIES: tuple[Strategy, ...] = get_args(Strategy)
WINDOWS = (4096, 8192, 32_768, 131_072)


def _past(*said: tuple[str, str], **facts: object) -> Past:
    exchanges = tuple(Exchange(number, asked, told) for number, (asked, told) in enumerate(said, 1))
    messages = tuple(Message("assistant", each.answer) for each in exchanges)
    goals, numbers = [each.request for each in exchanges], [each.number for each in exchanges]
    return Past(exchanges, messages, Facts(goals, numbers=numbers, **facts))  # type: ignore[arg-type]  # checked there


TALK = _past(
    ("What does discount in till/prices.py do?", "It takes a percentage off a price, rounded down."),
    ("Add a test for zero to tests/test_till.py.", "tests/test_till.py has one now."),
    ("Who calls report?", "Only main does."),
    ("Rename main to start.", "It is start now."),
)


def test_recent_repeats_the_last_exchanges_and_tells_what_was_asked_before() -> None:
    carried = carry("recent", TALK, "go on", 85, count)

    assert [each.number for each in carried.exchanges] == [2, 3, 4]
    assert "1. What does discount in till/prices.py do?" in carried.text
    assert "Add a test for zero" not in carried.text


def test_selective_repeats_what_has_to_do_with_the_request() -> None:
    carried = carry("selective", TALK, "Make discount in till/prices.py round up.", 120, count)

    assert [each.number for each in carried.exchanges] == [1]
    assert "2. Add a test for zero" in carried.text
    assert "4. Rename main to start." in carried.text


def test_selective_says_what_it_repeats_in_the_order_in_which_it_was_said() -> None:
    past = _past(
        ("Look at alpha.py", "alpha.py is short"),
        ("Look at beta.py", "beta.py calls alpha.py"),
        ("Sing", "La la la"),
        ("Look at alpha.py and beta.py again", "alpha.py and beta.py are short"),
    )

    carried = carry("selective", past, "Join alpha.py and beta.py", 2000, count)

    assert [each.number for each in carried.exchanges] == [1, 2, 4]


def test_a_path_weighs_more_than_a_word_that_is_everywhere() -> None:
    talk = [(f"please look at the code of part {number}", f"the code is fine {number}") for number in range(30)]
    past = _past(("please see till/rates.py", "seen"), *talk)

    carried = carry("selective", past, "please look at the code of till/rates.py", 60, bound)

    assert [each.number for each in carried.exchanges] in ([1], [])
    carried = carry("selective", past, "please look at the code of till/rates.py", 400, count)
    assert 1 in [each.number for each in carried.exchanges]


def test_summary_repeats_nothing_word_for_word_but_what_the_user_asked() -> None:
    carried = carry("summary", TALK, "go on", 400, count)

    assert carried.exchanges == ()
    assert all(each.request in carried.text for each in TALK.exchanges)
    assert "- Only main does." in carried.text


def test_an_exchange_without_an_answer_is_not_repeated_but_its_request_is() -> None:
    carried = carry("recent", _past(("Do it.", " "), ("And now?", "Done.")), "go on", 400, count)

    assert [each.number for each in carried.exchanges] == [2]
    assert "1. Do it." in carried.text


def test_an_exchange_larger_than_its_share_ends_what_is_recent() -> None:
    past = _past(("one", "1"), ("two", "word " * 5000), ("three", "3"))

    carried = carry("recent", past, "go on", 400, count)

    assert [each.number for each in carried.exchanges] == [3]
    assert "1. one" in carried.text


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_nothing_to_carry_over_gives_a_header_or_nothing(strategy: Strategy) -> None:
    carried = carry(strategy, Past(), "go on", 300, count)

    assert carried.exchanges == ()
    assert count(carried.text) <= 300


TEXT = st.text(max_size=120) | st.sampled_from(
    [
        "字" * 3000,
        "👩‍👩‍👧" * 500,
        "x" * 40_000,
        "```python\n" + "def f(): ...\n" * 900 + "```",
        "till/prices.py " * 40,
        "a b " * 2000,
        "",
        "\n",
        "\ud800",
    ]
)


@settings(deadline=None)
@given(
    st.sampled_from(STRATEGIES),
    st.lists(st.tuples(TEXT, TEXT), max_size=6),
    TEXT,
    st.sampled_from(WINDOWS),
    st.sampled_from(
        [bound, count, len, lambda text: math.ceil(len(text) / 4), lambda text: len(text.encode("utf-8", "replace"))]
    ),
    st.lists(TEXT, max_size=3),
)
def test_no_input_no_strategy_no_window_exceeds_its_room(strategy, said, request, window, counted, more) -> None:
    past = _past(*said, changed=more, points=more, seen=more)

    for room in (window // 4, window // 64, 0):
        carried = carry(strategy, past, request, room, counted)
        assert carried.size(counted) <= max(room, 0)


@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize("window", WINDOWS)
def test_ten_thousand_messages_are_carried_over_at_once(strategy: Strategy, window: int) -> None:
    past = _past(*((f"ask for module_{n}.py, part {n % 7}", f"answer {n}: " + "it is so. " * 30) for n in range(5000)))
    room = window // 4

    carried = within(1, lambda: carry(strategy, past, "what of module_17.py and module_4998.py?", room, bound))

    assert 0.5 * room < carried.size(bound) <= room
    if strategy == "recent":
        assert carried.exchanges[-1].number == 5000
        assert sum(bound(e.request) + bound(e.answer) for e in carried.exchanges) <= CARRIED_SHARE * room
    if strategy == "selective":
        assert {18, 4999} <= {each.number for each in carried.exchanges}
