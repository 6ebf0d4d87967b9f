import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tools.desks import MemoryDesk, tokens
from vivek.tools.limits import body_room, fit, fits
from vivek.tools.spec import ToolsSpec, result_room


def test_what_fits_is_given_as_it_is() -> None:
    found = MemoryDesk(room=100)

    assert fits("short\n", found.desk())
    assert fit("short\n", found.desk()).text == "short\n"
    assert body_room(found.desk()) == 60
    assert found.kept == []


def test_what_does_not_fit_ends_with_a_line_and_the_rest_is_kept() -> None:
    found = MemoryDesk(room=100)
    text = "".join(f"line number {number}\n" for number in range(100))

    part = fit(text, found.desk())

    assert not fits(text, found.desk())
    assert part.text.endswith("\n")
    assert part.text + found.kept[0] == text
    left = found.kept[0].count("\n")
    assert part.note == f"{left} more lines are kept; see them with `more: 1`."


def test_one_endless_line_is_cut_within() -> None:
    found = MemoryDesk(room=100)

    part = fit("x" * 1_000_000, found.desk())

    assert part.text + found.kept[0] == "x" * 1_000_000
    assert part.note.endswith("more characters are kept; see them with `more: 1`.")


@given(st.text(alphabet="ab \nä漢", max_size=3_000), st.integers(min_value=1, max_value=200))
def test_no_part_is_larger_than_its_room_and_nothing_is_lost(text: str, room: int) -> None:
    found = MemoryDesk(room=room)

    part = fit(text, found.desk())

    assert tokens(part.text) <= body_room(found.desk())
    assert part.text + "".join(found.kept) == text
    assert part.text or not text


@pytest.mark.parametrize(("window", "room"), [(1_024, 256), (8_192, 1_024), (131_072, 4_000)])
def test_a_result_has_a_part_of_the_window_within_bounds(window: int, room: int) -> None:
    assert result_room(window, ToolsSpec()) == room
