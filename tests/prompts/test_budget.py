import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivek.errors import ContextWindowExceededError
from vivek.prompts.budget import fit
from vivek.schema.budget import Section


def _section(name: str, tokens: int, priority: int = 0, *, required: bool = False) -> Section:
    return Section(name, name, tokens, priority, required)


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
