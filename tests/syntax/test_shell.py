"""Reading a shell string: literal or not, and as the real bash reads it."""

import sys
from collections.abc import Iterator

import pytest

from tests.syntax.shell_jail import can_trace, differences
from tests.syntax.shell_scripts import random_scripts
from vivek.syntax.shell import code_points, read_script


@pytest.mark.parametrize(
    ("text", "argvs"),
    [
        ("ls -la", [["ls", "-la"]]),
        ("ls 'a b' \"c d\" e\\ f g\"h\"'i'", [["ls", "a b", "c d", "e f", "ghi"]]),
        ("a && b || c | d; e\nf", [["a"], ["b"], ["c"], ["d"], ["e"], ["f"]]),
        ("\n\nls;\n", [["ls"]]),
        ("ls |\n\ncat", [["ls"], ["cat"]]),
        ('r"m" \\x \'\' ""', [["rm", "x", "", ""]]),
        ('grep "foo$" "a\\.b" "\\$x" "\\`" "\\\\" a', [["grep", "foo$", "a\\.b", "$x", "`", "\\", "a"]]),
        ("git show HEAD~1 a#b x=1", [["git", "show", "HEAD~1", "a#b", "x=1"]]),
        ("echo 'one\ntwo'", [["echo", "one\ntwo"]]),
        ("echo h\u00e9llo '\u00fc' \"\U0001f600\"", [["echo", "h\u00e9llo", "\u00fc", "\U0001f600"]]),
        ("time -p ls", [["time", "-p", "ls"]]),
        ("'if' x", [["if", "x"]]),
        ("a\tb", [["a", "b"]]),
    ],
)
def test_a_literal_script_is_read_as_its_commands(text: str, argvs: list[list[str]]) -> None:
    script = read_script(text)

    assert [list(argv) for argv in script.argvs] == argvs
    assert (script.rule, script.reason, script.deceives) == ("", "", False)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        *[("echo $(id)", "substitution"), ("echo `id`", "substitution"), ('"$(id)"', "substitution")],
        *[("cat <(id)", "process"), ("cat <<E\nE", "heredoc"), ("ls >f", "redirect"), ("ls 2>&1", "redirect")],
        *[("ls &", "background"), ("ls |& cat", "background"), ("echo $x", "expansion"), ('"$x"', "expansion")],
        *[("ls ~", "expansion"), ("ls a=~/x", "expansion"), ("ls a:~", "expansion"), ("echo $'x'", "expansion")],
        *[
            ("ls *", "pattern"),
            ("ls a?", "pattern"),
            ("ls [a]", "pattern"),
            ("ls {a,b}", "pattern"),
            ("! ls", "negation"),
        ],
        *[
            ("! ls", "negation"),
            ("(ls)", "group"),
            ("f() { ls; }", "group"),
            ("if a; then b; fi", "keyword"),
            ("time if", "keyword"),
        ],
        *[("A=1 ls", "assignment"), ("A=1", "assignment"), ("a+=1 ls", "assignment"), ("time A=1 ls", "assignment")],
        *[
            ("time -p -- A=1 ls", "assignment"),
            ("ls # x", "comment"),
            ("e\\\ncho", "continuation"),
            ('"a\\\nb"', "continuation"),
        ],
        *[("ls \\", "continuation"), ("ls 'a", "quote"), ('ls "a', "quote"), ("ls;;ls", "syntax"), ("&& ls", "syntax")],
        *[("ls &&", "syntax"), ("ls |", "syntax"), ("", "syntax"), (" \n", "syntax"), ("ls\n; ls", "syntax")],
        # bash reads these as they look; tree-sitter does not, or not surely.
        *[("ls \\  x", "parser"), ("1= x", "parser"), ("1=", "parser"), ("ls \\ ", "syntax")],
        *[
            ("ls '" + "(" * 101 + "'", "parser"),
            ("export A=b", "parser"),
            ("unset x", "parser"),
            ("declare x", "parser"),
        ],
        *[("a" * 10_001, "length"), ("a;" * 51, "length")],
    ],
)
def test_what_is_not_literal_says_what_stands_in_the_way(text: str, rule: str) -> None:
    script = read_script(text)

    assert (script.argvs, script.rule, script.deceives) == ((), rule, False)
    assert script.reason.endswith(".")


@pytest.mark.parametrize(
    "char",
    [
        *"\x00\x07\x08\x0c\r\x1b\x7f\x85\x9b",
        *"\u00a0\u00ad\u200b\u200e\u2028\u202e\u2066\u3000",
        "\ufeff",
        "\U000e0041",
    ],
)
def test_what_cannot_be_seen_deceives(char: str) -> None:
    script = read_script(f"ls 'a{char}b'")

    assert (script.argvs, script.rule, script.deceives) == ((), "bytes", True)
    assert code_points(char) in script.reason


def test_the_limits_hold_to_the_character() -> None:
    assert len(read_script("a;" * 50).argvs) == 50
    assert read_script("a" * 10_000).argvs == (("a" * 10_000,),)


@pytest.mark.parametrize(
    "word",
    [
        *("if", "then", "else", "elif", "fi", "case", "esac", "for", "while", "until", "do", "done", "in", "function"),
        *("select", "coproc"),
    ],
)
def test_a_word_of_the_shell_s_own_is_no_program(word: str) -> None:
    assert read_script(f"{word} x").rule == "keyword"
    assert read_script(f"ls; time -p {word}").rule == "keyword"
    assert read_script(f"'{word}' x").argvs == ((word, "x"),)


def test_a_hundred_brackets_can_be_read() -> None:
    assert read_script(f"ls '{'(' * 100}'").argvs == (("ls", "(" * 100),)


@pytest.fixture
def no_parser(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the parser's package be missing."""
    monkeypatch.setitem(sys.modules, "tree_sitter_bash", None)
    yield


def test_without_the_parser_nothing_is_literal(no_parser: None) -> None:
    script = read_script("ls")

    assert (script.argvs, script.rule) == ((), "parser")
    assert "cannot be loaded" in script.reason


@pytest.mark.covers("C29")
def test_reading_never_fails() -> None:
    for text in random_scripts(3_000, seed=3):
        script = read_script(text)
        assert bool(script.argvs) != bool(script.rule)


@pytest.mark.skipif(not can_trace(), reason="bubblewrap is not installed, or does not work here")
def test_bash_begins_what_was_read_and_nothing_else() -> None:
    read = [(text, script.argvs) for text in random_scripts(2_000) if (script := read_script(text)).argvs]

    assert len(read) > 500
    assert differences([text for text, _ in read], [argvs for _, argvs in read]) == []


@pytest.mark.skipif(not can_trace(), reason="bubblewrap is not installed, or does not work here")
def test_the_comparison_sees_what_was_not_read() -> None:
    assert differences(["ls; $(echo rm) x", "a b"], [(("ls",),), (("a",),)]) == [
        "'ls; $(echo rm) x': ('echo', 'rm')",
        "'ls; $(echo rm) x': ('x',)",
        "'a b': ('a', 'b')",
    ]
