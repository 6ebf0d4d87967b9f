"""Replies of blocks, patches and moves, held against the bytes of files."""

from collections.abc import Callable, Collection, Mapping

import pytest

from vivek.edits.engine import Outcome, read_reply
from vivek.edits.reply import ToolLine

Golden = Callable[[str, str], None]

PRICES = '"""Prices."""\n\n\ndef discount(price, percent):\n    return price - price * percent // 100\n'
TWINS = "".join(
    f"class {name}:\n    def total(self):\n        count = len(self.items)\n        return count\n\n\n"
    for name in ("Till", "Shop", "Stall")
)
LONG = "def long():\n" + "".join(f"    step_{number}()\n" for number in range(30))
FILES = {
    "till/prices.py": PRICES.encode(),
    "till/twins.py": TWINS.encode(),
    "README.md": b"# Till\n\nIt adds up.\n",
    "long.py": LONG.encode(),
}


def block(path: str, search: str, replace: str) -> str:
    return f"{path}\n```\n<<<<<<< SEARCH\n{search}=======\n{replace}>>>>>>> REPLACE\n```\n"


def read(
    reply: str, files: Mapping[str, bytes] = FILES, *, unseen: Collection[str] = (), partly: Collection[str] = ()
) -> Outcome:
    return read_reply(reply, current=files, exists={*files, *unseen}, shown=tuple(files), partly=partly)


def refused(reply: str, files: Mapping[str, bytes] = FILES, **more: Collection[str]) -> tuple[str, str]:
    outcome = read(reply, files, **more)
    assert outcome.files == {}
    (refusal,) = outcome.refusals
    assert len(refusal.feedback.split("\n")) <= 25
    return refusal.reason, refusal.feedback


HALVE = block("till/prices.py", "    return price - price * percent // 100\n", "    return price // 2\n")
HALVED = PRICES.replace("price - price * percent // 100", "price // 2").encode()


def test_a_block_changes_its_lines_and_nothing_else() -> None:
    assert read(HALVE) == Outcome({"till/prices.py": HALVED}, (), (), "")


def test_a_block_with_an_empty_first_half_makes_a_new_file() -> None:
    assert read(block("new.txt", "", "a\n")).files == {"new.txt": b"a\n"}
    assert read(block("pkg/__init__.py", "", "")).files == {"pkg/__init__.py": b""}
    assert refused(block("new.txt", "", "a\n") + block("new.txt", "", "b\n"))[0] == "given twice"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"\xef\xbb\xbfa = 1\r\nb = 2", b"\xef\xbb\xbfa = 1\r\nb = 3"),
        (b"# coding: latin-1\nb = 2\nc = '\xe9'\n", b"# coding: latin-1\nb = 3\nc = '\xe9'\n"),
        ("b = 2\r\nc\r\n".encode("utf-16"), "b = 3\r\nc\r\n".encode("utf-16")),
        (b"a = 1\nb = 2\r\nc = 3\ra = 1\n", b"a = 1\nb = 3\r\nc = 3\ra = 1\n"),
        (b"\tb\x0c\x0b\nb = 2\n  \n", b"\tb\x0c\x0b\nb = 3\n  \n"),
        ("b = 2\n\u2028\u0085x\n".encode(), "b = 3\n\u2028\u0085x\n".encode()),
    ],
)
@pytest.mark.covers("F-C01", "F-C02", "F-C03", "F-C04", "F-C05", "F-C06", "F-C08")
def test_all_bytes_outside_of_the_change_stay(old: bytes, new: bytes) -> None:
    assert read(block("f.txt", "b = 2\n", "b = 3\n"), {"f.txt": old}).files == {"f.txt": new}


@pytest.mark.covers("F-C04")
def test_a_quoted_first_line_is_found_behind_a_byte_order_mark() -> None:
    assert read(block("f.txt", "a\n", "b\n"), {"f.txt": b"\xef\xbb\xbfa\n"}).files == {"f.txt": b"\xef\xbb\xbfb\n"}


@pytest.mark.covers("F-C11")
def test_a_line_of_ten_million_characters_is_no_obstacle() -> None:
    old = b"x" * 10_000_000 + b"\nb = 2\n"

    assert read(block("f.js", "b = 2\n", "b = 3\n"), {"f.js": old}).files == {"f.js": old.replace(b"b = 2", b"b = 3")}
    assert read(block("f.js", "b = 4\nsomething\n", "b = 3\n"), {"f.js": old}).refusals[0].reason == "not found"


def test_a_file_is_changed_wholly_or_not_at_all() -> None:
    outcome = read(HALVE + block("till/prices.py", "gone\n", "x\n") + block("README.md", "# Till\n", "# Shop\n"))

    assert list(outcome.files) == ["README.md"]
    assert [refusal.path for refusal in outcome.refusals] == ["till/prices.py"]


def test_how_lines_were_found_is_told() -> None:
    outcome = read(block("till/prices.py", "return price - price * percent // 100\n", "return 0\n"))

    assert outcome.files == {"till/prices.py": PRICES.replace("price - price * percent // 100", "0").encode()}
    assert outcome.notes == {"till/prices.py": ("indentation adjusted by 4",)}


def test_blocks_of_several_dialects_in_one_reply_are_all_read() -> None:
    readme = "README.md\n````\n# Till\n\nIt adds up everything.\n````\n"
    patch = "*** Begin Patch\n*** Update File: long.py\n@@ def long():\n-    step_3()\n*** End Patch\n"
    diff = "```diff\n--- a/till/twins.py\n+++ b/till/twins.py\n@@ -1 +1 @@\n-class Till:\n+class Tills:\n```\n"

    outcome = read(f"{HALVE}{patch}{diff}{readme}Done.")

    assert sorted(outcome.files) == sorted(FILES)
    assert outcome.prose == "Done."


def test_a_patch_can_be_the_text_of_a_file() -> None:
    diff = "--- a/README.md\n+++ b/README.md\n@@ -1 +1 @@\n-# Till\n+# Shop\n"

    assert read(f"fix.patch\n```diff\n{diff}```\n").files == {"fix.patch": diff.encode()}


@pytest.mark.covers("F-C18")
def test_data_is_edited_as_text_and_json_must_stay_readable() -> None:
    files = {"a.json": b'{"a": 1, "a": 2,\n"b": 3}\n', "a.csv": b"a;b\r\n1;2\r\n", "a.ipynb": b'{"cells": [\n]}\n'}

    changed = read(block("a.json", '"b": 3}\n', '"b": 4}\n') + block("a.csv", "1;2\n", "1;3\n"), files).files

    assert changed == {"a.json": b'{"a": 1, "a": 2,\n"b": 4}\n', "a.csv": b"a;b\r\n1;3\r\n"}
    assert refused(block("a.ipynb", "]}\n", "}\n"), files)[0] == "does not parse"


def test_a_region_and_a_block_change_different_places_of_one_file() -> None:
    region = "till/prices.py::discount\n```\ndef discount(price, percent):\n    return price\n```\n"
    title = block("till/prices.py", '"""Prices."""\n', '"""All prices."""\n')

    assert read(region + title).files == {
        "till/prices.py": b'"""All prices."""\n\n\ndef discount(price, percent):\n    return price\n'
    }
    assert refused(region + HALVE)[0] == "given twice"
    assert refused(region.replace("discount", "gone", 1) + title)[0] == "no such symbol"
    assert refused(region.replace("till/prices.py", "gone.py"))[0] == "no such file"


def test_a_definition_that_loses_most_of_its_lines_is_refused(golden: Golden) -> None:
    reason, feedback = refused("long.py::long\n```\ndef long():\n    step_0()\n```\n")

    assert reason == "much shorter"
    golden("definition_shorter.txt", feedback + "\n")


def test_lines_that_are_quoted_may_go_however_many_they_are() -> None:
    assert read(block("long.py", LONG.removeprefix("def long():\n"), "    pass\n")).files == {
        "long.py": b"def long():\n    pass\n"
    }


def test_a_file_is_moved_with_its_changes_or_without() -> None:
    git = "diff --git a/README.md b/docs/README.md\nrename from README.md\nrename to docs/README.md\n"
    patch = "*** Begin Patch\n*** Update File: README.md\n*** Move to: docs/a.md\n@@\n-# Till\n+# Shop\n*** End Patch"

    assert read(git).files == {"README.md": None, "docs/README.md": FILES["README.md"]}
    assert read(patch).files == {"README.md": None, "docs/a.md": b"# Shop\n\nIt adds up.\n"}


@pytest.mark.parametrize(
    ("source", "target", "reason"),
    [
        ("README.md", "long.py", "exists already"),
        ("README.md", "../a.md", "not allowed"),
        ("README.md", "readme.md", "unclear name"),
        ("README.md", "long.py/a.md", "impossible path"),
        ("gone.md", "a.md", "no such file"),
        ("other.md", "a.md", "not shown"),
    ],
)
def test_a_move_that_cannot_be_is_refused(source: str, target: str, reason: str) -> None:
    patch = f"*** Begin Patch\n*** Update File: {source}\n*** Move to: {target}\n*** End Patch"

    assert refused(patch, unseen=["other.md"])[0] == reason


def test_a_move_is_refused_together_with_its_change_or_with_another_use_of_its_names() -> None:
    move = "*** Begin Patch\n*** Update File: README.md\n*** Move to: a.md\n"

    assert refused(f"{move}@@\n-gone\n+x\n*** End Patch")[0] == "not found"
    assert refused(f"{move}*** Delete File: README.md\n*** End Patch")[0] == "given twice"
    assert "README.md" not in read(f"{move}*** Add File: a.md\n+x\n*** End Patch").files


def test_a_file_seen_in_part_is_changed_by_quoted_lines_only() -> None:
    whole = f"till/prices.py\n```\n{PRICES}# more\n```\n"

    assert read(HALVE, partly=["till/prices.py"]).files == {"till/prices.py": HALVED}
    assert refused(whole, partly=["till/prices.py"])[0] == "shown in part"
    assert [need.path for need in read("need: README.md", partly=["README.md"]).needs] == ["README.md"]


def test_a_block_without_a_path_is_for_the_only_file_that_has_its_lines() -> None:
    nameless = HALVE.removeprefix("till/prices.py\n")

    assert read(nameless).files == {"till/prices.py": HALVED}
    assert refused(nameless, {**FILES, "copy.py": PRICES.encode(), "bin": b"\0"})[0] == "no path"
    assert refused(block("", "", "x\n"))[0] == "no path"


def test_a_bare_name_stands_for_the_only_shown_file_of_that_name() -> None:
    bare = HALVE.removeprefix("till/")

    assert read(bare).files == {"till/prices.py": HALVED}
    assert refused(bare, unseen=["old/prices.py"])[0] == "no such file"
    assert refused(f"./{bare}")[0] == "no such file"
    assert refused(f"shop/{bare}")[0] == "no such file"


def test_requests_are_read_from_replies_that_change_nothing() -> None:
    asked = "I must look.\nsearch: def total\nrun: pytest -q\nread: long.py:3-9\nread: README.md\n"
    outcome = read(asked, partly=["README.md"])

    assert outcome.asks == (
        ToolLine("search", "def total"), ToolLine("run", "pytest -q"), ToolLine("read", "long.py:3-9"),
    )  # fmt: skip
    assert [need.path for need in outcome.needs] == ["README.md"]
    assert read(f"{HALVE}\nrun: pytest -q").asks == ()
