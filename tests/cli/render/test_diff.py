import pytest

from vivek.cli.render.diff import diff_pages, diff_text
from vivek.edits.words import marked
from vivek.schema.marks import MarkedLine


def files(count: int, lines: int) -> str:
    body = "".join(f"-old {number}\n+new {number}\n" for number in range(lines))
    return "".join(
        f"diff --git a/{name} b/{name}\n--- a/{name}\n+++ b/{name}\n@@ -1,{lines} +1,{lines} @@\n{body}"
        for name in (f"f{number}.py" for number in range(count))
    )


@pytest.mark.parametrize("rows", [2, 5, 13, 24, 200])
@pytest.mark.parametrize("columns", [6, 40])
def test_pages_hold_every_line_once_and_fit_the_screen(rows: int, columns: int) -> None:
    lines = marked(files(4, 7))
    pages = [page.plain.split("\n") for page in diff_pages(lines, columns=columns, rows=rows)]

    assert [line for page in pages for line in page] == diff_text(lines).plain.split("\n")
    for page in pages:
        height = sum(-(-len(line) // columns) for line in page)
        assert height <= rows - 1 or len(page) == 1


def test_a_page_ends_before_a_file_that_begins_in_its_second_half() -> None:
    pages = [page.plain.split("\n") for page in diff_pages(marked(files(2, 5)), columns=80, rows=20)]

    assert [len(page) for page in pages] == [14, 14]
    assert pages[1][0] == "diff --git a/f1.py b/f1.py"


def test_a_small_diff_is_one_page_and_none_is_none() -> None:
    assert len(list(diff_pages(marked(files(1, 2)), columns=80, rows=24))) == 1
    assert list(diff_pages([], columns=80, rows=24)) == []


def test_wide_characters_and_tabs_count_as_what_they_take() -> None:
    lines = [MarkedLine("added", "\t" + "日" * 40)] * 3

    assert [len(page.plain.split("\n")) for page in diff_pages(lines, columns=40, rows=7)] == [2, 1]
