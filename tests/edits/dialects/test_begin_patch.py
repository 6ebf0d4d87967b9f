import pytest

from vivek.edits.dialects.begin_patch import parse
from vivek.edits.reply import FileBlock, Move, ParsedReply, Replacement

KNOWN = frozenset({"src/a.py", "b.py"})
UPDATE = "*** Update File: src/a.py\n@@ class A:\n@@     def f(self):\n one\n-two\n+TWO\n three\n"
PATCH = f"*** Begin Patch\n{UPDATE}*** End Patch\n"
MEANT = Replacement("src/a.py", "one\ntwo\nthree\n", "one\nTWO\nthree\n", anchor="class A:\ndef f(self):", ordered=True)


@pytest.mark.parametrize(
    "reply",
    [
        PATCH,
        f"I do it so:\n\n```\n{PATCH}```\nDone.",
        f"```sh\napply_patch <<'EOF'\n{PATCH}EOF\n```",
        f"```patch\n{UPDATE}```",
        PATCH.replace("\n", "\r\n"),
        PATCH.replace("src/a.py", "`./src/a.py`").replace("./", ""),
        PATCH.replace("@@     def", "\n@@     def").replace(" three\n", " three\n\n\n"),
    ],
)
def test_a_patch_is_lines_and_what_takes_their_place(reply: str) -> None:
    assert parse(reply, KNOWN).blocks == (MEANT,)


def test_files_are_added_updated_deleted_and_moved() -> None:
    patch = (
        "*** Begin Patch\n*** Add File: new.py\n+a\n+\n+b\n\n*** Delete File: b.py\n*** Update File: src/a.py\n"
        "*** Move to: src/c.py\n@@\n-x\n+y\n*** End Patch"
    )

    assert parse(patch, KNOWN) == ParsedReply(
        (FileBlock("new.py", "a\n\nb\n", new=True), Replacement("src/a.py", "x\n", "y\n", ordered=True)),
        deletes=("b.py",),
        moves=(Move("src/a.py", "src/c.py"),),
    )


def test_a_file_can_be_moved_without_a_change() -> None:
    patch = "*** Begin Patch\n*** Update File: b.py\n*** Move to: ./c.py\n*** End Patch"

    assert parse(patch, KNOWN) == ParsedReply(moves=(Move("b.py", "c.py"),))


def test_several_hunks_are_parted_by_their_marks() -> None:
    patch = (
        "*** Begin Patch\n*** Update File: b.py\n-a\n+b\n@@ @@\n c\n-d\n@@ -9,2 +8,1 @@ def f():\n-e\n*** End of File\n"
    )

    assert parse(f"{patch}*** End Patch", KNOWN).blocks == (
        Replacement("b.py", "a\n", "b\n", ordered=True),
        Replacement("b.py", "c\nd\n", "c\n", ordered=True),
        Replacement("b.py", "e\n", "", anchor="def f():", ordered=True, at_end=True),
    )


def test_an_added_file_without_any_signs_is_read_as_it_stands_and_a_mixture_is_faulty() -> None:
    head, tail = "*** Begin Patch\n*** Add File: c.py\n", "*** End Patch\n"

    assert parse(f"{head}a\n  b\n{tail}", KNOWN).blocks == (FileBlock("c.py", "a\n  b\n", new=True),)
    assert parse(f"{head}+a\nb\n{tail}", KNOWN).blocks == (FileBlock("c.py", "", "doubtful", new=True),)
    assert parse(f"{head}{tail}", KNOWN).blocks == (FileBlock("c.py", "", new=True),)


def test_a_patch_that_nothing_ends_is_faulty_and_swallows_no_other() -> None:
    blocks = parse(f"*** Begin Patch\n{UPDATE}{PATCH.replace('src/a.py', 'b.py')}", KNOWN).blocks

    assert [(block.path, block.fault) for block in blocks] == [("src/a.py", "unclosed"), ("b.py", "")]
    assert parse(UPDATE, KNOWN).blocks[0].fault == "unclosed"


def test_an_update_that_changes_nothing_is_faulty() -> None:
    (block,) = parse("*** Begin Patch\n*** Update File: b.py\n*** End Patch\n", KNOWN).blocks

    assert (block.path, block.fault) == ("b.py", "unclosed")


def test_markers_that_are_quoted_are_content() -> None:
    patch = (
        "*** Begin Patch\n*** Update File: b.py\n-*** Add File: x\n+*** End Patch\n *** Begin Patch\n*** End Patch\n"
    )

    assert parse(patch, KNOWN).blocks == (
        Replacement("b.py", "*** Add File: x\n*** Begin Patch\n", "*** End Patch\n*** Begin Patch\n", ordered=True),
    )


def test_stars_in_prose_are_no_patch() -> None:
    prose = "*** Note: the file\n*** Update files: all"

    assert parse(prose, KNOWN) == ParsedReply(prose=prose)
