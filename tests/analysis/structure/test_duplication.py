"""Copies are found by their fingerprints: to the line, whatever their layout; what only looks alike is none."""

import random

from vivek.analysis.structure.duplication import duplicates
from vivek.schema.measures import Duplicate
from vivek.syntax.measures import measures_of
from vivek.syntax.prints import TOKENS, unpacked

BODY = """    total = 0
    for item in items:
        price = item.price * item.count
        if item.discount:
            price -= price * item.discount // 100
        if vat:
            price += price * vat // 100
        total += price
    log.info("counted %s", total)
    return total
"""
FIRST = f"import log\n\n\ndef total(items, vat):\n{BODY}"
SECOND = f'import os\nimport log\n\n\ndef sum_up(items, vat):\n    """Add."""\n{BODY}\n\ndef other():\n    return os\n'


def found_in(**texts: str) -> tuple[Duplicate, ...]:
    return duplicates({f"{name}.py": measures_of(f"{name}.py", text).prints for name, text in texts.items()})


def test_a_copied_body_is_found() -> None:
    (found,) = found_in(a=FIRST, b=SECOND)

    (path, first, last), (other, other_first, other_last) = found.places
    assert (path, first, other, other_first) == ("a.py", 5, "b.py", 7)
    assert last in (13, 14)
    assert other_last - last == 2


def test_comments_layout_and_strings_do_not_hide_a_copy() -> None:
    other = SECOND.replace("    total = 0\n", "    # begin\n    total = 0  # nothing\n").replace(
        "item.price * item.count", "(\n            item.price\n            * item.count\n        )"
    )
    other = other.replace("counted", "counts").replace("    ", "\t")
    same = FIRST.replace("item.price * item.count", "(item.price * item.count)")

    (found,) = found_in(a=same, b=other)

    assert found.places[0][:2] == ("a.py", 5)
    assert found.places[1][:2] == ("b.py", 8)
    assert found.places[1][2] - found.places[0][2] == 6


def test_other_names_are_no_copy() -> None:
    assert found_in(a=FIRST, b=SECOND.replace("price", "cost").replace("total", "sum")) == ()


def test_several_copies_of_the_same_are_told_together() -> None:
    (found,) = found_in(a=FIRST, b=SECOND, c=SECOND.replace("sum_up", "third"))

    assert [place[0] for place in found.places] == ["a.py", "b.py", "c.py"]


def test_copies_within_one_file_are_found_and_repetition_is_not() -> None:
    (found,) = found_in(a=FIRST + "\n\n" + FIRST.replace("import log", "").replace("total(", "again("))

    assert [place[0] for place in found.places] == ["a.py", "a.py"]
    assert found.places[0][2] < found.places[1][1]
    assert found_in(a="x = [\n" + "    1, 2, 3, 4, 5, 6,\n" * 100 + "]\n") == ()


def test_places_of_a_copy_never_overlap() -> None:
    block = "    first(a, b, c).second(d, e)\n    third[f] = fourth - fifth * sixth\n"

    for found in found_in(a="def f():\n" + block * 20):
        (_, _, end), (_, begin, _) = found.places[:2]
        assert end < begin


def test_tables_and_imports_are_no_copies() -> None:
    table = "NAMES = [\n" + "".join(f'    ("{number}", "b"),\n' for number in range(200)) + "]\n"
    imports = "from a import (\n" + "".join(f"    name_{number},\n" for number in range(60)) + ")\n"

    assert found_in(a=table, b=table.replace("NAMES", "OTHERS")) == ()
    assert found_in(a=imports, b=imports + "\nx = 1\n") == ()


def test_what_is_shorter_than_a_window_is_no_copy() -> None:
    few = "def f(a, b):\n    return a.count + b.count * a.price - b.price\n"

    assert found_in(a=few, b=few) == ()


def test_planted_copies_are_all_found_and_none_is_invented() -> None:
    chance = random.Random(5)
    texts: dict[str, str] = {}
    for number in range(40):
        lines = [
            f"    name_{chance.randrange(10**9)} = call_{chance.randrange(10**9)}(a.x{at}, b[{at}])" for at in range(60)
        ]
        texts[f"m{number}"] = "def f(a, b):\n" + "\n".join(lines) + "\n"
    planted = set()
    for number in range(0, 40, 4):
        source, target = f"m{number}", f"m{number + 1}"
        first = chance.randrange(5, 30)
        lines = texts[source].split("\n")[first : first + 15]
        at = chance.randrange(5, 50)
        into = texts[target].split("\n")
        texts[target] = "\n".join([*into[:at], *lines, *into[at:]])
        planted.add(((f"{source}.py", first + 1, first + 15), (f"{target}.py", at + 1, at + 15)))

    assert {found.places for found in found_in(**texts)} == planted


def test_fingerprints_tell_where_windows_are() -> None:
    prints = unpacked(measures_of("a.py", FIRST).prints)

    assert prints.lines[0] == 4
    assert prints.starts[0] == 0
    assert len(prints.hashes) == len(prints.lines) == len(prints.ends)
    assert len(set(prints.hashes)) == len(prints.hashes)
    assert TOKENS == 50
