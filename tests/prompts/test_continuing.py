"""A reply that was cut off becomes one text again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivek.prompts.continuing import Joiner, go_on_from, join_reply

CODE = "Here it is.\n\napp.py\n```python\ndef area(width, height):\n    return width * he"


@pytest.mark.parametrize(
    ("first", "more", "whole"),
    [
        ("one two thr", "ee four", "one two three four"),
        ("one two thr", "three four", "one two three four"),
        ("one two three", "three four", "one two three four"),
        ("line 1\nline 2\nli", "line 2\nline 3\n", "line 1\nline 2\nline 3\n"),
        ("line 1\nline 2\n", "\nline 2\nline 3\n", "line 1\nline 2\nline 3\n"),
        ("we agre", "ed", "we agreed"),
        ("x = foobar", "bar()", "x = foobarbar()"),
        ("the the", "the the end", "the the end"),
        (CODE, "ight\n```\n", CODE + "ight\n```\n"),
        (CODE, "```python\n    return width * height\n```\n", CODE + "ight\n```\n"),
        (CODE + "ight\n", "```\nDone.", CODE + "ight\n```\nDone."),
        ("", "all of it", "all of it"),
        ("all of it", "", "all of it"),
    ],
)
def test_what_is_said_twice_is_kept_once(first: str, more: str, whole: str) -> None:
    assert join_reply(first, more) == whole


def test_a_reply_that_begins_anew_adds_nothing_and_is_known() -> None:
    joiner = Joiner(CODE)

    assert joiner.feed(CODE + "ight\n```\n") + joiner.finish() == ""
    assert joiner.restarted
    assert joiner.feed("more") == ""


def test_the_model_is_shown_its_reply_and_told_to_go_on() -> None:
    reply, told = go_on_from("half a rep")

    assert (reply.role, reply.content, told.role) == ("assistant", "half a rep", "user")
    assert "exactly where it stopped" in told.content


TEXT = st.text(st.sampled_from("ab \n`."), max_size=60)


@given(first=TEXT, more=TEXT, size=st.integers(1, 7))
def test_pieces_join_as_the_whole_does(first: str, more: str, size: int) -> None:
    joiner = Joiner(first)
    new = [joiner.feed(more[at : at + size]) for at in range(0, len(more), size)]

    assert first + "".join(new) + joiner.finish() == join_reply(first, more)


def test_a_long_piece_streams_on_once_its_beginning_is_judged() -> None:
    joiner = Joiner("one two three")

    assert joiner.feed("x" * 399) == ""
    assert joiner.feed("y") == "x" * 399 + "y"
    assert joiner.feed("z") == "z"
