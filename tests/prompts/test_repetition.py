"""Endless repetition is noticed, honest repetition is not."""

import pytest

from vivek.prompts.repetition import LoopWatch, without_repetition


def look(text: str, known: str = "", size: int = 7) -> str:
    """Return what is noticed first when a text streams in pieces."""
    watch = LoopWatch(known)
    return next((said for at in range(0, len(text), size) if (said := watch.feed(text[at : at + size]))), "")


BLOCK = "".join(f"    if value == {number}:\n        return {number}\n" for number in range(12))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("word " * 4_000, "word"),
        ("Here.\n" + "    return None\n" * 400, "return None"),
        ("Here.\n" + BLOCK * 20, None),
        ("Well: " + "ha" * 4_000, None),
        ("a" * 10 + "\n" * 6_000, "blanks"),
    ],
)
def test_the_same_again_and_again_is_noticed(text: str, said: str | None) -> None:
    seen = look(text)

    assert seen
    assert len(seen) <= 41
    if said is not None:
        assert seen.replace(" ", "") in (said.replace(" ", "") * 3)


@pytest.mark.parametrize(
    "text",
    [
        "".join(f"{number}. The rule of number {number} is simple.\n" for number in range(2_000)),
        "-" * 200 + "\n" + "".join(f"x_{number} = {number}\n" for number in range(900)),
        BLOCK * 3,
        "".join("0, 0, 0, 0, 0, 0\n" for _ in range(60)) + "".join(f"{number}\n" for number in range(900)),
        "word " * 300,
    ],
)
def test_lists_tables_and_a_few_equal_blocks_are_no_loop(text: str) -> None:
    assert look(text) == ""


def test_what_was_shown_may_be_copied() -> None:
    table = "0, 0, 0, 0, 0, 0\n" * 400

    assert look(table)
    assert look(table, known=f"data.csv\n```\n{table}```\n") == ""


def test_the_repetition_is_kept_once() -> None:
    assert without_repetition("Here.\n" + "    return None\n" * 400) == "Here.\n    return None"
    assert without_repetition("All is well.") == "All is well."
    assert without_repetition("ha" * 4_000) == "ha"


@pytest.mark.parametrize(
    ("text", "noticed"), [("It is so. " * 130, True), ("It is so. " * 110, False), (BLOCK * 3, False)]
)
def test_at_the_limit_of_a_reply_half_as_much_is_enough(text: str, noticed: bool) -> None:
    watch = LoopWatch()
    streamed = [watch.feed(text[at : at + 7]) for at in range(0, len(text), 7)]

    assert not any(streamed)
    assert bool(watch.end()) is noticed
    assert (len(without_repetition(text)) < 40) is noticed


def test_at_the_limit_too_what_was_shown_may_be_copied() -> None:
    table = "0, 0, 0, 0, 0, 0\n" * 100
    watch = LoopWatch(f"data.csv\n```\n{table}```\n")
    watch.feed(table)

    assert watch.end() == ""
