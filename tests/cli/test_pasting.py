import os

import pytest
from prompt_toolkit.key_binding.key_processor import KeyPress
from prompt_toolkit.keys import Keys

from vivek.cli.pasting import PasteParser, WholeReader

BEGIN, END = "\x1b[200~", "\x1b[201~"


def keys_of(*pieces: str) -> list[tuple[str, str]]:
    pressed: list[KeyPress] = []
    parser = PasteParser(pressed.append)
    for piece in pieces:
        parser.feed(piece)
    return [(str(press.key.value if isinstance(press.key, Keys) else press.key), press.data) for press in pressed]


PASTE = str(Keys.BracketedPaste.value)


@pytest.mark.covers("X13")
@pytest.mark.parametrize(
    ("pieces", "pasted"),
    [
        ([f"{BEGIN}two\nlines{END}"], "two\nlines"),
        ([f"{BEGIN}a{END}rm -rf x\r{END}"], "a[201~rm -rf x\r"),
        ([f"{BEGIN}a{END}rm\r{BEGIN}b{END}"], "a[201~rm\r[200~b"),
        ([BEGIN, f"a{END}rm\r", END], None),
        ([f"{BEGIN}long ", f"a{END}y\r{END}"], "long a[201~y\r"),
        ([f"{BEGIN}x", "\x1b[20", "1~"], "x"),
    ],
)
def test_a_paste_ends_where_the_terminal_ends_it(pieces: list[str], pasted: str | None) -> None:
    keys = keys_of(*pieces)

    if pasted is None:  # its own mark ended a piece of it: nothing tells the two apart
        assert keys[0] == (PASTE, "a")
    else:
        assert keys == [(PASTE, pasted)]


def test_keys_around_a_paste_stay_keys() -> None:
    assert keys_of(f"a{BEGIN}b{END}c", "d") == [("a", "a"), (PASTE, "b"), ("c", "c"), ("d", "d")]
    assert keys_of("plain") == [(char, char) for char in "plain"]


def test_a_paste_behind_one_whose_end_came_in_two_pieces_is_a_paste() -> None:
    assert keys_of(f"{BEGIN}x\x1b[20", "1~", f"{BEGIN}y{END}") == [(PASTE, "x"), (PASTE, "y")]


def test_many_lines_that_arrive_together_are_a_paste_without_marks_too() -> None:
    text = "a line of what was copied\r" * 40

    assert keys_of(text) == [(PASTE, text)]
    assert keys_of("short\r") == [(char, char) for char in "short"] + [("c-m", "\r")]
    assert keys_of("x" * 300)[:2] == [("x", "x"), ("x", "x")], "one long line is typed text"
    assert (PASTE, text) not in keys_of(f"{text}\x1b[A"), "what holds keys is read key by key"


def test_what_a_terminal_hands_on_in_pieces_is_read_as_one() -> None:
    text = "a line of what was copied\r" * 2_000
    end, begin = os.pipe()
    try:
        os.write(begin, text.encode())  # less than a pipe holds
        assert WholeReader(end).read() == text
        os.write(begin, b"y")
        assert WholeReader(end).read() == "y"
    finally:
        os.close(begin)
        os.close(end)
