import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vivek.edits.dialects.whole import INSTRUCTION, parse
from vivek.edits.reply import FileBlock, ParsedReply

KNOWN = frozenset({"src/a.py", "b.py", "README.md"})
CODE = "def f():\n    return 1\n"
PLAIN = f"src/a.py\n```python\n{CODE}```\n"


def one(reply: str) -> FileBlock:
    (block,) = parse(reply, KNOWN).blocks
    assert isinstance(block, FileBlock)
    return block


def test_a_path_and_a_fence_are_a_file() -> None:
    assert parse(PLAIN, KNOWN) == ParsedReply(blocks=(FileBlock("src/a.py", CODE),))


PATH_LINES = [
    "src/a.py",
    "**src/a.py**",
    "src/a.py:",
    "# src/a.py",
    "`src/a.py`",
    "### File: `src/a.py`",
    "- src/a.py",
    "src/a.py\n",
]
FENCES = ["```", "````", "``````", "~~~", "~~~~~"]
INFOS = ["", "python", " python ", "py"]
BEFORE = ["", "I changed it.\n\n", "1. First:\n", "```sh\nmake\n```\n", "Some `code` and a.py.\n\n\n"]
AFTER = ["", "\nRun it:\n```sh\npython -m src.a\n```\n", "\nThat is all.", "\n\n"]


@given(
    st.sampled_from(PATH_LINES), st.sampled_from(FENCES), st.sampled_from(INFOS), st.sampled_from(BEFORE),
    st.sampled_from(AFTER), st.sampled_from(["\n", "\r\n"]), st.sampled_from(["", "\n"]),
)  # fmt: skip
def test_no_wrapping_of_a_reply_changes_its_file(
    path: str, fence: str, info: str, before: str, after: str, eol: str, gap: str
) -> None:
    reply = f"{before}{path}\n{gap}{fence}{info}\n{CODE}{fence}\n{after}".replace("\n", eol)

    assert one(reply) == FileBlock("src/a.py", CODE)


@pytest.mark.parametrize("info", ["python src/a.py", "src/a.py", "python:src/a.py", "python title=src/a.py"])
def test_the_path_may_stand_in_the_info_string(info: str) -> None:
    assert one(f"Done:\n```{info}\n{CODE}```") == FileBlock("src/a.py", CODE)


def test_a_dotted_path_is_marked_as_explicit() -> None:
    assert one(f"./src/a.py\n```\n{CODE}```") == FileBlock("src/a.py", CODE, explicit=True)


def test_several_files_are_read_in_order_and_the_rest_is_prose() -> None:
    parsed = parse(f"Two files.\n\n{PLAIN}\nand\n\nnew/c.txt\n```\nx\n```\nDone.", KNOWN)

    assert parsed.blocks == (FileBlock("src/a.py", CODE), FileBlock("new/c.txt", "x\n"))
    assert parsed.prose == "Two files.\n\nand\n\nDone."


def test_a_fence_without_a_path_is_prose() -> None:
    reply = f"Call it like this:\n\n```python\n{CODE}```"

    assert parse(reply, KNOWN) == ParsedReply(prose=reply)


def test_a_sentence_that_names_a_file_does_not_make_an_example_that_file() -> None:
    assert parse(f"You call it from src/a.py like this:\n```python\n{CODE}```", KNOWN).blocks == ()


def test_a_path_too_far_above_or_before_another_fence_does_not_count() -> None:
    assert parse(f"src/a.py\n\n\n\n```\n{CODE}```", KNOWN).blocks == ()
    assert [block.path for block in parse(f"{PLAIN}```\nx\n```", KNOWN).blocks] == ["src/a.py"]


def test_an_example_inside_a_file_belongs_to_the_file() -> None:
    text = "# Till\n\n```sh\nmake\n```\n\nend\n"

    assert one(f"README.md\n```markdown\n{text}```\n") == FileBlock("README.md", text)
    assert one(f"README.md\n````markdown\n{text}````\n") == FileBlock("README.md", text)


def test_a_text_file_whose_end_is_not_clear_is_marked() -> None:
    text = "# Till\n\n```\nmake\n```\n\nend\n"

    assert one(f"README.md\n```markdown\n{text}```\n").fault == "doubtful"
    assert one(f"README.md\n````markdown\n{text}````\n") == FileBlock("README.md", text)


def test_output_shown_after_a_source_file_casts_no_doubt_on_it() -> None:
    assert one(f"{PLAIN}Output:\n```\n1\n```\n") == FileBlock("src/a.py", CODE)


def test_files_quoted_in_a_longer_fence_are_no_edits() -> None:
    assert parse(f"````\n{PLAIN}````", KNOWN).blocks == ()
    assert parse(f"```text\n{PLAIN}```", KNOWN).blocks == ()


def test_an_unclosed_fence_is_marked_and_swallows_what_follows() -> None:
    parsed = parse(f"b.py\n```\nx\n```\nsrc/a.py\n```python\n{CODE}\nb.py\n```python\ny = 1\n```", KNOWN)

    assert [(block.path, block.fault) for block in parsed.blocks] == [("b.py", ""), ("src/a.py", "unclosed")]


def test_an_empty_fence_is_an_empty_file() -> None:
    assert one("pkg/__init__.py\n```\n```") == FileBlock("pkg/__init__.py", "")


@pytest.mark.parametrize(
    "line",
    [
        "need: src/a.py",
        "Need: `src/a.py`",
        "**need:** src/a.py",
        "- need: src/a.py.",
        "NEED: ./src/a.py",
        "`need: src/a.py`",
    ],
)
def test_a_needed_file_is_asked_for_on_a_line_of_its_own(line: str) -> None:
    parsed = parse(f"I must see more.\n{line}\n", KNOWN)

    assert parsed.needs == ("src/a.py",)
    assert parsed.prose == "I must see more."


def test_several_files_can_be_needed_and_each_counts_once() -> None:
    assert parse("need: src/a.py, b.py\nneed: b.py and new/c.py", KNOWN).needs == ("src/a.py", "b.py", "new/c.py")


@pytest.mark.parametrize("line", ["need: more time", "I need: src/a.py", "need:", "needs: b.py", "need: b.py or so"])
def test_a_sentence_about_needs_is_prose(line: str) -> None:
    assert parse(line, KNOWN) == ParsedReply(prose=line)


def test_requests_inside_fences_are_content() -> None:
    assert parse("b.py\n```\nneed: src/a.py\ndelete: b.py\n```", KNOWN).needs == ()
    assert parse("```\nneed: src/a.py\n```", KNOWN).needs == ()


def test_a_file_can_be_deleted() -> None:
    assert parse("delete: `b.py`", KNOWN) == ParsedReply(deletes=("b.py",))


def test_the_instruction_shows_the_form_that_is_read_and_is_short() -> None:
    block = one(INSTRUCTION)

    assert (block.path, block.text) == ("src/example.py", "every line of the file\n")
    assert len(INSTRUCTION) < 700


SEED = f"Text.\n{PLAIN}\n**b.py**:\n~~~~\nx\n~~~~\nneed: b.py\n```markdown README.md\n```sh\nx\n```\n```\n"
PIECES = [
    "```",
    "````",
    "~~~",
    "\n",
    "\r\n",
    "src/a.py",
    "b.py:",
    "**",
    "`",
    " ",
    "need: ",
    "delete: ",
    "\0",
    "\u202e",
    "\ud800",
    "#",
]


@settings(max_examples=300)
@given(st.lists(st.tuples(st.integers(0, len(SEED)), st.integers(0, 12), st.sampled_from(PIECES)), max_size=12))
def test_no_mutation_of_a_reply_crashes_the_parser(mutations: list[tuple[int, int, str]]) -> None:
    reply = SEED
    for at, length, piece in mutations:
        reply = reply[:at] + piece + reply[at + length :]

    parsed = parse(reply, KNOWN)

    assert all(isinstance(block, FileBlock) and block.text[-1:] in ("", "\n") for block in parsed.blocks)


@given(st.text())
def test_any_text_is_accepted(reply: str) -> None:
    parse(reply, KNOWN)


@pytest.mark.parametrize(
    "reply",
    [
        "```x\n" * 20_000,
        "```\n" * 20_001,
        "b.py\n```\n" * 10_000,
        "`" * 200_000,
        "**" * 100_000,
        "need: " * 50_000,
        " \t" * 100_000,
    ],
)
def test_monstrous_replies_are_read_in_time_that_grows_with_their_length_only(reply: str) -> None:
    began = time.process_time()
    parse(reply, KNOWN)

    assert time.process_time() - began < 5


def test_a_text_for_people_before_another_file_ends_where_its_fence_does() -> None:
    reply = "README.md\n```\n# Till\n```\n\ntill/prices.py\n```\nPRICE = 1\n```\n"

    parsed = parse(reply, {"README.md", "till/prices.py"})

    assert [(block.path, block.text, block.fault) for block in parsed.blocks if isinstance(block, FileBlock)] == [
        ("README.md", "# Till\n", ""),
        ("till/prices.py", "PRICE = 1\n", ""),
    ]


def test_a_text_for_people_with_plain_fences_inside_still_has_no_certain_end() -> None:
    reply = "README.md\n```\n# Till\n\nRun\n```\nmake\n```\nand see.\n```\n"

    [block, *_] = parse(reply, {"README.md"}).blocks

    assert block.fault == "doubtful"
