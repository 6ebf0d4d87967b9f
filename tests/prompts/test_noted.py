from collections.abc import Callable

import pytest

from vivek.prompts.estimate import bound
from vivek.prompts.noted import LINES, paths_of, summary_sections, taken_of


def _known(*paths: str) -> Callable[[str], bool]:
    return lambda path: path in paths


def test_the_instruction_names_its_room_and_what_to_keep() -> None:
    [section] = summary_sections(400, " the rounding rule ", bound)

    assert "at most 240 words" in section.text
    assert "Above all keep: the rounding rule\n" in section.text
    assert section.required
    assert "Above all" not in summary_sections(400, "", bound)[0].text


def test_marks_of_lists_and_headings_and_all_code_are_taken_off() -> None:
    reply = "## Facts\n\n* prices are cents\n- rates are per cent\n```python\nx = 1\n```\n• done"

    assert taken_of(reply, "stop", _known()) == "- Facts\n- prices are cents\n- rates are per cent\n- done"


def test_a_line_that_names_a_file_nobody_spoke_of_is_left_out() -> None:
    reply = "- the rule is in till/prices.py\n- the other one is in till/taxes.py\n- conf.yaml is read first"

    assert taken_of(reply, "stop", _known("till/prices.py")) == "- the rule is in till/prices.py"


def test_the_last_line_of_a_reply_that_was_cut_off_is_left_out() -> None:
    assert taken_of("- one\n- two\n- thr", "length", _known()) == "- one\n- two"


def test_a_line_is_taken_once_and_only_so_many() -> None:
    assert taken_of("- one\n- one\n- one", "stop", _known()) == "- one"
    many = "\n".join(f"fact {number}" for number in range(200))
    assert taken_of(many, "stop", _known()).count("\n") == LINES - 1


@pytest.mark.parametrize("reply", ["", " \n", "```\ncode only\n```", "a/b/c/d.py is new", "---\n***"])
def test_a_reply_of_no_use_gives_nothing(reply: str) -> None:
    assert taken_of(reply, "stop", _known()) == ""


@pytest.mark.parametrize(
    ("line", "paths"),
    [
        ("see till/prices.py.", ["till/prices.py"]),
        ("see `till/prices.py`, and tests/test_till.py:12", ["till/prices.py", "tests/test_till.py"]),
        ("either and/or both", []),
        ("version 1.5 took 0.25 s, e.g. here", []),
        ("it is in src/app/main", ["src/app/main"]),
        ("Makefile and .gitignore", []),
        ("a sentence. Another one", []),
    ],
)
def test_what_looks_like_a_file(line: str, paths: list[str]) -> None:
    assert list(paths_of(line)) == paths
