"""Heads on one line, and the first line of what documents something."""

import pytest

from vivek.syntax.heads import LONGEST, comment_line, doc_line, one_line, python_head


@pytest.mark.parametrize(
    ("text", "head"),
    [
        ("def add(a, b):\n    pass", "def add(a, b)"),
        ("def add(a, b): return {a: b}", "def add(a, b)"),
        ("def add(\n    a,  # one: two\n    b=')',\n):\n    pass", "def add(a, b=')')"),
        (
            "def add(a={1: 2}, *, b: 'x:y') -> dict[int, int]:  # why\n    pass",
            "def add(a={1: 2}, *, b: 'x:y') -> dict[int, int]",
        ),
        ("class A(\n    B, \\\n    C\n):\n    pass", "class A(B, C)"),
        ("class A: x = 1", "class A"),
        ("def add(a='#'):\n    pass", "def add(a='#')"),
        ('def add(a="""\n:#\n"""):\n    pass', 'def add(a=""" :# """)'),
        ("def add(f=lambda: 1):\n    pass", "def add(f=lambda: 1)"),
    ],
)
def test_the_head_of_python_ends_at_its_own_colon(text: str, head: str) -> None:
    lines = text.split("\n")

    assert python_head(lines, 0, len(lines) - 1) == head


def test_a_head_over_several_lines_becomes_one() -> None:
    assert one_line("int add(\n    int a,\n    int b\n)  const") == "int add(int a, int b) const"


def test_a_head_too_long_to_be_of_use_is_cut() -> None:
    assert one_line("x" * 1_000) == "x" * (LONGEST - 1) + "…"


@pytest.mark.parametrize(
    ("comment", "said"),
    [
        ("/** Adds. */", "Adds."),
        ("/*\n * Adds.\n * More.\n */", "Adds."),
        ("/// <summary>\n/// A till.\n/// </summary>", "A till."),
        ("// ------\n// Adds a - b", "Adds a - b"),
        ("#!/bin/sh", "/bin/sh"),
        ("# ====", ""),
        ("//! Crate.", "Crate."),
        ("-- Lua", "Lua"),
        ("", ""),
    ],
)
def test_a_comment_says_its_first_line_without_marks(comment: str, said: str) -> None:
    assert comment_line(comment) == said


def test_a_docstring_says_its_first_line() -> None:
    assert doc_line("\n    Adds a coin.\n\n    More.\n") == "Adds a coin."
    assert doc_line("   ") == ""
