from hypothesis import given
from hypothesis import strategies as st

from vivek.edits.lines import changed_lines, compare, split_lines

LINES = st.lists(st.sampled_from(["a\n", "b\n", "\n", "c\n"]), max_size=12)


@given(st.text(alphabet="ab\n\r\f\x0b\x85\u2028"))
def test_lines_end_at_line_feeds_only_and_lose_nothing(text: str) -> None:
    lines = split_lines(text)

    assert "".join(lines) == text
    assert all(line.endswith("\n") for line in lines[:-1])
    assert all(line.count("\n") <= 1 and line for line in lines)


@given(LINES, LINES)
def test_steps_rebuild_the_new_lines_from_the_old(old: list[str], new: list[str]) -> None:
    built: list[str] = []
    old_at = new_at = 0
    for step in compare(old, new):
        assert (step.old_from, step.new_from) == (old_at, new_at)
        if step.tag == "equal":
            assert old[step.old_from : step.old_to] == new[step.new_from : step.new_to]
        built += new[step.new_from : step.new_to]
        old_at, new_at = step.old_to, step.new_to

    assert built == new
    assert (old_at, new_at) == (len(old), len(new))


def test_common_ends_are_equal_steps_and_only_the_middle_differs() -> None:
    assert [step.tag for step in compare(["a\n", "b\n", "c\n"], ["a\n", "x\n", "c\n"])] == ["equal", "replace", "equal"]


@given(st.text(alphabet="ab\n", max_size=12), st.text(alphabet="ab\n", max_size=12))
def test_around_the_changed_lines_two_texts_are_the_same_and_lines_stay_whole(old: str, new: str) -> None:
    was, now = changed_lines(old, new)

    assert old[: was.start] == new[: now.start]
    assert old[was.stop :] == new[now.stop :]
    assert old[was.start - 1 : was.start] in ("", "\n")
    assert was.stop in (0, len(old)) or old[was.stop - 1] == "\n"
    assert now.stop in (0, len(new)) or new[now.stop - 1] == "\n"


def test_of_a_long_text_with_one_other_line_little_more_than_that_line_is_changed() -> None:
    text = "".join(f"line {number}\n" for number in range(5_000))
    was, now = changed_lines(text, text.replace("line 2500\n", "another\n"))

    assert text[was] in ("line 2500\n", "line 2500\nline 2501\n")
    assert now.stop - now.start <= 20
