import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivek.edits.dialects.search_replace import INSTRUCTION, parse
from vivek.edits.reply import Replacement

KNOWN = frozenset({"src/a.py", "b.py", "README.md"})
BLOCK = "<<<<<<< SEARCH\nx = 1\n=======\nx = 2\n>>>>>>> REPLACE\n"
MEANT = Replacement("src/a.py", "x = 1\n", "x = 2\n")


def one(reply: str) -> Replacement:
    (block,) = parse(reply, KNOWN).blocks
    assert isinstance(block, Replacement)
    return block


PATH_LINES = ["src/a.py", "**src/a.py**", "src/a.py:", "# src/a.py", "`src/a.py`", "### File: `src/a.py`"]
FENCES = ["```", "````", "~~~~", ""]
MARKERS = [BLOCK, BLOCK.replace("SEARCH", "ORIGINAL").replace("REPLACE", "UPDATED")] + [
    f"{'<' * size} SEARCH\nx = 1\n{'=' * size}\nx = 2\n{'>' * size} REPLACE\n" for size in (5, 6, 8, 9)
]
MARKERS += [
    "------- SEARCH\nx = 1\n=======\nx = 2\n+++++++ REPLACE\n",
    "<<<<<<<SEARCH\nx = 1\n=======\nx = 2\n>>>>>>>\n",
]


@given(
    st.sampled_from(PATH_LINES), st.sampled_from(FENCES), st.sampled_from(["", "python", "diff"]),
    st.sampled_from(["", "I changed it.\n\n", "```sh\nmake\n```\n", "Look at b.py.\n"]),
    st.sampled_from(["", "\nDone, see b.py.", "\n```\nx\n```\n"]),
    st.sampled_from(["\n", "\r\n"]), st.sampled_from(["above", "inside"]), st.sampled_from(MARKERS),
)  # fmt: skip
def test_no_wrapping_of_a_reply_changes_its_block(
    path: str, fence: str, info: str, before: str, after: str, eol: str, where: str, block: str
) -> None:
    opening, closing = (f"{fence}{info}\n", f"{fence}\n") if fence else ("", "")
    head = f"{path}\n{opening}" if where == "above" else f"{opening}{path}\n"

    assert one(f"{before}{head}{block}{closing}{after}".replace("\n", eol)) == MEANT


def test_the_path_may_stand_on_the_first_marker_or_in_the_info_string() -> None:
    assert one(BLOCK.replace("SEARCH", "SEARCH src/a.py")) == MEANT
    assert one(f"```python src/a.py\n{BLOCK}```") == MEANT
    assert one(f"```python\n\n./src/a.py\n{BLOCK}```").explicit


def test_the_only_file_that_the_words_before_a_block_name_is_meant() -> None:
    assert one(f"In `src/a.py` I change the number:\n{BLOCK}").path == "src/a.py"
    assert one(f"Not in b.py but in src/a.py:\n{BLOCK}").path == ""
    assert one(BLOCK).path == ""


def test_further_blocks_are_for_the_same_file_until_another_is_named() -> None:
    reply = f"src/a.py\n```\n{BLOCK}\n{BLOCK}```\nAnd:\n```\n{BLOCK}```\nNow b.py:\n{BLOCK}\nREADME.md\n{BLOCK}"

    assert [block.path for block in parse(reply, KNOWN).blocks] == ["src/a.py"] * 3 + ["b.py", "README.md"]


def test_several_files_in_one_fence_are_told_apart() -> None:
    blocks = parse(f"```\nsrc/a.py\n{BLOCK}\nb.py\n{BLOCK}```", KNOWN).blocks

    assert [block.path for block in blocks] == ["src/a.py", "b.py"]


def test_fences_inside_a_block_belong_to_it() -> None:
    text = "Run:\n```sh\nmake\n```\n"
    reply = f"README.md\n```markdown\n<<<<<<< SEARCH\n{text}=======\n{text}```\nmore\n```\n>>>>>>> REPLACE\n```\nDone."

    assert one(reply) == Replacement("README.md", text, f"{text}```\nmore\n```\n")
    assert parse(reply, KNOWN).prose == "Done."


def test_an_empty_half_is_an_empty_text() -> None:
    assert one("new.py\n<<<<<<< SEARCH\n=======\nx = 2\n>>>>>>> REPLACE").search == ""
    assert one("src/a.py\n<<<<<<< SEARCH\nx = 1\n=======\n>>>>>>> REPLACE").replace == ""


def test_a_block_in_a_list_is_read_without_its_indentation() -> None:
    indented = "".join(f"   {line}\n" for line in BLOCK.replace("x = 1", "if x:\n    y()").splitlines())

    assert one(f"1. src/a.py\n{indented}").search == "if x:\n    y()\n"


def test_an_unclosed_fence_does_no_harm_to_blocks_that_are_closed() -> None:
    assert one(f"src/a.py\n```python\n{BLOCK}") == MEANT
    blocks = parse(f"src/a.py\n```python\n{BLOCK}\nThen:\n\nb.py\n```python\n{BLOCK}```", KNOWN).blocks
    assert [(block.path, block.fault) for block in blocks] == [("src/a.py", ""), ("b.py", "")]


@pytest.mark.parametrize(
    "broken",
    ["<<<<<<< SEARCH\nx = 1\n=======\nx = 2\n", "<<<<<<< SEARCH\nx = 1\n", "<<<<<<< SEARCH\n"],
)
def test_a_block_without_its_last_marker_is_faulty_and_swallows_no_other(broken: str) -> None:
    faults = [
        [(block.path, block.fault) for block in parse(f"src/a.py\n{start}{broken}{end}b.py\n{BLOCK}", KNOWN).blocks]
        for start, end in (("", "\n"), ("```\n", "```\n\n"))
    ]

    assert faults == [[("src/a.py", "unclosed"), ("b.py", "")]] * 2


def test_a_block_whose_halves_are_not_told_apart_is_faulty() -> None:
    assert one("src/a.py\n<<<<<<< SEARCH\nx = 1\n>>>>>>> REPLACE\n").fault == "undivided"


def test_of_several_dividers_the_one_as_long_as_the_first_marker_counts() -> None:
    heading = "Title\n=======\n"
    seven = f"README.md\n<<<<<<< SEARCH\n{heading}=======\nx\n>>>>>>> REPLACE\n"
    nine = f"README.md\n<<<<<<<<< SEARCH\n{heading}=========\nx\n>>>>>>>>> REPLACE\n"

    assert one(seven).fault == "doubtful"
    assert one(nine) == Replacement("README.md", heading, "x\n")
    assert one(seven.replace("Title\n=======", "Titl\n=====")).search == "Titl\n=====\n"


def test_a_merge_conflict_can_be_quoted() -> None:
    conflict = "<<<<<<< HEAD\na\n=======\nb\n>>>>>>> main\n"

    assert one(f"b.py\n<<<<<<< SEARCH\n{conflict}=======\na\n>>>>>>> REPLACE\n") == Replacement("b.py", conflict, "a\n")


def test_a_line_number_is_kept_as_a_hint() -> None:
    hinted = BLOCK.replace("x = 1", ":start_line:12\n:end_line:13\n-------\nx = 1")

    assert one(f"src/a.py\n{hinted}") == Replacement("src/a.py", "x = 1\n", "x = 2\n", line=12)


def test_the_instruction_shows_the_form_that_is_read_and_is_short() -> None:
    assert one(INSTRUCTION).path == "src/example.py"
    assert len(INSTRUCTION) < 700


@pytest.mark.parametrize(
    "reply",
    [
        "<<<<<<< SEARCH\n" * 20_000,
        "<<<<<<< SEARCH\n=======\n" * 10_000,
        f"```\n{BLOCK * 5_000}",
        f"src/a.py\n```\n{BLOCK}```\n" * 3_000,
        "=======\n" * 20_000,
        "<" * 200_000,
        " \n" * 50_000 + BLOCK,
        ("<<<<<<< HEAD\n" * 10_000 + BLOCK) * 2,
        "--- a\n+++ b\n" * 10_000,
    ],
)
def test_monstrous_replies_are_read_in_time_that_grows_with_their_length_only(reply: str) -> None:
    began = time.process_time()
    parse(reply, KNOWN)

    assert time.process_time() - began < 5
