"""Parts of chosen files: exact, whole at their borders, within the room."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.project.memory import MemoryLookup
from tests.project.shop import FILES, shop
from vivek.project.ranking import rank
from vivek.project.snippets import cut, weight
from vivek.project.telling import tell
from vivek.schema.index import Ranked, Snippet

FILLER = "".join(f"def filler{number}(value):\n    return value + {number}\n\n\n" for number in range(30))
LONG = f'''"""A long module."""

{FILLER}class Till:
    """Adds up."""

    def __init__(self):
        self.sold = []

    def total(self, vat):
        """Return the total."""
        return sum(self.sold) * vat


@decorated(
    1
)
def round_up(amount):
    """Round up."""
    return -(-amount // 1)
'''


def count(text: str) -> int:
    """Return the words of a text, each line end as one too."""
    return len(text.split()) + text.count("\n")


def chosen(lookup: MemoryLookup, request: str, room: int = 400) -> tuple[Snippet, ...]:
    """Return what a request gets to see."""
    return cut(tell(request, rank(request, lookup), lookup), lookup, lookup.read, count, room)


def test_a_small_file_comes_whole_with_its_reason() -> None:
    first = chosen(shop(), "`surcharge`")[0]

    assert (first.path, first.text) == ("shop/prices.py", FILES["shop/prices.py"])
    assert (first.line, first.end_line, first.why) == (1, 13, "defines surcharge")


def test_of_a_long_file_the_definition_comes_whole_and_signatures_of_the_rest() -> None:
    whole, rest = chosen(MemoryLookup({"long.py": LONG}), "`round_up` is wrong", room=100)

    assert (
        whole.text == '@decorated(\n    1\n)\ndef round_up(amount):\n    """Round up."""\n    return -(-amount // 1)\n'
    )
    assert LONG.split("\n")[whole.line - 1 : whole.end_line] == whole.text.split("\n")[:-1]
    assert rest.line == rest.end_line == 0
    assert rest.text.startswith("def filler0(value)\n")
    assert "round_up" not in rest.text


def test_a_method_is_shown_without_the_rest_of_its_class_when_that_does_not_fit() -> None:
    texts = [each.text for each in chosen(MemoryLookup({"long.py": LONG}), "`Till.total`", room=60)]

    assert '    def total(self, vat):\n        """Return the total."""\n        return sum(self.sold) * vat\n' in texts


def test_nothing_is_shown_twice_when_a_class_and_its_method_are_wanted() -> None:
    text = "".join(each.text for each in chosen(MemoryLookup({"long.py": LONG}), "`Till` and `Till.total`", room=500))

    assert text.count("def total") == 1


@settings(max_examples=80, deadline=None)
@given(
    room=st.integers(-3, 900), request=st.sampled_from(["`discount` of the till", "total", "`round_up` filler", "?"])
)
def test_the_room_is_never_exceeded(room: int, request: str) -> None:
    snippets = cut(tell(request, rank(request, LOOKUP), LOOKUP), LOOKUP, LOOKUP.read, count, room)

    assert sum(weight(each, count) for each in snippets) <= max(room, 0)


LOOKUP = MemoryLookup({**FILES, "long.py": LONG})


def test_the_best_file_does_not_take_all_of_the_room() -> None:
    lookup = MemoryLookup({"long.py": LONG, "user.py": "from long import round_up\n\nprint(round_up(2))\n"})

    assert {each.path for each in chosen(lookup, "`round_up` filler", room=120)} == {"long.py", "user.py"}


def test_a_file_that_vanished_is_left_out() -> None:
    lookup = shop()
    del lookup.files["shop/prices.py"]

    assert "shop/prices.py" not in {each.path for each in chosen(lookup, "`discount`")}


def test_a_file_that_changed_since_is_cut_as_it_is_now() -> None:
    lookup = MemoryLookup({"long.py": LONG})
    lookup.files["long.py"] = "# moved\n" * 7 + LONG

    first = chosen(lookup, "`round_up`", room=100)[0]

    assert first.text.startswith("@decorated(")
    assert first.line == LONG.split("\n").index("@decorated(") + 8


def test_a_definition_that_is_gone_from_a_file_is_not_shown() -> None:
    lookup = MemoryLookup({"long.py": LONG})
    lookup.files["long.py"] = LONG[: LONG.index("@decorated")]

    assert not [each for each in chosen(lookup, "`round_up`") if each.line or "round_up" in each.text]


@pytest.mark.parametrize("path", [".env", "config/id_rsa", "secrets/server.pem"])
def test_a_file_that_is_secret_by_its_name_is_never_shown(path: str) -> None:
    lookup = MemoryLookup({path: "discount = 1\n", **FILES})

    assert path not in {each.path for each in chosen(lookup, f"discount in {path}")}
    assert cut([Ranked(path, 1.0)], lookup, lookup.read, count, 500) == ()


def test_a_definition_that_holds_a_secret_is_left_out_and_the_others_are_not() -> None:
    secret = "ghp_" + "a1B2c3D4e5" * 4
    text = f'def discount():\n    return "{secret}"\n\n\ndef discount_all():\n    return 2\n'
    lookup = MemoryLookup({"keys.py": text})

    request = "`discount` `discount_all`"
    shown = cut(tell(request, rank(request, lookup), lookup), lookup, lookup.read, count, 500)

    assert "def discount_all():\n    return 2\n" in [each.text for each in shown]
    assert secret not in "".join(each.text for each in shown)


@pytest.mark.parametrize("data", [b"\x89PNG\r\n\0\0", b"\xff\xfe\xff", b"", b"\xc3\x28" * 400])
def test_a_file_that_is_no_text_is_left_out(data: bytes) -> None:
    lookup = shop()

    assert cut([Ranked("shop/prices.py", 1.0)], lookup, lambda _: data, count, 500) == ()


def test_a_file_without_definitions_shows_its_beginning_when_it_is_long() -> None:
    text = "".join(f"line {number} of the notes\n" for number in range(200))
    lookup = MemoryLookup({"notes.txt": text})

    (only,) = cut([Ranked("notes.txt", 1.0)], lookup, lookup.read, count, 100)

    assert (only.line, text.startswith(only.text)) == (1, True)
    assert only.end_line == only.text.count("\n") > 1


def test_line_ends_of_windows_make_no_difference() -> None:
    lookup = MemoryLookup({"long.py": LONG})
    lookup.files["long.py"] = LONG.replace("\n", "\r\n")

    assert chosen(lookup, "`round_up`", room=100)[0].text.endswith("    return -(-amount // 1)\n")


def test_parts_come_in_the_order_of_the_choice_and_within_a_file_of_its_lines() -> None:
    snippets = chosen(MemoryLookup({"long.py": LONG, **FILES}), "`round_up` `filler3` `filler7`", room=200)
    lines = [each.line for each in snippets if each.path == "long.py" and each.line]

    assert snippets[0].path == "long.py"
    assert lines == sorted(lines)
    assert len(lines) == 3
