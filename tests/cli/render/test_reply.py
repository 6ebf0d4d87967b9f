import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivek.cli.render.blocks import Block, Splitter
from vivek.cli.render.reply import Reply
from vivek.schema.edits import FileChange
from vivek.schema.report import TurnReport

SAMPLE = """\
Here is the answer.
It has two lines.

- one
- two

- three

  with a second paragraph

After the list:

```python app.py
def f():

    return 1
```
Done.
"""


def blocks_of(text: str, size: int | None = None) -> list[Block]:
    splitter = Splitter()
    size = size or max(1, len(text))
    blocks = [block for at in range(0, len(text), size) for block in splitter.feed(text[at : at + size])]
    return blocks + splitter.finish()


def test_a_reply_is_cut_at_paragraphs_lists_and_fences() -> None:
    assert [(block.kind, block.text, block.language, block.gap) for block in blocks_of(SAMPLE)] == [
        ("prose", "Here is the answer.\nIt has two lines.\n", "", False),
        ("prose", "- one\n- two\n\n- three\n\n  with a second paragraph\n", "", True),
        ("prose", "After the list:\n", "", True),
        ("code", "def f():\n\n    return 1\n", "python", True),
        ("prose", "Done.\n", "", False),
    ]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 50])
def test_how_a_reply_arrives_does_not_change_its_blocks(size: int) -> None:
    assert blocks_of(SAMPLE, size) == blocks_of(SAMPLE)
    assert blocks_of(SAMPLE.replace("\n", "\r\n"), size) == blocks_of(SAMPLE)


def test_a_block_is_given_out_as_soon_as_it_is_final() -> None:
    splitter = Splitter()

    assert splitter.feed("one\n") == []
    assert [block.text for block in splitter.feed("\n")] == ["one\n"]
    assert splitter.tail(3) == ""


def test_a_longer_fence_holds_a_shorter_one() -> None:
    blocks = blocks_of("````md\n```\ninner\n```\n````\nafter")

    assert [(block.kind, block.text) for block in blocks] == [("code", "```\ninner\n```\n"), ("prose", "after\n")]


def test_backticks_in_a_line_of_prose_open_nothing() -> None:
    assert [block.kind for block in blocks_of("```not a `fence`\nmore\n")] == ["prose"]


def test_an_unclosed_fence_ends_with_the_reply() -> None:
    splitter = Splitter()
    splitter.feed("~~~\nx = 1")

    assert [(block.kind, block.text) for block in splitter.finish()] == [("code", "x = 1\n")]
    splitter.feed("prose")
    assert [block.kind for block in splitter.finish()] == ["prose"]


def test_long_code_comes_in_parts_and_only_the_first_has_a_gap() -> None:
    blocks = blocks_of("text\n\n```py\n" + "x = 1\n" * 50 + "```\n")

    assert [block.lines for block in blocks] == [1, 20, 20, 10]
    assert [block.gap for block in blocks] == [False, True, False, False]
    assert {block.language for block in blocks[1:]} == {"py"}


def test_a_long_list_and_endless_prose_are_cut() -> None:
    assert len(blocks_of("- item\n" * 100)) == 5
    assert len(blocks_of("words\n" * 450)) == 3
    assert len(blocks_of("| a | b |\n" * 450)) == 1


def test_the_tail_is_the_end_of_what_is_open() -> None:
    splitter = Splitter()
    splitter.feed("\n".join(f"line {number}" for number in range(10)) + "\nopen")

    assert splitter.tail(2) == "line 8\nline 9\nopen"


@given(st.lists(st.sampled_from(["a", "\n", "```", "~~~", "- ", "  ", "`", "\r\n", "1. ", "|"]), max_size=60))
def test_no_text_is_lost_or_doubled(pieces: list[str]) -> None:
    def letters(text: str) -> str:
        return "".join(char for char in text if char == "a")

    splitter = Splitter()
    blocks = [block for piece in pieces for block in splitter.feed(piece)] + splitter.finish()
    # The words behind a fence are its language; they are counted there.
    shown = "".join(block.text for block in blocks)

    assert len(letters(shown)) <= len(letters("".join(pieces)))
    if "```" not in "".join(pieces) and "~~~" not in "".join(pieces):
        assert letters(shown) == letters("".join(pieces))


def report(answer: str, *, changed: bool = False) -> TurnReport:
    changes = (FileChange("app.py", "modify", 1, 1, applied=True),) if changed else ()
    return TurnReport("calm-otter-7", "done", answer=answer, changes=changes)


def test_an_answer_that_was_seen_is_not_shown_again() -> None:
    reply = Reply()
    reply.feed("The  answer\nis 42.")
    reply.finish()

    assert reply.rest(report("The answer is 42.\n")) == ""
    assert reply.rest(report("Another answer.")) == "Another answer."
    assert reply.rest(report("")) == ""


def test_what_an_earlier_turn_showed_does_not_count() -> None:
    reply = Reply()
    reply.seen("Done.\n")
    reply.forget()

    assert reply.rest(report("Done.")) == "Done."


def test_the_ends_of_a_long_answer_are_shown_only_when_nothing_of_it_was() -> None:
    ends = TurnReport("calm-otter-7", "done", answer="the two ends", shortened=True)
    reply = Reply()

    assert reply.rest(ends) == "the two ends"
    reply.seen("all of it")
    assert reply.rest(ends) == ""


def test_of_a_long_reply_only_the_ends_are_held() -> None:
    reply = Reply()
    for _ in range(30):
        reply.seen("x" * 50_000)

    assert len(reply._seen.text()) < 10_000


def test_folded_code_is_kept_back_and_counted() -> None:
    reply = Reply()
    reply.folding = True

    said = "Look:\n**`lib/app.py`**:\n```\na = 1\nb = 2\n```\nThat is all:\n```\nc\n```\napp.py\n\n```\nd\n```\n"
    blocks = reply.feed(said) + reply.finish()

    assert [(block.kind, block.text, block.lines) for block in blocks] == [
        ("prose", "Look:\n", 1),
        ("folded", "lib/app.py", 2),
        ("prose", "That is all:\n", 1),
        ("folded", "", 1),
        ("prose", "app.py\n", 1),
        ("folded", "", 1),
    ]


def test_a_name_alone_above_folded_code_leaves_no_empty_line() -> None:
    reply = Reply()
    reply.folding = True

    blocks = reply.feed("app.py\n```\na = 1\n```\n") + reply.finish()

    assert [(block.kind, block.text) for block in blocks] == [("folded", "app.py")]


def test_folded_code_comes_back_when_nothing_was_changed() -> None:
    said = "app.py\n```\na = 1\n```\n"
    reply = Reply()
    reply.folding = True
    reply.feed(said)
    reply.finish()

    assert reply.rest(report(said)) == said
    assert reply.rest(report(said, changed=True)) == ""


def test_splitting_takes_linear_time() -> None:
    def seconds(pieces: int) -> float:
        splitter, begin = Splitter(), time.process_time()
        for _ in range(pieces):
            splitter.feed("word ")  # one endless line: the worst case
            splitter.tail(5)
        splitter.finish()
        return time.process_time() - begin

    seconds(500)
    assert seconds(40_000) < 60 * max(seconds(4_000), 0.001)
