"""Lines are found again where they are now, or not at all."""

from hypothesis import given
from hypothesis import strategies as st

from vivek.edits.followed import FollowedText

TEXT = "a\nb\nc\nd\n"


def test_a_line_is_found_below_what_was_put_above_it() -> None:
    followed = FollowedText(TEXT)
    followed.follow("new\na\nb\nc\nd\n")

    assert followed.replaced(3, 3, "C\n") == "new\na\nb\nC\nd\n"
    assert followed.replaced(2, 3, "") == "new\na\nd\n"
    assert followed.replaced(2, 1, "between\n") == "new\na\nbetween\nb\nc\nd\n"


def test_several_fixes_shift_each_other() -> None:
    followed = FollowedText(TEXT)
    for line, text in ((1, ""), (4, "D\n"), (3, "c1\nc2\n")):
        new = followed.replaced(line, line, text)
        assert new is not None
        followed.follow(new)

    assert followed.replaced(2, 2, "B\n") == "B\nc1\nc2\nD\n"
    assert followed.replaced(5, 4, "end\n") is None, "the line before it is another by now"


def test_lines_that_changed_are_not_found() -> None:
    followed = FollowedText(TEXT)
    followed.follow("a\nB\nc\nd\n")

    assert followed.replaced(2, 2, "x\n") is None
    assert followed.replaced(1, 3, "x\n") is None
    assert followed.replaced(3, 2, "before the third\n") is None, "the line above it is another"
    assert followed.replaced(3, 3, "x\n") == "a\nB\nx\nd\n"


def test_what_lies_outside_of_the_text_is_not_found() -> None:
    followed = FollowedText(TEXT)

    assert followed.replaced(0, 0, "x\n") is None
    assert followed.replaced(6, 5, "x\n") is None
    assert followed.replaced(9, 9, "x\n") is None
    assert followed.replaced(5, 4, "e\n") == "a\nb\nc\nd\ne\n"
    assert FollowedText("").replaced(1, 0, "x\n") == "x\n"
    assert FollowedText("a").replaced(2, 1, "x\n") == "a\nx"


LINES = st.lists(st.sampled_from(["a", "b", ""]), max_size=6)


@given(before=LINES, after=LINES, line=st.integers(1, 7), count=st.integers(0, 3))
def test_what_is_found_is_what_stood_there_with_one_side_untouched(
    before: list[str], after: list[str], line: int, count: int
) -> None:
    old, new = "".join(f"{each}\n" for each in before), "".join(f"{each}\n" for each in after)
    followed = FollowedText(old)
    followed.follow(new)

    found = followed.replaced(line, line + count - 1, "MARK\n")

    if found is None:
        return
    begin, _, end = found.partition("MARK\n")
    gone = "".join(f"{each}\n" for each in before[line - 1 : line - 1 + count])
    assert begin + gone + end == new
    assert begin == "".join(f"{each}\n" for each in before[: line - 1]) or end == "".join(
        f"{each}\n" for each in before[line - 1 + count :]
    )
