import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from vivek.prompts.compaction import Facts, compact
from vivek.prompts.tokens import count
from vivek.schema.messages import Message


def _quarter(text: str) -> int:
    return math.ceil(len(text) / 4)


def _turn(asked: str, answered: str) -> tuple[Message, Message]:
    return Message("user", asked), Message("assistant", answered)


GOALS = ("Rename f to g everywhere.", "Now add a test:\n\n- for zero\n- for minus one", "Why is it slow?")
REPLIES = (
    '{"kind": "change", "steps": ["Rename"], "files": [], "mode": "peer", "question": ""}',
    "I renamed it.\n\na.py\n````python\ndef g():\n    '''\n```\n'''\n````\n\nThe callers follow.",
    "b.py\n```python\nx = 1\n```",
    "It is slow because of the loop.",
)
MESSAGES = tuple(message for reply in REPLIES for message in _turn("whatever was shown", reply))


def test_the_summary_of_a_short_thread(golden) -> None:
    golden("summary.md", compact(MESSAGES, Facts(GOALS, ("a.py", "tests/test_a.py")), 500, count))


def test_a_summary_with_little_room_keeps_the_newest_goals_and_says_so(golden) -> None:
    golden("summary_cut.md", compact(MESSAGES, Facts(GOALS, ("a.py", "tests/test_a.py")), 50, count))


def test_code_plans_and_verdicts_are_not_repeated() -> None:
    text = compact(MESSAGES, Facts(), 500, count)

    assert "I renamed it. a.py [code] The callers follow." in text
    assert "- b.py [code]" in text
    assert "kind" not in text
    assert "def g" not in text


def test_a_reply_of_nothing_but_code_is_left_out() -> None:
    assert "[code]" not in compact(_turn("a", "```\nx\n```"), Facts(), 500, count)


def test_only_the_last_answers_are_kept_and_long_ones_are_cut() -> None:
    text = compact(
        [message for n in range(9) for message in _turn("q", f"answer {n} " + "la " * 400)], Facts(), 2000, count
    )

    assert [n for n in range(9) if f"answer {n}" in text] == [5, 6, 7, 8]
    assert text.count("… [cut]") == 4


def test_a_full_summary_holds_what_was_refused_what_the_model_noted_and_what_it_saw(golden) -> None:
    points = ("request 1: the user did not want the change: keep the old name as well",)
    seen = ("a.py (1a2b3c4d), with f, g",)
    facts = Facts(GOALS, ("a.py",), points, seen, unread=4, numbers=(5, 6, 7))

    golden("summary_full.md", compact(MESSAGES, facts, 500, count, summary="- f is used by b.py only\n- g is slow"))


def test_what_the_model_noted_stands_for_its_older_answers() -> None:
    text = compact(MESSAGES, Facts(GOALS), 500, count, summary="- f is now g")

    assert "- f is now g" in text
    assert "It is slow because of the loop." in text
    assert "I renamed it." not in text


def test_old_requests_leave_room_for_what_the_model_noted() -> None:
    goals = [f"request number {number} of many, and it says this and that" for number in range(100)]

    text = compact((), Facts(goals), 300, count, summary="- prices are whole cents\n- rates are per cent")

    assert "prices are whole cents" in text
    assert goals[-1] in text
    assert goals[0] not in text


def test_the_newest_request_comes_before_what_the_model_noted() -> None:
    text = compact((), Facts(["please " * 60]), 110, count, summary="- noted\n" * 50)

    assert "please " * 60 in text


def test_a_goal_larger_than_the_room_is_cut_and_the_cut_is_said() -> None:
    text = compact((), Facts(("short", "word " * 10_000)), 60, count)

    assert count(text) <= 60
    assert "(1 older left out)" in text
    assert "2. word word" in text
    assert text.endswith("… [cut]")


def test_files_that_do_not_fit_leave_the_latest_and_their_number() -> None:
    text = compact((), Facts(("go",), [f"src/module_{n}.py" for n in range(50)]), 60, count)

    assert "src/module_49.py" in text
    assert "src/module_0.py" not in text
    assert "older left out): src/" in text


@pytest.mark.parametrize("room", [-3, 0, 1, 5])
def test_no_room_gives_no_text(room: int) -> None:
    assert compact(MESSAGES, Facts(GOALS), room, count) == ""


def test_counts_that_do_not_add_up_still_end_in_the_room() -> None:
    def jumpy(text: str) -> int:
        return len(text.split()) if "\n" not in text else 10 * len(text.split())

    for room in range(0, 700, 7):
        assert jumpy(compact(MESSAGES, Facts(GOALS, ("a.py",)), room, jumpy)) <= room


TEXT = st.text(max_size=200) | st.sampled_from(
    ["字" * 3000, "👩‍👩‍👧" * 500, "x" * 20_000, "```\n" * 300, "{", "a b " * 2000]
)


@given(
    st.lists(st.builds(Message, st.sampled_from(["user", "assistant"]), TEXT), max_size=6),
    st.builds(Facts, *[st.lists(TEXT, max_size=5)] * 4, unread=st.integers(0, 9)),
    st.integers(0, 600),
    st.sampled_from([count, _quarter, len]),
    TEXT,
)
@example([], Facts(["x" * 20_000]), 100, count, "")
def test_the_room_is_never_exceeded(messages, facts, room, counted, summary) -> None:
    assert counted(compact(messages, facts, room, counted, summary=summary)) <= room


@given(st.lists(TEXT, max_size=5), st.lists(TEXT.map(lambda text: Message("assistant", text)), max_size=5))
def test_goals_are_kept_word_for_word_when_they_fit(goals, messages) -> None:
    text = compact(messages, Facts(goals), 200_000, _quarter)

    place = 0
    for goal in goals:
        place = text.index(goal, place) + len(goal)
    assert "left out" not in text.partition("The last answers")[0].replace("".join(goals), "")


def test_ten_thousand_messages_are_summed_up_in_the_room() -> None:
    messages = [message for n in range(5000) for message in _turn(f"ask {n}", f"answer {n}")]

    text = compact(messages, Facts([f"ask {n}" for n in range(5000)]), 400, count)

    assert 300 < count(text) <= 400
    assert "ask 4999" in text
