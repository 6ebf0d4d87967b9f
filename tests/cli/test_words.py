"""What may stand next on a command line, for every shell in its own way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivek.cli.words import render_words, split_line


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("vivek", ["vivek"]),
        ("vivek ", ["vivek", ""]),
        ("vivek ask --mode co", ["vivek", "ask", "--mode", "co"]),
        ("vivek ask 'a b' ", ["vivek", "ask", "a b", ""]),
        ("vivek ask 'a b", ["vivek", "ask", "a b"]),
        ("vivek ask --model ollama/q:7", ["vivek", "ask", "--model", "ollama/q:7"]),
        ("", [""]),
    ],
)
def test_a_line_is_parted_as_a_shell_does_with_the_last_word_unfinished(line: str, words: list[str]) -> None:
    assert split_line(line) == words


@given(st.text(max_size=40))
def test_any_line_can_be_parted(line: str) -> None:
    assert split_line(line)


def test_bash_gets_what_stands_behind_the_mark_that_parts_words() -> None:
    found = [("ollama/q:7b", "used"), ("ollama/q:70b", "set")]

    assert render_words("bash", found, "ollama/q:7") == "7b\n70b\n"
    assert render_words("bash", [("--mode=coder", "")], "--mode=co") == "coder\n"
    assert render_words("zsh", found[:1], "o") == "ollama/q\\:7b:used\n"
    assert render_words("zsh", [("full", "")], "") == "full\n", "zsh would draw a mark for what is not said"
    assert render_words("fish", found[:1], "o") == "ollama/q:7b\tused\n"
