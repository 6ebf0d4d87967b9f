import pytest

from vivek.cli.render.blocks import Block, Splitter
from vivek.cli.render.drafts import Draft, as_diff, measured
from vivek.edits.words import marked

SEARCH = "<<<<<<< SEARCH\ndef f():\n    return 1\n=======\ndef f():\n    return 2\n>>>>>>> REPLACE\n"
PATCH = (
    "*** Begin Patch\n*** Update File: a.py\n@@ def f\n same\n-old\n+new\n*** Add File: b.py\n+x\n"
    "*** Delete File: c.py\n*** End Patch\n"
)
DIFF = (
    "diff --git a/a.py b/a.py\n--- a/a.py\n+++ b/a.py\n@@ -1,9 +1,9 @@\n same\n-old\n+new\n"
    "\\ No newline at end of file\n"
)


def blocks_of(text: str, size: int) -> list[Block]:
    splitter = Splitter()
    found = [block for at in range(0, len(text), size) for block in splitter.feed(text[at : at + size])]
    return found + splitter.finish()


@pytest.mark.parametrize("size", range(1, 60))
@pytest.mark.parametrize(
    ("text", "state"), [(SEARCH, "old"), (PATCH, "patch"), (DIFF, "diff"), (DIFF.partition("\n")[2], "diff")]
)
def test_an_edit_without_a_fence_is_a_block_of_its_own_however_it_comes(text: str, state: Draft, size: int) -> None:
    blocks = blocks_of(f"Look:\n\na.py\n{text}\nThat is *all*.\n", size)

    assert [(block.kind, block.text) for block in blocks] == [
        ("prose", "Look:\n"),
        ("name", "a.py\n"),
        ("edit", text),
        ("prose", "That is *all*.\n"),
    ]
    assert blocks[2].state == state


@pytest.mark.parametrize("size", [1, 5, 1_000])
def test_an_edit_in_a_fence_ends_with_the_fence(size: int) -> None:
    blocks = blocks_of(f"a.py\n```python\n{SEARCH}```\n\n```diff\n{DIFF}```\nEnd.\n", size)

    assert [(block.kind, block.text) for block in blocks] == [
        ("name", "a.py\n"),
        ("edit", SEARCH),
        ("edit", DIFF),
        ("prose", "End.\n"),
    ]


def test_two_edits_behind_each_other_are_two_blocks() -> None:
    assert [block.kind for block in blocks_of(SEARCH + SEARCH, 7)] == ["edit", "edit"]


def test_an_edit_that_never_ends_comes_in_parts() -> None:
    blocks = blocks_of("<<<<<<< SEARCH\n" + "x\n" * 500 + "=======\n" + "y\n" * 300, 50)

    assert {block.kind for block in blocks} == {"edit"}
    assert max(block.lines for block in blocks) == 200
    assert [block.state for block in blocks] == ["old", "old", "old", "new", "new"]
    assert [measured(block.text, block.state)[1:] for block in blocks[-2:]] == [(200, 0), (2, 0)]


@pytest.mark.parametrize("line", ["---", "- item", "-----", "*** bold ***", "<<<", "+ item", "diff of a", "@@ what"])
def test_what_only_resembles_an_edit_is_prose(line: str) -> None:
    assert {block.kind for block in blocks_of(f"{line}\nmore\n", 3)} == {"prose"}


def drawn(text: str, state: Draft) -> list[tuple[str, str]]:
    return [(line.kind, line.text) for line in as_diff(text, state, marked)]


def test_search_and_replace_is_drawn_as_what_differs_between_them() -> None:
    lines = as_diff(SEARCH, "old", marked)

    assert [(line.kind, line.text) for line in lines] == [
        ("same", "def f():"),
        ("removed", "    return 1"),
        ("added", "    return 2"),
    ]
    assert [line.marks for line in lines] == [(), ((11, 12),), ((11, 12),)]


def test_a_patch_names_its_files() -> None:
    assert drawn(PATCH, "patch") == [
        ("head", "a.py"),
        ("hunk", "@@ def f"),
        ("same", "same"),
        ("removed", "old"),
        ("added", "new"),
        ("head", "b.py (new)"),
        ("added", "x"),
        ("head", "c.py (deleted)"),
    ]
    assert measured(PATCH, "patch") == ("a.py, b.py (new), c.py (deleted)", 2, 1)


def test_a_diff_with_wrong_counts_is_drawn_as_it_stands() -> None:
    assert drawn(DIFF, "diff") == [
        ("head", "a.py"),
        ("hunk", "@@ -1,9 +1,9 @@"),
        ("same", "same"),
        ("removed", "old"),
        ("added", "new"),
    ]
