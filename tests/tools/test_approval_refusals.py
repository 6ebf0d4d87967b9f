"""What no setting lets pass: commands that hide themselves, catastrophes, and scripts made to be slow."""

import pytest

from tests.timing import within
from tests.tools.gate.judging import ROOT, said
from tests.tools.test_approval_rows import rows


@pytest.mark.parametrize(
    ("command", "rule"),
    rows(
        ("C18", "echo ok\rrm -rf x", "bytes"),
        ("C18", "ls\x00rm", "bytes"),
        ("C18", "ls\x08\x08rm x", "bytes"),
        ("C18", "ls \x1b[8m; rm x", "bytes"),
        ("C18", "ls \x9b8m", "bytes"),
        ("C20", "cat\u00a0README.md", "bytes"),
        ("C20", "ls\u2028rm x", "bytes"),
        ("C20", "ls \u202e x", "bytes"),
        ("C20", "l\u200bs", "bytes"),
        ("C20", "ls \u3164x", "bytes"),
    ),
)
@pytest.mark.parametrize("as_list", [False, True])
def test_what_hides_itself_is_refused_with_its_code_point(command: str, rule: str, as_list: bool) -> None:
    judged = said(["echo", command] if as_list else command, approval="all")

    assert (judged.verdict, judged.rule) == ("refuse", rule)
    assert "U+" in judged.reason


@pytest.mark.covers("C20")
def test_a_look_alike_is_named_by_its_number() -> None:
    assert "U+0441" in said("\u0441at README.md").reason


CATASTROPHES = [
    *("rm -rf /", "rm -rf ~", "rm -rf $HOME", "rm -rf .", "rm -rf ..", "rm -rf *", "rm -rf /private/etc"),
    *(
        "rm -fr //",
        "rm -r -f ./",
        "rm --recursive --force /",
        "rm -rf -- /",
        "rm -rf --no-preserve-root /",
        "rm -rf /*",
    ),
    *("rm -rf ~/", "rm -rf ~/*", 'rm -rf "$HOME"/', "rm -rf ${HOME}", "rm -rf ../..", "rm -rf ./*", "rm -Rf /etc"),
    *("rm -rf /home/tess", "rm -rf .*", "rm -rf {*,.*}", "rm -rf /usr/local", f"rm -rf {ROOT}", "rm -rf /work"),
    *(
        "ls && rm -rf /",
        "cd /; rm -rf *",
        "sudo rm -rf /",
        "env X=1 rm -rf /",
        "bash -c 'rm -rf ~'",
        "timeout 3 rm -rf /",
    ),
    *("bash -c 'sh -c \"rm -rf *\"'", "xargs rm -rf /", "for f in a; do rm -rf *; done", "(rm -rf /)", 'r"m" -rf /'),
    *("echo $(rm -rf /)", "/bin/rm -rf /", "rm -rf x /", "chmod -R 777 /", "chown -R me ~", "find / -delete", "mv ~ x"),
    *("dd if=/dev/zero of=/dev/sda", "mkfs.ext4 x", "echo x > /dev/sda", ":(){ :|:& };:", "X=1 rm -rf ~", "rm -rf '/'"),
]


@pytest.mark.covers("C31")
@pytest.mark.parametrize("command", CATASTROPHES)
def test_a_catastrophe_is_refused_whatever_was_set(command: str) -> None:
    judged = said(command, approval="all", access="off", remembered={command})

    assert (judged.verdict, judged.rule) == ("refuse", "catastrophe")


@pytest.mark.parametrize(
    "command",
    [
        *("rm -rf build", "rm -rf ./build", "rm -rf /work/app/build", "rm -r src/old", "rm *.pyc", "rm -rf /tmp/x"),
        *("find . -name '*.pyc' -delete", "chmod -R u+w .", "chmod 755 run.sh", "dd if=a of=b", "rm -rf ~/x/y"),
    ],
)
def test_ordinary_deleting_asks(command: str) -> None:
    judged = said(command, approval="all")

    assert (judged.verdict, judged.destructive, judged.remember) == ("ask", True, "")


@pytest.mark.covers("C29")
@pytest.mark.parametrize(
    "text", ["(" * 100_000, "[" * 9_999, "$(" * 4_900, "{" * 99 + "a" * 9_000, "a;" * 4_999, "'" * 9_999]
)
def test_a_script_made_to_be_slow_asks_in_time(text: str) -> None:
    # Fifty milliseconds without the tracing of coverage, which takes most of the time here.
    judged = within(0.5, lambda: said(text))

    assert judged.verdict == "ask"


def test_a_list_of_words_is_read_up_to_the_length_of_a_script() -> None:
    assert said(["echo", "x" * 9_996]).verdict == "allow"
    assert said(["echo", "x" * 9_997]).rule == "length"


@pytest.mark.covers("C18", "C20")
@pytest.mark.parametrize("char", ["\x01", "\u200b", "\ud800", "\ue000", "\u2003", "\u2028", "\u2029"])
def test_no_kind_of_character_that_shows_nothing_passes(char: str) -> None:
    assert said(["echo", f"a{char}"]).rule == "bytes"
    assert said(f"echo 'a{char}'").rule == "bytes"
