from benchmarks.validators import make_change
from tests.timing import within
from vivek.analysis.validators.facts import ProjectFacts
from vivek.analysis.validators.validate import PER_FILE, validate


def test_what_blocks_comes_first_and_notes_last() -> None:
    changes: dict[str, tuple[bytes | None, bytes | None]] = {
        "a.py": (b"x = 1\n", b"x = eval(y)\n"),
        "b.py": (b"x = 1\n", b"x = (\n"),
        "Makefile": (b"all:\n", b"all:\n"),
    }

    found = validate(changes, ProjectFacts())

    assert [(concern.check, concern.level, concern.path) for concern in found] == [
        ("V05", "block", "b.py"),
        ("V02", "ask", "a.py"),
        ("V11", "note", "a.py"),
    ]


def test_an_ordinary_change_has_no_concern() -> None:
    before = b'def total(prices: list[int]) -> int:\n    """Add up."""\n    return sum(prices)\n'
    tests = b"from till import total\n\n\ndef test_total():\n    assert total([1]) == 1\n"
    changes = {"till.py": (before, before.replace(b"(prices)", b"(prices) or 0")), "test_till.py": (None, tests)}

    assert validate(changes, ProjectFacts(files=frozenset({"till.py"}), installed=frozenset())) == ()


def test_many_concerns_of_a_kind_are_counted() -> None:
    text = "".join(f"x{number} = eval(y)\n" for number in range(20)).encode()

    found = [
        each for each in validate({"a.py": (b"y = 1\n", b"y = 1\n" + text)}, ProjectFacts()) if each.check == "V11"
    ]

    assert len(found) == PER_FILE + 1
    assert found[-1].text == f"and {20 - PER_FILE} more of this kind"


def test_line_ends_and_encodings_do_not_disturb() -> None:
    before, after = "x = 1\r\n".encode("utf-16"), "x = eval(x)\r\n".encode("utf-16")

    assert [each.check for each in validate({"a.py": (before, after)}, ProjectFacts())] == ["V11"]


def test_a_change_of_five_hundred_lines_is_judged_in_little_time() -> None:
    changes, facts = make_change(500)

    within(0.2, lambda: validate(changes, facts))  # the benchmark's limit is 0.05 s
