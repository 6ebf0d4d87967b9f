"""Pieces of files for an embedding model."""

import pytest

from vivek.project.vectors.chunks import CHARACTERS, pieces_of
from vivek.syntax.facts import facts_of

METHODS = "\n".join(f"    def method{number}(self):\n        return {number}\n" * 1 for number in range(60))
CLASS = f'class Large:\n    """Holds much."""\n\n{METHODS}\n\ndef small():\n    return 1\n'


def cut(path: str, text: str) -> list[tuple[int, int, str]]:
    """Return the pieces of a text."""
    return [
        (piece.line, piece.end_line, piece.text)
        for piece in pieces_of(path, text.encode(), facts_of(path, text).definitions)
    ]


def test_each_definition_is_a_piece_with_its_place() -> None:
    text = "def first():\n    return 1\n\n\nclass Second:\n    def inner(self):\n        return 2\n"

    assert cut("shop/a.py", text) == [
        (1, 2, "shop/a.py first\ndef first():\n    return 1"),
        (5, 7, "shop/a.py Second\nclass Second:\n    def inner(self):\n        return 2"),
    ]


def test_a_large_class_is_its_head_and_its_methods() -> None:
    names = [text.split("\n")[0] for _, _, text in cut("a.py", CLASS)]

    assert names[:3] == ["a.py Large", "a.py Large.method0", "a.py Large.method1"]
    assert names[-1] == "a.py small"


def test_a_long_function_and_a_text_without_definitions_are_runs_of_lines() -> None:
    long = "def long():\n" + "    work()\n" * 200

    assert [(line, end) for line, end, _ in cut("a.py", long)] == [(1, 80), (81, 160), (161, 201)]
    assert [(line, end) for line, end, _ in cut("a.txt", "words\n" * 100)] == [(1, 80), (81, 101)]


def test_no_piece_is_longer_than_a_model_takes() -> None:
    assert max(len(text) for *_, text in cut("a.txt", "word " * 100_000)) == CHARACTERS


def test_a_piece_with_a_secret_is_left_out() -> None:
    text = f'def key():\n    return "ghp_{"a1B2c3D4e5" * 4}"\n\n\ndef other():\n    return 1\n'

    assert [text for *_, text in cut("a.py", text)] == ["a.py other\ndef other():\n    return 1"]


@pytest.mark.parametrize(
    ("path", "data"),
    [
        (".env", b"KEY=value"),
        ("app.min.js", b"var a=1"),
        ("vendor/a.py", b"def f(): pass"),
        ("a.py", b"\x00\x01\x02"),
        ("a.txt", b"x" * 600_000),
        ("a.txt", b""),
        ("a.txt", b" \n \n"),
    ],
)
def test_some_files_have_no_pieces(path: str, data: bytes) -> None:
    assert pieces_of(path, data, ()) == ()


def test_definitions_of_an_older_text_do_no_harm() -> None:
    older = facts_of("a.py", CLASS).definitions

    assert [(piece.line, piece.end_line) for piece in pieces_of("a.py", b"one\ntwo\nthree", older)] == [(1, 3)]
