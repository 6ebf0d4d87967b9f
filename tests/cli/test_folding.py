"""Long pastes behind one character."""

import pytest
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.document import Document
from prompt_toolkit.layout.controls import BufferControl
from prompt_toolkit.layout.processors import TransformationInput

from vivek.cli.folding import FoldProcessor, Folds

LONG = "".join(f"line {number}\n" for number in range(312))


def test_a_long_paste_is_one_character_that_sends_all_of_it() -> None:
    folds = Folds()
    char = folds.fold(LONG)

    assert len(char) == 1
    assert folds.whole(f"see {char}!") == f"see {LONG}!"
    assert folds.shown(f"see {char}!") == "see [pasted 312 lines]!"


@pytest.mark.parametrize("text", ["one line", "a\nfew\nlines", ""])
def test_a_short_paste_stays_as_it_is(text: str) -> None:
    assert Folds().fold(text) == text


def test_line_endings_of_a_paste_are_one_kind() -> None:
    folds = Folds()

    assert folds.fold("a\r\nb\rc") == "a\nb\nc"
    assert folds.whole(folds.fold(LONG.replace("\n", "\r\n"))) == LONG


def test_a_long_line_is_told_by_its_characters() -> None:
    folds = Folds()

    assert folds.shown(folds.fold("x" * 12_000)) == "[pasted 12,000 characters]"


def test_pastes_do_not_unfold_within_each_other() -> None:
    folds = Folds()
    first = folds.fold(LONG)
    second = folds.fold(f"short, but with {first} in it")

    assert second != first
    assert folds.whole(second) == f"short, but with {first} in it"
    assert folds.whole(first + second) == f"{LONG}short, but with {first} in it"


def test_what_nobody_pasted_stands_for_nothing() -> None:
    folds = Folds()
    folds.fold(LONG)

    assert folds.whole("\U001000ff") == folds.shown("\U001000ff") == "\U001000ff"
    assert not folds.stands("")
    assert folds.opened("x") is None


def test_bytes_that_are_no_text_become_text() -> None:
    assert Folds().whole(b"do\xff\xc3\xa4".decode("utf-8", "surrogateescape")) == "do�ä"


def test_a_paste_is_opened_unless_it_is_huge() -> None:
    folds = Folds()

    assert folds.opened(folds.fold(LONG)) == LONG
    assert folds.opened(folds.fold("x" * 300_000)) is None


def test_many_pastes_forget_the_oldest_only() -> None:
    folds = Folds()
    chars = [folds.fold(f"{number}\n{LONG}") for number in range(257)]

    assert folds.whole(chars[0]).startswith("256\n"), "its place was taken"
    assert folds.whole(chars[1]).startswith("1\n")


def test_the_label_takes_the_place_of_the_character_and_the_cursor_keeps_its_own() -> None:
    folds = Folds()
    text = f"a{folds.fold(LONG)}b"
    given = TransformationInput(
        BufferControl(Buffer()), Document(text), 0, lambda at: at, [("", "a"), ("", text[1:])], 80, 24
    )
    drawn = FoldProcessor(folds).apply_transformation(given)

    label = "[pasted 312 lines]"
    assert "".join(fragment[1] for fragment in drawn.fragments) == f"a{label}b"
    places = [0, 1, 1 + len(label), 2 + len(label), 3 + len(label)]
    assert [drawn.source_to_display(at) for at in range(5)] == places
    assert [drawn.display_to_source(at) for at in places] == [0, 1, 2, 3, 4]
    assert drawn.display_to_source(5) == 1, "a click on the label is one on its character"
