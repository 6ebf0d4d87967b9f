"""The same edit, wrapped in whatever a model puts around it, comes to the same bytes; nothing makes the reader fail."""

import time
from collections.abc import Mapping

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from vivek.edits.engine import Outcome, read_reply

OLD = {
    "src/a.py": b"def f():\n    return 1\n\n\ndef g():\n    return 2\n",
    "b.md": b"# B\r\n\r\ntext\r\n",
}
NEW = {"src/a.py": OLD["src/a.py"].replace(b"1", b"3"), "b.md": OLD["b.md"].replace(b"text", b"words")}
PATHS = ["{}", "**{}**", "{}:", "# {}", "./{}", "`{}`", "### File: `{}`", "1. `{}`"]
BODIES = {
    "search": ["<<<<<<< SEARCH\n    return 1\n=======\n    return 3\n>>>>>>> REPLACE\n",
               "<<<<<<< SEARCH\ntext\n=======\nwords\n>>>>>>> REPLACE\n"],
    "whole": ["def f():\n    return 3\n\n\ndef g():\n    return 2\n", "# B\n\nwords\n"],
    "hunk": ["@@ -1,2 +1,2 @@\n def f():\n-    return 1\n+    return 3\n", "@@ @@\n-text\n+words\n"],
}  # fmt: skip


def read(reply: str, files: Mapping[str, bytes] = OLD) -> Outcome:
    return read_reply(reply, current=files, exists=files, shown=files)


@given(
    st.sampled_from(PATHS), st.sampled_from(sorted(BODIES)), st.sampled_from(sorted(BODIES)),
    st.sampled_from(["```", "`````", "~~~"]), st.sampled_from(["\n", "\r\n"]), st.booleans(),
    st.sampled_from(["", "Sure.\n\n", "<think>src/a.py\n```\nx\n```</think>\n", "```sh\npytest\n```\n"]),
    st.sampled_from(["", "\nDone.", "\nNote: b.md and src/a.py changed.\n```sh\nls\n```\n"]),
)  # fmt: skip
def test_no_wrapping_and_no_order_changes_what_a_reply_comes_to(
    path: str, first: str, second: str, fence: str, eol: str, turned: bool, before: str, after: str
) -> None:
    assume(not (turned and second == "whole"))  # the next fence could belong to the text: such a file is refused
    parts = []
    for name, kind, index in (("src/a.py", first, 0), ("b.md", second, 1)):
        info = "diff" if kind == "hunk" else ""
        parts.append(f"{path.format(name)}\n{fence}{info}\n{BODIES[kind][index]}{fence}\n")
    reply = before + "\n".join(reversed(parts) if turned else parts) + after

    outcome = read(reply.replace("\n", eol))

    assert (outcome.files, outcome.refusals) == (NEW, ())


PIECES = [
    "```", "~~~~", "``````", "\n", "\r\n", "<<<<<<< SEARCH\n", "=======\n", ">>>>>>> REPLACE\n", "<<<<<<< HEAD\n",
    "*** Begin Patch\n", "*** End Patch\n", "*** Update File: src/a.py\n", "*** Move to: c.py\n", "@@ f\n", "@@\n",
    "*** Add File: src/a.py\n", "--- a/b.md\n", "+++ b/b.md\n", "+++ /dev/null\n", "+", "-", " ", "\ufeff", "\u201c",
    "diff --git a/b.md b/c.md\nrename from b.md\nrename to c.md\n", "src/a.py::f\n", "src/a.py\n", "b.md:", "../x",
    ".git/x", "\0", "\u202e", "\ud800", "delete: b.md\n", "run: ls\n", "    return 1\n", "def f():\n", "text\n",
    ":start_line:2\n",
]  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=30), st.booleans())
def test_no_heap_of_markers_crashes_or_reaches_a_file_it_must_not(heap: list[str], complete: bool) -> None:
    outcome = read_reply("".join(heap), current=OLD, exists=[*OLD, "hidden.py"], shown=OLD, complete=complete)

    assert complete or not outcome.files
    assert outcome.files.keys() <= {
        "src/a.py",
        "b.md",
        "c.py",
        "c.md",
        *(path for path in outcome.files if path[0] != "."),
    }
    assert not any(path.startswith(("/", "..", ".git")) or path == "hidden.py" for path in outcome.files)
    for refusal in outcome.refusals:
        assert len(refusal.feedback.encode().split(b"\n")) <= 25


HEAP = "".join(f"line {number % 7}\n" for number in range(20_000))


@pytest.mark.parametrize(
    "reply",
    [
        "src/a.py\n<<<<<<< SEARCH\n" + "x\n" * 50_000 + "=======\ny\n>>>>>>> REPLACE\n",
        "*** Begin Patch\n" * 20_000,
        "*** Begin Patch\n*** Update File: src/a.py\n" + "@@ f\n x\n" * 3_000 + "*** End Patch\n",
        "--- a/src/a.py\n+++ b/src/a.py\n" + "@@ -1 +1 @@\n-x\n" * 3_000,
        "--- a\n+++ b\n-x\n" * 10_000,
        "diff --git a b\n" * 20_000,
        " \n" * 60_000 + "@@ -1 +1 @@\n",
        "big.txt\n<<<<<<< SEARCH\n" + HEAP[: len(HEAP) // 2] + "=======\n>>>>>>> REPLACE\n",
        "big.txt\n<<<<<<< SEARCH\n" + HEAP[: len(HEAP) // 2].replace("line", "  line") + "=======\n>>>>>>> REPLACE\n",
        "big.txt\n<<<<<<< SEARCH\nline 9 of many\nline 3\n=======\n>>>>>>> REPLACE\n" * 3,
        "need: src/a.py, " * 20_000,
        "search: " * 20_000,
        "`" * 100_000 + "\n" + "src/a.py\n```diff\n" * 5_000,
    ],
)  # fmt: skip
def test_monstrous_replies_are_judged_in_time_that_grows_with_their_length_only(reply: str) -> None:
    began = time.process_time()
    outcome = read(reply, {**OLD, "big.txt": HEAP.encode()})

    assert not outcome.files
    assert time.process_time() - began < 5
