import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivek.errors import ContextWindowExceededError
from vivek.prompts.budget import allot, fit, is_tight, measured, told_of
from vivek.schema.budget import Count, Section
from vivek.schema.events import BudgetSpent, Notice


def _section(name: str, tokens: int, priority: int = 0, *, required: bool = False) -> Section:
    return Section(name, name, tokens, priority, required)


def _elastic(
    letters: int, minimum: int = 1, priority: int = 0, *, required: bool = False, maximum: int | None = None
) -> Section:
    """Return a section of so many letters, a token each, that can be cut anywhere."""
    text = "x" * letters

    def shrink(room: int, count: Count) -> str:
        return text[:room]

    return Section("elastic", text, letters + 1, priority, required, minimum, maximum, shrink)


def _sizes(sections: list[Section], room: int) -> list[int]:
    return [len(section.text) for section in fit(sections, room, count=len).kept]


def test_all_sections_stay_in_their_order_when_they_fit() -> None:
    sections = (_section("b", 2, 1), _section("a", 3, 9), _section("c", 5, required=True))

    held = fit(sections, 10)

    assert held.kept == sections
    assert held.dropped == ()
    assert held.left == 0


def test_the_lowest_priority_goes_first_and_the_later_before_the_earlier() -> None:
    sections = [_section("x", 4, 2), _section("y", 4, 1), _section("z", 4, 1), _section("must", 4, 0, required=True)]

    assert [section.name for section in fit(sections, 15).dropped] == ["z"]
    assert [section.name for section in fit(sections, 11).dropped] == ["y", "z"]
    assert [section.name for section in fit(sections, 4).dropped] == ["x", "y", "z"]


def test_required_sections_that_do_not_fit_are_an_error_with_both_figures() -> None:
    with pytest.raises(ContextWindowExceededError, match=r"needs 130 tokens.*room for 104") as caught:
        fit([_section("request", 30, required=True), _section("more", 1)], 4, taken=100)

    assert (caught.value.needed, caught.value.window) == (130, 104)
    assert caught.value.hint


def test_a_room_below_nothing_counts_as_none() -> None:
    with pytest.raises(ContextWindowExceededError) as caught:
        fit([_section("request", 1, required=True)], -5, taken=100)

    assert (caught.value.needed, caught.value.window) == (101, 100)


@given(
    st.lists(st.builds(_section, st.text(max_size=3), st.integers(0, 50), st.integers(0, 3), required=st.booleans())),
    st.integers(0, 300),
)
def test_the_room_is_never_exceeded_and_nothing_is_lost(sections: list[Section], room: int) -> None:
    required = [section for section in sections if section.required]
    if sum(section.tokens for section in required) > room:
        with pytest.raises(ContextWindowExceededError):
            fit(sections, room)
        return

    held = fit(sections, room)

    assert sum(section.tokens for section in held.kept) + held.left == room
    assert held.left >= 0
    assert sorted(map(id, (*held.kept, *held.dropped))) == sorted(map(id, sections))
    assert [section for section in sections if section in held.kept and section.required] == required
    highest_dropped = max((section.priority for section in held.dropped), default=-1)
    assert all(section.priority >= highest_dropped for section in held.kept if not section.required) or not held.dropped


def test_a_section_is_shrunk_just_as_much_as_is_needed() -> None:
    held = fit([_elastic(99, 10), _section("must", 50, 9, required=True)], 120, count=len)

    assert [section.tokens for section in held.kept] == [70, 50]
    assert [section.tokens for section in held.shrunk] == [100]
    assert held.dropped == ()
    assert held.left == 0


def test_a_section_is_shrunk_before_it_is_dropped_and_dropped_before_a_dearer_one_is_shrunk() -> None:
    cheap, dear = _elastic(99, 40, priority=1), _elastic(199, 40, priority=2)

    assert _sizes([cheap, dear], 300) == [99, 199]
    assert _sizes([cheap, dear], 240) == [39, 199]
    assert _sizes([cheap, dear], 239) == [199]
    assert _sizes([cheap, dear], 100) == [99]
    assert _sizes([cheap, dear], 39) == []


def test_the_later_of_two_is_shrunk_first_and_dropped_first() -> None:
    assert _sizes([_elastic(99, 40), _elastic(99, 40)], 150) == [99, 49]
    assert _sizes([_elastic(99, 40), _elastic(99, 40)], 90) == [49, 39]
    assert _sizes([_elastic(99, 40), _elastic(99, 40)], 70) == [69]


def test_a_required_section_is_shrunk_and_never_dropped() -> None:
    must = _elastic(99, 40, priority=1, required=True)

    assert _sizes([must, _elastic(49, 50, priority=2)], 90) == [39, 49]
    assert _sizes([must, _elastic(49, 50, priority=2)], 89) == [88]
    with pytest.raises(ContextWindowExceededError, match="needs 40 tokens"):
        fit([must], 39, count=len)


def test_a_section_takes_no_more_than_its_share_even_when_there_is_room() -> None:
    held = fit([_elastic(99, 10, maximum=30)], 500, count=len)

    assert held.kept[0].tokens == 30
    assert held.left == 470


def test_what_cannot_be_shrunk_is_not_held_to_its_share() -> None:
    whole = Section("whole", "x", 100, 0, maximum=30)

    assert fit([whole], 500).kept == (whole,)


def test_a_section_with_nothing_shorter_to_say_is_dropped_or_is_an_error_when_it_is_required() -> None:
    mute = Section("mute", "x" * 99, 100, 0, minimum=10, shrink=lambda room, count: "")
    verbose = Section("verbose", "x" * 99, 100, 0, minimum=10, shrink=lambda room, count: "x" * 98)

    assert fit([mute], 50, count=len).dropped == (mute,)
    assert fit([verbose], 50, count=len).dropped == (verbose,)
    with pytest.raises(ContextWindowExceededError, match="needs 100 tokens"):
        fit([Section("mute", "x" * 99, 100, 0, True, 10, None, lambda room, count: "")], 50, count=len)


def test_a_rough_size_is_looked_at_closer_when_something_would_not_fit_or_has_more_than_its_share() -> None:
    assert not is_tight([_section("a", 10)], 10)
    assert is_tight([_section("a", 10)], 9)
    assert is_tight([_elastic(99, 10, maximum=30)], 500)
    assert measured(_section("four", 999), len).tokens == 5


def test_the_user_is_told_what_was_shortened_and_what_was_left_out() -> None:
    file = Section("file:a.py", "x" * 99, 100, 2, minimum=10, shrink=lambda room, count: "x" * room)
    sections = [_section("notes", 40, 1), _section("diff:b.py", 40, 1), file]

    spent, *notices = told_of(fit(sections, 60, count=len), "executor", 4096, 500)

    assert spent == BudgetSpent(
        "executor",
        4096,
        kept=(("history", 500), ("file:a.py", 60)),
        dropped=(("notes", 40), ("diff:b.py", 40)),
        shrunk=(("file:a.py", 100, 60),),
    )
    assert notices == [
        Notice("Shortened for lack of room: a.py (100 to 60 tokens)."),
        Notice("Left out for lack of room: notes (40 tokens)."),
    ]


_MIXED = st.one_of(
    st.builds(_section, st.text(max_size=3), st.integers(0, 50), st.integers(0, 3), required=st.booleans()),
    st.builds(
        _elastic,
        st.integers(0, 200),
        st.integers(0, 250),
        st.integers(0, 3),
        required=st.booleans(),
        maximum=st.none() | st.integers(0, 250),
    ),
)


@given(st.lists(_MIXED, max_size=12), st.integers(-5, 600))
def test_no_mix_of_sections_exceeds_the_room(sections: list[Section], room: int) -> None:
    least = sum(section.floor for section in sections if section.required)
    try:
        held = fit(sections, room, count=len)
    except ContextWindowExceededError:
        assert room < least or any(section.required and section.floor < 2 for section in sections)
        return

    assert sum(section.tokens for section in held.kept) + held.left == room
    assert held.left >= 0
    assert len(held.kept) + len(held.dropped) == len(sections)
    assert not [section for section in held.dropped if section.required]
    assert all(
        small is None or small <= whole.tokens for small, whole in zip(allot(sections, room), sections, strict=True)
    )
