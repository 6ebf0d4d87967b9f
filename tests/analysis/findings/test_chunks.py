"""A change is cut so that every changed line belongs to exactly one piece."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from vivek.analysis.findings.chunks import receipt_aside, receipt_of, split
from vivek.edits.unified import hunks_between
from vivek.schema.changes import ChangedFile, DiffLine

LINES = st.lists(st.text("ab \u00e4", max_size=8), max_size=60)


def count(text: str) -> int:
    return len(text)


def changed(old: str, new: str) -> ChangedFile:
    return ChangedFile("a.py", "modified", hunks_between(old, new), old_text=old, new_text=new)


@given(old=LINES, new=LINES, budget=st.integers(1, 200), borders=st.lists(st.integers(1, 60), max_size=6))
def test_every_changed_line_is_in_exactly_one_piece(
    old: list[str], new: list[str], budget: int, borders: list[int]
) -> None:
    file = changed("".join(f"{line}\n" for line in old), "".join(f"{line}\n" for line in new))

    chunks = split(file, budget, count, [(first, first + 3) for first in borders])

    held = Counter(line for chunk in chunks for hunk in chunk.hunks for line in hunk.lines if line.sign != " ")
    wanted = Counter(line for hunk in file.hunks for line in hunk.lines if line.sign != " ")
    assert held == wanted
    assert sum(receipt_of(chunk).lines for chunk in chunks) == wanted.total()
    for chunk in chunks:
        lines = [line for hunk in chunk.hunks for line in hunk.lines]
        assert chunk.lines
        assert chunk.tokens == len(chunk.text)
        assert chunk.tokens <= budget or len(lines) == 1


def test_a_large_hunk_is_cut_where_a_definition_begins() -> None:
    new = "".join(f"def f{at}():\n    return {at}\n\n" for at in range(6))
    file = changed("", new)

    chunks = split(file, 100, count, [(1 + 3 * at, 3 + 3 * at) for at in range(6)])

    assert len(chunks) > 1
    assert all(chunk.hunks[0].lines[0].text.startswith("def ") for chunk in chunks)


def test_the_same_lines_have_the_same_id_wherever_they_stand() -> None:
    old = "".join(f"{at}\n" for at in range(30))
    here = split(changed(old, old.replace("12\n", "x\n")), 1_000, count)
    below = split(changed("new\n" + old, "new\n" + old.replace("12\n", "x\n")), 1_000, count)
    twice = split(changed("a\n" * 40, "a\n" * 10 + "x\n" + "a\n" * 20 + "x\n" + "a\n" * 10), 20, count)

    assert [chunk.id for chunk in here] == [chunk.id for chunk in below]
    assert len({chunk.id for chunk in twice}) == len(twice) > 1


def test_a_receipt_names_lines_of_the_new_version_and_of_the_old_one_where_nothing_is_left() -> None:
    added = receipt_of(split(changed("a\n", "a\nb\nc\n"), 99, count)[0], ("vivek",))
    gone = receipt_of(split(changed("a\nb\nc\n", "a\n"), 99, count)[0], skipped="too long")

    assert (added.first, added.last, added.lines, added.read_by) == (2, 3, 2, ("vivek",))
    assert (gone.first, gone.last, gone.lines, gone.skipped) == (2, 3, 2, "too long")


def test_a_file_that_is_put_aside_has_a_receipt_and_no_pieces() -> None:
    file = ChangedFile("uv.lock", "modified", hunks_between("a\n", "b\n"), aside="lock file")

    assert split(file, 10, count) == ()
    assert (receipt_aside(file).lines, receipt_aside(file).skipped) == (2, "lock file")


def test_a_line_longer_than_a_piece_is_a_piece_of_its_own() -> None:
    chunks = split(changed("", "a\n" + "x" * 500 + "\nb\n"), 20, count)

    assert [chunk.hunks[0].lines[0] for chunk in chunks if chunk.tokens > 20] == [DiffLine("+", "x" * 500, 0, 2)]
