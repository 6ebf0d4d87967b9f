import textwrap
from collections.abc import Callable

import pytest

from vivek.edits.lines import split_lines
from vivek.edits.regions import place_region
from vivek.edits.reply import RegionBlock
from vivek.edits.spans import Span, put_in
from vivek.schema.edits import Refusal

Golden = Callable[[str, str], None]

TILL = textwrap.dedent('''\
    """A till."""

    import os
    from typing import Any

    # ---- the till ----
    # Counts money.
    @final
    class Till:
        # What is in it.
        @property
        def total(self) -> int:
            """Add.

            Slowly.
            """
            text = """
    flush
    """
            return len(text)

        def add(self, coin):
            return coin

        def close(self):
            return None


    def one():
        return 1
    ''')


def placed(symbol: str, given: str, path: str = "till.py", text: str = TILL) -> tuple[str, str]:
    """Return the whole new text and the note."""
    span = place_region(path, text, RegionBlock(path, symbol, given))
    assert isinstance(span, Span), span
    return "".join(put_in(split_lines(text), [span])), span.note


def refused(symbol: str, given: str, path: str = "till.py", text: str = TILL) -> Refusal:
    refusal = place_region(path, text, RegionBlock(path, symbol, given))
    assert isinstance(refusal, Refusal), refusal
    assert len(refusal.feedback.split("\n")) <= 25
    return refusal


ADD = "def add(self, coin):\n    return coin + 1\n"
NEW = TILL.replace("return coin\n", "return coin + 1\n")


@pytest.mark.parametrize(
    ("given", "note"),
    [
        (textwrap.indent(ADD, "    "), ""),
        (ADD, "indentation adjusted by 4"),
        (textwrap.indent(ADD, " " * 8), "indentation adjusted by -4"),
        (f"\n\n{ADD}\n \n", "indentation adjusted by 4"),
        (f"class Till:\n{textwrap.indent(ADD, '    ')}", ""),
        (
            f"import os\nfrom typing import Any\n\n\n{ADD}",
            "imports that the file has were left out; indentation adjusted by 4",
        ),
    ],
)
def test_a_method_comes_to_its_place_however_it_is_indented_or_wrapped(given: str, note: str) -> None:
    assert placed("Till.add", given) == (NEW, note)


def test_a_function_at_the_top_is_replaced_and_nothing_else() -> None:
    assert placed("one", "def one():\n    return 2\n") == (TILL.replace("return 1", "return 2"), "")


def test_a_last_line_without_an_end_stays_without_one() -> None:
    text = TILL.removesuffix("\n")

    assert placed("one", "def one():\n    return 2\n", text=text)[0] == text.replace("return 1", "return 2")


def test_a_file_that_is_indented_by_tabs_stays_so() -> None:
    text = "import os\n\nclass A:\n\tdef f(self):\n\t\treturn 1\n"

    new, note = placed("A.f", "import os\n\ndef f(self):\n\treturn 2\n", text=text)

    assert new == text.replace("1", "2")
    assert note == "imports that the file has were left out; indentation adjusted by 4"


TOTAL = 'def total(self) -> int:\n    """Add.\n\n    Fast.\n    """\n    text = """\nflush\n"""\n    return 2\n'


def test_docstrings_move_along_and_other_strings_keep_their_value() -> None:
    new, _ = placed("Till.total", TOTAL)

    assert '        """Add.\n\n        Fast.\n        """\n        text = """\nflush\n"""\n        return 2\n' in new


def test_an_indented_text_keeps_the_strings_it_holds_when_it_moves() -> None:
    given = textwrap.indent(
        "def total(self):\n    return '''\n  a\nb'''\n", "  ", lambda line: "  a" not in line and "b" not in line
    )

    assert "    def total(self):\n        return '''\n  a\nb'''\n" in placed("Till.total", given)[0]


def test_strings_that_were_moved_along_with_their_function_move_back() -> None:
    text = 'class A:\n    def f(self):\n        return dedent("""\n            a\n\n            b\n        """)\n'
    whole = textwrap.dedent(text.removeprefix("class A:\n"))

    assert placed("A.f", whole, text=text)[0] == text
    changed = whole.replace("    b\n", "    c\n")
    assert placed("A.f", changed, text=text)[0] == text.replace("    b\n", "    c\n")


def test_decorators_stay_when_the_reply_has_none_and_are_replaced_when_it_has_some() -> None:
    kept, _ = placed("Till.total", "def total(self):\n    return 2\n")
    assert "    # What is in it.\n    @property\n    def total(self):\n        return 2\n\n    def add" in kept

    other, _ = placed("Till.total", "@cached\ndef total(self):\n    return 2\n")
    assert "    # What is in it.\n    @cached\n    def total(self):\n        return 2\n\n    def add" in other


def test_comments_above_stay_and_are_not_written_twice() -> None:
    same, _ = placed("Till.total", "# What is in it.\ndef total(self):\n    return 2\n")
    assert "class Till:\n    # What is in it.\n    @property\n    def total(self):\n        return 2\n" in same

    more, _ = placed("one", "# One.\ndef one():\n    return 2\n")
    assert "\n\n\n# One.\ndef one():\n    return 2\n" in more

    first, _ = placed("f", "# One.\n# Two.\ndef f(): ...\n", text="# One.\n# Two.\ndef f():\n    pass\n")
    assert first == "# One.\n# Two.\ndef f(): ...\n"

    members = "".join(f"    def {name}(self): ...\n" for name in ("add", "close", "total"))
    part, _ = placed("Till", f"# Counts money.\n# Well.\nclass Till:\n{members}")
    assert "# ---- the till ----\n# Counts money.\n# Well.\n@final\nclass Till:\n" in part


def test_new_definitions_may_follow_in_the_same_fence() -> None:
    new, _ = placed("Till.add", f"{ADD}\n# Takes.\ndef take(self):\n    return 0\n")

    assert "        return coin + 1\n\n    # Takes.\n    def take(self):\n        return 0\n\n    def close" in new


def test_a_method_named_without_its_class_counts_when_its_first_line_is_the_same() -> None:
    assert placed("add", ADD)[0] == NEW
    assert refused("add", "def add(coin):\n    return coin\n").reason == "no such symbol"
    assert refused("add", f"x = 1\n{ADD}").reason == "no such symbol"
    assert refused("add", ADD, text=f"{TILL}class Other:\n    def add(self, coin): ...\n").reason == "no such symbol"


TWINS = """\
class A:
    @property
    def x(self):
        return 1

    @x.setter
    def x(self, new):
        pass
"""


def test_of_several_symbols_of_one_name_the_one_with_the_same_decorators_is_meant() -> None:
    new, _ = placed("A.x", "@x.setter\ndef x(self, new):\n    self.y = new\n", text=TWINS)
    assert new == TWINS.replace("pass", "self.y = new")
    new, _ = placed("A.x", "@property\ndef x(self):\n    return 2\n", text=TWINS)
    assert new == TWINS.replace("return 1", "return 2")


def test_a_class_that_loses_a_few_members_says_so_and_one_that_loses_most_is_refused() -> None:
    members = "    def total(self): ...\n    def add(self, coin): ...\n"

    assert placed("Till", f"class Till:\n{members}")[1] == "takes away Till.close"
    two = "class A:\n    def a(self): ...\n    def b(self): ...\n"
    assert placed("A", "class A:\n    def b(self): ...\n", text=two)[1] == "takes away A.a"
    assert refused("Till", "class Till:\n    def add(self, coin): ...\n").reason == "members lost"
    assert placed("Till", "class Till:\n    a = 1\n    def b(self): ...\n    def c(self): ...\n    def d(self): ...\n")[
        1
    ] == ("takes away Till.add, Till.close, Till.total")


REFUSED = {
    "unknown": ("Till.ad", ADD, "no such symbol"),
    "far": ("Zebra", ADD, "no such symbol"),
    "imports": ("Till.add", f"import re\n\n{ADD}", "imports"),
    "emptied": ("Till.add", "\n# gone\n", "emptied"),
    "empty": ("Till.add", "", "emptied"),
    "uneven": ("Till.add", "      def add(self, coin):\n  return 1\n", "uneven indentation"),
    "unparsable": ("Till.add", "def add(self, coin:\n    return 1\n", "does not parse"),
    "other": ("Till.add", "def sub(self, coin):\n    return 1\n", "another symbol"),
    "more_than_once": ("Till.add", f"{ADD}\n{ADD}", "another symbol"),
    "call": ("Till.add", f"{ADD}\nprint(Till().add(1))\n", "more than the symbol"),
    "elsewhere": ("Till.add", f"{ADD}\ndef close(self):\n    pass\n", "given elsewhere"),
    "lost": ("Till", "class Till:\n    def take(self):\n        return 0\n", "members lost"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_refusal_of_a_region_teaches(name: str, golden: Golden) -> None:
    symbol, given, reason = REFUSED[name]

    refusal = refused(symbol, given)

    assert refusal.reason == reason
    golden(f"region_{name}.txt", refusal.feedback + "\n")


def test_several_places_of_one_name_are_listed(golden: Golden) -> None:
    text = "if windows:\n    def slash():\n        return 1\nelse:\n    def slash():\n        return 2\n"
    refusal = refused("slash", "def slash():\n    return 3\n", text=text)

    assert refusal.reason == "several places"
    golden("region_several.txt", refusal.feedback + "\n")


def test_a_file_that_does_not_parse_or_cannot_be_read_has_no_regions(golden: Golden) -> None:
    broken, unknown = refused("one", "def one(): ...\n", text="def one(:\n"), refused("one", "x", "a.sql", "x\n")

    assert {broken.reason, unknown.reason} == {"symbols unknown"}
    golden("region_unreadable.txt", f"{broken.feedback}\n\n{unknown.feedback}\n")
    assert refused("one", "def one(): ...\n", text="x = 1\n").reason == "no such symbol"
