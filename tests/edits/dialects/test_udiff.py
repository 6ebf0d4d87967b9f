import subprocess
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from vivek.edits.dialects.udiff import parse
from vivek.edits.engine import read_reply
from vivek.edits.reply import FileBlock, Move, ParsedReply, Replacement

KNOWN = frozenset({"src/a.py", "b.py", "b/c.py", "docs/x.patch"})
HUNK = "@@ -3,3 +3,3 @@ def f():\n one\n-two\n+TWO\n three\n"
DIFF = f"--- a/src/a.py\n+++ b/src/a.py\n{HUNK}"
MEANT = Replacement("src/a.py", "one\ntwo\nthree\n", "one\nTWO\nthree\n", anchor="def f():", line=3, ordered=True)


def blocks(reply: str) -> tuple[object, ...]:
    return parse(reply, KNOWN).blocks


@pytest.mark.parametrize(
    "reply",
    [
        DIFF,
        f"```diff\n{DIFF}```\nDone.",
        f"Look:\n\n````\n{DIFF}````",
        f"```diff\ndiff --git a/src/a.py b/src/a.py\nindex 1..2 100644\n{DIFF}```",
        f"```diff\n{DIFF.replace('a/src', 'src').replace('b/src', 'src')}```",
        f"```diff\n--- a/src/a.py\t2026-01-01 10:00:00\n+++ b/src/a.py\t2026-01-01 10:00:01\n{HUNK}```",
        f"src/a.py\n```diff\n{HUNK}```",
        f"```diff\n{DIFF}".replace("\n", "\r\n"),
        f"{DIFF}\nThat is all.",
        f"--- a/old/a.py\n+++ b/src/a.py\n{HUNK}",
        f"--- a/src/a.py\n+++ b/a.py\n{HUNK}",
    ],
)
def test_a_hunk_is_lines_and_what_takes_their_place(reply: str) -> None:
    assert blocks(reply) == (MEANT,)


def test_the_path_above_a_fence_belongs_to_its_diff() -> None:
    assert parse(f"Look:\n\nsrc/a.py\n```diff\n{DIFF}```\nDone.", KNOWN).prose == "Look:\n\nDone."


def test_several_hunks_and_files_are_read_in_order() -> None:
    reply = f"```diff\n{DIFF}@@ -20 +20 @@\n-x\n+y\n--- b.py\n+++ b.py\n@@ -1 +1,2 @@\n a\n+b\n```"

    assert blocks(reply) == (
        MEANT,
        Replacement("src/a.py", "x\n", "y\n", line=20, ordered=True),
        Replacement("b.py", "a\n", "a\nb\n", line=1, ordered=True),
    )


@pytest.mark.parametrize("header", ["@@ ... @@", "@@", "@@ @@", "@@ -1,9 +1,9 @@"])
def test_counts_may_be_wrong_or_missing(header: str) -> None:
    (block,) = blocks(f"```diff\n--- src/a.py\n+++ src/a.py\n{header}\n one\n-two\n```")

    assert isinstance(block, Replacement)
    assert (block.search, block.replace, block.fault, block.anchor) == ("one\ntwo\n", "one\n", "", "")


def test_a_diff_without_any_header_is_for_the_file_above_its_fence() -> None:
    assert blocks("b.py\n```diff\n-a\n+b\n```") == (Replacement("b.py", "a\n", "b\n", ordered=True),)
    assert blocks("b.py\n```diff\n\n-a\n+b\n```") == (Replacement("b.py", "a\n", "b\n", ordered=True),)
    assert blocks("```diff\n-a\n+b\n```") == ()
    assert blocks("docs/x.patch\n```diff\n-a\n+b\n```") == ()


def test_blanks_that_a_model_lost_are_read_as_such() -> None:
    assert blocks("--- b.py\n+++ b.py\n@@ @@\n a\n\n-b\n+c\n\n\nDone.") == (
        Replacement("b.py", "a\n\nb\n", "a\n\nc\n", ordered=True),
    )
    assert blocks("```diff\n--- b.py\n+++ b.py\n@@ @@\ndef f():\n    a()\n-    b()\n```") == (
        Replacement("b.py", "def f():\n    a()\n    b()\n", "def f():\n    a()\n", ordered=True),
    )


def test_new_and_deleted_files_are_told_by_the_null_device() -> None:
    new = "--- /dev/null\n+++ b/new.py\n@@ -0,0 +1,2 @@\n+a\n+\n\\ No newline at end of file\n"
    gone = "diff --git a/b.py b/b.py\ndeleted file mode 100644\n--- a/b.py\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n"

    assert parse(new + gone, KNOWN) == ParsedReply((FileBlock("new.py", "a\n\n", new=True),), deletes=("b.py",))
    assert blocks("--- /dev/null\n+++ new.py\n@@ @@\n+a\nb\n```\n")[0] == FileBlock("new.py", "a\n", new=True)
    assert blocks("```diff\n--- /dev/null\n+++ new.py\n@@ @@\n+a\n-b\n```\n")[0] == FileBlock(
        "new.py", "", "doubtful", new=True
    )


def test_a_file_that_gets_another_name_is_moved() -> None:
    git = "diff --git a/b.py b/d.py\nsimilarity index 100%\nrename from b.py\nrename to d.py\n"

    assert parse(git, KNOWN) == ParsedReply(moves=(Move("b.py", "d.py"),))
    assert parse(f"{git}--- a/b.py\n+++ b/d.py\n@@ -1 +1 @@\n-a\n+b\n", KNOWN) == ParsedReply(
        (Replacement("b.py", "a\n", "b\n", line=1, ordered=True),), moves=(Move("b.py", "d.py"),)
    )
    assert parse("--- b.py\n+++ d.py\n@@ -1 +1 @@\n-a\n+b\n", KNOWN).moves == (Move("b.py", "d.py"),)


def test_a_real_folder_named_like_a_prefix_is_kept() -> None:
    assert blocks("--- b/c.py\n+++ b/c.py\n@@ -1 +1 @@\n-a\n+b\n")[0] == Replacement(
        "b/c.py", "a\n", "b\n", line=1, ordered=True
    )


def test_a_diff_that_nothing_ends_is_faulty_unless_its_lines_were_counted() -> None:
    assert blocks(f"```diff\n{DIFF}") == (MEANT,)
    (block,) = blocks(f"```diff\n{DIFF}".replace("-3,3", "-3,9"))
    assert isinstance(block, Replacement)
    assert block.fault == "unclosed"


def test_lists_and_rules_are_no_diffs() -> None:
    prose = "- one\n+ two\n--- \ntext\n---\n+++ x\n--- a\n+++ b\ntext"

    assert parse(prose, KNOWN) == ParsedReply(prose=prose.strip())
    assert parse("diff --git is a command", KNOWN).blocks == ()


LINES = st.lists(st.sampled_from(["a", "b", "c", "  d", "", "-x", "+y", " z"]), min_size=1, max_size=25)


@settings(max_examples=40, deadline=None)
@example(["a", "  d", "-x", "  d", "-x", "  d"], [(6, "new")])  # its heading names another place than its line
@given(LINES, st.lists(st.tuples(st.integers(0, 24), st.sampled_from(["new", "", "--", "  e"])), max_size=3))
@pytest.mark.covers("F-C03")
def test_whatever_git_says_is_applied_as_git_means_it_or_refused(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str], changes: list[tuple[int, str]]
) -> None:
    folder: Path = tmp_path_factory.mktemp("diff")
    new = list(lines)
    for at, text in changes:
        new.insert(min(at, len(new)), text)
    (folder / "old").write_text("\n".join(lines) + "\n")
    (folder / "new").write_text("\n".join(new) + "\n")
    diff = subprocess.run(
        ["git", "diff", "--no-index", "old", "new"], cwd=folder, capture_output=True, text=True, check=False, timeout=60
    ).stdout.replace("b/new", "b/old")
    before = {"old": (folder / "old").read_bytes()}

    outcome = read_reply(diff, current=before, exists=["old"], shown=["old"])

    if outcome.files:
        assert outcome.files == {"old": (folder / "new").read_bytes()}
    else:
        assert not diff or outcome.refusals
