import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.prompts.scenes import AWKWARD
from vivek.prompts.fence import fenced
from vivek.prompts.parts import evidence, file, files, listing, notes, result, verdicts
from vivek.prompts.shrinking import definitions_of, end_of, most, start_of
from vivek.prompts.steps import ShownFile, ShownResult
from vivek.prompts.tokens import count
from vivek.schema.checks import Check

TILL = "\n\n".join(
    [
        '"""A till."""\n\nRATE = 7',
        "class Till:\n    def total(self):\n        return sum(self.prices)\n\n    def clear(self):\n        pass",
        *(f"def step_{n}(price):\n    return price + {n}" for n in range(40)),
        "def discount(price):\n    return price * 9 // 10\n",
    ]
)


def test_the_largest_number_is_found_that_still_fits() -> None:
    assert most(100, 30, len, lambda kept: "x" * kept) == 30
    assert most(20, 30, len, lambda kept: "x" * kept) == 20
    assert most(20, 0, len, lambda kept: "x" * kept) == 0
    assert most(20, 30, len, lambda kept: "x" * 31) == 0


def test_a_text_is_cut_behind_a_line_and_the_number_of_lines_left_out_is_said() -> None:
    shrink = start_of("one\ntwo\nthree\nfour\n", lambda part, missing: f"{part}\n{missing}")

    assert shrink(54, len) == "one\ntwo\n[left out for lack of room: the 2 lines below]"
    assert shrink(60, len) == "one\ntwo\nthree\n[left out for lack of room: the 1 line below]"
    assert shrink(10, len) == ""


def test_of_one_huge_line_the_start_is_kept() -> None:
    shrink = start_of("x" * 10_000, lambda part, missing: f"{part}\n{missing}")

    assert shrink(100, len) == "x" * 62 + "\n[left out for lack of room: the rest]"


def test_of_an_output_the_first_line_and_the_end_are_kept() -> None:
    text = "tests failed: exit 1\n" + "".join(f"line {n}\n" for n in range(100)) + "assert 1 == 2\n"

    assert end_of(text, str)(90, len) == (
        "tests failed: exit 1\n[left out for lack of room: 98 lines]\nline 98\nline 99\nassert 1 == 2"
    )
    assert (
        end_of("y" * 5_000 + "END", str)(60, len) == "[left out for lack of room: the beginning]\n" + "y" * 14 + "END"
    )


def test_a_file_becomes_its_definitions_and_the_bodies_of_those_that_are_spoken_of() -> None:
    text = definitions_of("till.py", TILL, frozenset({"discount", "price"}))(800, count)

    assert text.startswith("There is no room for the 133 lines of till.py. What it defines, and in which lines:\n```\n")
    assert "class Till, lines 5-10\n" in text
    assert "function step_39, lines " in text
    assert "`read: till.py:5-10`" in text
    assert "```python\ndef discount(price):\n    return price * 9 // 10\n```" in text
    assert "return price + 3" not in text


def test_of_a_class_that_is_spoken_of_its_methods_are_not_shown_twice() -> None:
    text = definitions_of("till.py", TILL, frozenset({"Till", "total"}))(800, count)

    assert text.count("return sum(self.prices)") == 1


def test_what_is_spoken_of_is_shown_before_the_rest_is_listed() -> None:
    text = definitions_of("till.py", TILL, frozenset({"discount"}))(150, count)

    assert count(text) <= 150
    assert "more]\n```" in text
    assert "price * 9" in text
    assert "price * 9" not in definitions_of("till.py", TILL, frozenset({"discount"}))(75, count)


def test_a_definition_that_has_no_room_is_listed_like_the_others() -> None:
    large = TILL + "\n\ndef report(price):\n" + "    print(price)\n" * 400

    text = definitions_of("till.py", large, frozenset({"report", "discount"}))(600, count)

    assert text.startswith("There is no room for ")
    assert "price * 9" in text
    assert "print(price)" not in text


@pytest.mark.parametrize("path", ["notes.txt", "broken.py"])
def test_a_file_without_known_definitions_is_shown_by_its_start(path: str) -> None:
    text = definitions_of(path, "def broken(:\n" * 200, frozenset())(100, count)

    assert text.startswith(f"{path}, its beginning; see other lines with `read: {path}:START-END`\n```")
    assert "lines below]" in text
    assert count(text) <= 100


def test_a_listing_loses_its_deepest_paths_and_keeps_the_number_of_all() -> None:
    paths = [*(f"deep/er/module_{n}.py" for n in range(100)), *(f"top_{n}.py" for n in range(10))]
    once = listing(paths, 400, count)
    part = files(once, 0)

    assert part.shrink is not None
    twice = part.shrink(120, count)

    assert once.partition("\n")[0].endswith(" of 110:")
    assert twice.partition("\n")[0].endswith(" of 110:")
    assert all(f"\ntop_{n}.py\n" in twice for n in range(10))
    assert count(twice) <= 120


def test_a_map_loses_its_end() -> None:
    part = files(fenced("Map of the project:", "".join(f"file_{n}.py\n" for n in range(50))), 0)

    assert part.shrink is not None
    text = part.shrink(60, count)

    assert text.startswith("Map of the project:\n```\nfile_0.py\n")
    assert text.endswith("lines below]")


def test_verdicts_share_the_room_for_their_outputs() -> None:
    checks = (Check("parse", "passed"), Check("tests", "failed", "red\n" * 300), Check("lint", "failed", "one fault"))
    part = verdicts(checks)

    assert part.shrink is not None
    text = part.shrink(200, count)

    assert text.startswith(
        "Checks of the change:\n- parse: passed\n- tests: failed\n- lint: failed\n\ntests:\n```\nred\n["
    )
    assert text.endswith("lint:\n```\none fault\n```")
    assert count(text) <= 200


SHAPES = {
    "file": lambda text: file(ShownFile("a.py", text, again=True), frozenset({"total"})),
    "prose": lambda text: file(ShownFile("a.txt", text), frozenset()),
    "result": lambda text: result(0, ShownResult("a label", text, "and a note")),
    "evidence": lambda text: evidence(text, 0),
    "notes": lambda text: notes(text, 0),
    "map": lambda text: files(fenced("Map of the project:", text), 0),
    "listing": lambda text: files(fenced("Files of the project:", text), 0),
    "verdicts": lambda text: verdicts((Check("tests", "failed", text), Check("lint", "failed", text))),
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("text", AWKWARD.values(), ids=AWKWARD)
def test_no_shorter_form_of_anything_exceeds_its_room(shape: str, text: str) -> None:
    shrink = SHAPES[shape](text).shrink

    assert shrink is not None
    for room in (1, 40, 96, 500, 3_000):
        assert count(shrink(room, count)) <= room


@pytest.mark.parametrize("shape", SHAPES)
@given(text=st.text(max_size=2_000), room=st.integers(0, 300))
def test_no_shorter_form_of_any_text_exceeds_its_room(shape: str, text: str, room: int) -> None:
    shrink = SHAPES[shape](text).shrink

    assert shrink is not None
    assert count(shrink(room, count)) <= room
