import pytest

from vivek.edits.hunks import added_only, read_hunk


@pytest.mark.parametrize(
    ("lines", "old", "new"),
    [
        ([" a", "-b", "+c", " d"], "a\nb\nd\n", "a\nc\nd\n"),
        ([" a", "", "+c"], "a\n\n", "a\n\nc\n"),
        (["a", "    b", "-    c"], "a\n    b\n    c\n", "a\n    b\n"),
        (["-a", "\\ No newline at end of file", "+b", "\\ No newline at end of file"], "a\n", "b\n"),
        (["--- a", "+++ b"], "-- a\n", "++ b\n"),
        ([" a", "-b", "", ""], "a\nb\n", "a\n"),
        ([], "", ""),
    ],
)
def test_the_lines_of_a_hunk_are_those_that_are_there_and_those_that_come(lines: list[str], old: str, new: str) -> None:
    assert read_hunk(lines) == (old, new)


def test_the_lines_of_a_new_file_have_all_a_sign_or_none() -> None:
    assert added_only(["+a", "+", "+ b"]) == "a\n\n b\n"
    assert added_only(["a", "", " b"]) == "a\n\n b\n"
    assert added_only(["+a", "b"]) is None
    assert added_only([]) == ""
