from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.timing import within
from vivek.project.checks.output import cut_output, ending, last_word, readable
from vivek.prompts.tokens import count
from vivek.schema.commands import Ran

OUTPUTS = Path(__file__).parent / "outputs"
NAMES = sorted(path.name for path in OUTPUTS.iterdir())


def characters(text: str) -> int:
    return len(text)


@pytest.mark.parametrize("name", NAMES)
def test_what_matters_of_real_output_is_kept(name: str, golden: Callable[[str, str], None]) -> None:
    """The outputs were written by the tools they are named after; those of Jest, Go and tsc are set down by hand."""
    text = readable((OUTPUTS / name).read_bytes())

    cut = cut_output(text, 200, count)

    assert count(cut) <= 200
    golden(f"output_{name}", cut + "\n")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("cap", [1, 5, 20, 80, 1_000])
def test_no_cut_is_larger_than_its_cap(name: str, cap: int) -> None:
    assert count(cut_output(readable((OUTPUTS / name).read_bytes()), cap, count)) <= cap


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("pytest.txt", "5 failed, 40 passed, 1 error in 0.87s"),
        ("pytest_green.txt", "40 passed, 6 deselected in 1.14s"),
        ("unittest.txt", "FAILED (failures=1, errors=1, skipped=1)"),
        ("mypy.txt", "Found 13 errors in 3 files (checked 4 source files)"),
        ("jest.txt", "Tests:       1 failed, 2 passed, 3 total"),
        ("tsc.txt", ""),
    ],
)
def test_the_last_word_is_the_line_that_sums_up(name: str, word: str) -> None:
    assert last_word(readable((OUTPUTS / name).read_bytes())) == word


def test_text_without_a_known_shape_keeps_its_beginning_and_its_end() -> None:
    text = "\n".join(f"step {number}" for number in range(1_000))

    cut = cut_output(text, 60, characters)

    assert cut.startswith("step 0\nstep 1\n")
    assert cut.endswith("step 998\nstep 999")
    assert "lines left out]" in cut


def test_colours_titles_and_control_characters_go() -> None:
    output = b"\x1b[1;31mred\x1b[0m \x1b]0;title\x07\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\ \x1bPq\x1b\\\x07\x08\0\xff"

    assert readable(output) == "red link \ufffd"


def test_hidden_and_reordering_characters_go() -> None:
    assert readable("a\u202eb\u200bc\x9b31md\u0085".encode()) == "abcd"


def test_a_line_that_is_overwritten_stands_as_it_last_stood() -> None:
    assert readable(b"10%\r50%\r100%\r\ndone\r\n") == "100%\ndone\n"
    assert readable(b"10%\r50%\r") == "50%"


def test_lines_that_repeat_are_told_once() -> None:
    assert cut_output("a\n" + "retry\n" * 40 + "\n\n\n\nb", 100, characters) == "a\nretry\n[this line 40 times]\n\nb"


def test_a_long_line_keeps_both_ends() -> None:
    cut = cut_output("a" * 5_000 + "b" * 5_000, 1_000, characters)

    assert len(cut) < 450
    assert (cut[0], cut[-1]) == ("a", "b")


def test_frames_outside_the_project_and_frames_seen_before_go() -> None:
    frame = '  File "till.py", line 3, in total\n    return total(prices)\n'
    foreign = '  File "/usr/lib/python3.11/json/decoder.py", line 9, in decode\n    obj, end = self.scan(s)\n'
    text = f"Traceback (most recent call last):\n{frame}{foreign}{frame}ValueError: no\n"

    assert cut_output(text, 1_000, characters) == f"Traceback (most recent call last):\n{frame}ValueError: no"


def test_when_all_is_well_the_noise_is_all_there_is_to_say() -> None:
    assert cut_output("...\n....\n", 100, characters) == "...\n...."
    assert cut_output("", 100, characters) == ""


def test_later_failures_are_named_before_they_are_told_in_full() -> None:
    body = "    code\n" * 8
    told = "".join(f"____ test_{number} ____\n\n{body}>   f({number})\nE   ValueError: no\n" for number in range(9))
    named = "".join(f"FAILED test_a.py::test_{number} - assert {number} == 0\n" for number in range(9))

    cut = cut_output(f"{told}{named}9 failed in 0.1s", 700, characters)

    assert cut.count("FAILED ") == 9
    assert cut.count("E   assert") < 9


@given(st.text(alphabet="ab.:>E=_-[]\n\r\x1b31m ", max_size=2_000), st.integers(min_value=0, max_value=300))
def test_any_text_is_cut_to_its_cap(text: str, cap: int) -> None:
    clean = readable(text.encode())

    assert "\x1b" not in clean
    assert "\r" not in clean
    assert len(cut_output(clean, cap, characters)) <= cap


@pytest.mark.parametrize(
    "output",
    [
        b"x" * 65_536,
        b"\n" * 65_536,
        b"\r" * 65_536,
        b"a\r" * 32_768,
        b"\x1b]" * 32_768,
        b"\x1b[" + b"1;" * 32_768,
        b" " * 65_536,
        b"_" * 65_536,
        b"E   assert x\n" * 5_000,
        b"".join(b"a%d.py:%d: error: x\n" % (number, number) for number in range(3_000)),
        b'  File "a.py", line 1, in f\n' * 2_300,
        b"1 failed, " * 6_500,
    ],
    ids=lambda output: repr(output[:12]),
)
def test_no_output_takes_long(output: bytes) -> None:
    within(3, lambda: cut_output(readable(output), 500, count))


def test_an_ending_is_told_in_words() -> None:
    assert ending(Ran(-11, b"")) == "was ended by the signal SIGSEGV"
    assert ending(Ran(139, b"")) == "was ended by the signal SIGSEGV"
    assert ending(Ran(255, b"")) == "ended with exit code 255"
    assert ending(Ran(0, b"")) == "ended with exit code 0"
