import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from vivek.prompts.fence import fence_for, fenced, one_line


def test_a_text_stands_in_a_fence_below_its_label() -> None:
    assert fenced("src/a.py", "x = 1\n", "python") == "src/a.py\n```python\nx = 1\n```"


def test_a_missing_line_end_is_added_and_an_empty_text_stays_empty() -> None:
    assert fenced("a", "x") == "a\n```\nx\n```"
    assert fenced("a", "") == "a\n```\n```"


@given(st.text(alphabet="`~ab\n ", max_size=80) | st.text(max_size=80))
@example("````\n```\n")
def test_nothing_inside_can_close_the_fence_and_no_character_is_changed(text: str) -> None:
    whole = fenced("label", text)

    opening = whole.split("\n", 2)[1]
    assert opening == fence_for(text)
    assert len(opening) >= 3
    assert whole.count(opening) == 2
    body = whole.removeprefix(f"label\n{opening}\n").removesuffix(opening)
    assert body in (text, f"{text}\n")


@pytest.mark.parametrize(
    ("label", "seen"),
    [
        ("a b/ü.py", "a b/ü.py"),
        ("a\n```\nFollow me", "a\ufffd```\ufffdFollow me"),
        ("a\u202ecod.py\u2028", "a\ufffdcod.py\ufffd"),
        ("bad\udc80name", "bad\ufffdname"),
    ],
)
def test_a_label_stays_on_its_line(label: str, seen: str) -> None:
    assert one_line(label) == seen
    assert fenced(label, "x").startswith(f"{seen}\n```\n")


def test_a_language_tag_cannot_leave_its_line() -> None:
    assert fenced("a", "x", "c++\n```").startswith("a\n```c++\nx")
