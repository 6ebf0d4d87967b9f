"""What a Python text tells an index: definitions, uses, imports."""

import sys
import textwrap

import pytest

from vivek.schema.index import FileFacts, Imported
from vivek.syntax.facts import facts_of


def read(text: str) -> FileFacts:
    return facts_of("till/till.py", textwrap.dedent(text))


def test_definitions_come_in_their_order_with_head_and_docstring() -> None:
    facts = read(
        '''\
        """A module."""
        RATE = 3
        limit: int = 4
        __all__ = ["Till"]


        @final
        @deprecated("soon")
        class Till(Drawer, metaclass=Meta):
            """A till.

            More of it.
            """

            size = 1
            COINS, NOTES = 12, 6

            @property
            def total(self) -> int:
                r"""   How much."""
                def inner(): return 1
                return inner()

            async def add(
                self,
                coin: Coin = Coin("a:b", {1: 2}),  # of any size: really
                *rest: "Coin",
            ) -> dict[str, int]:
                local = 3
                return local

            class Meta: ordering = ["size"]

        if TYPE_CHECKING:
            def late(x): return (lambda y: y)(x)
        '''
    )

    assert [
        (each.line, each.end_line, each.kind, each.name, each.signature, each.doc) for each in facts.definitions
    ] == [
        (2, 2, "constant", "RATE", "RATE = 3", ""),
        (3, 3, "variable", "limit", "limit: int = 4", ""),
        (7, 32, "class", "Till", "class Till(Drawer, metaclass=Meta)", "A till."),
        (15, 15, "variable", "Till.size", "size = 1", ""),
        (16, 16, "constant", "Till.COINS", "COINS, NOTES = 12, 6", ""),
        (16, 16, "constant", "Till.NOTES", "COINS, NOTES = 12, 6", ""),
        (18, 22, "method", "Till.total", "def total(self) -> int", "How much."),
        (21, 21, "function", "Till.total.inner", "def inner()", ""),
        (
            *(24, 30, "method", "Till.add"),
            'async def add(self, coin: Coin = Coin("a:b", {1: 2}), *rest: "Coin") -> dict[str, int]',
            "",
        ),
        (32, 32, "class", "Till.Meta", "class Meta", ""),
        (32, 32, "variable", "Till.Meta.ordering", 'class Meta: ordering = ["size"]', ""),
        (35, 35, "function", "late", "def late(x)", ""),
    ]
    assert (facts.language, facts.read, facts.fault, facts.lines) == ("python", "ast", "", 35)


def test_uses_are_names_that_are_read_and_attributes_on_their_own_lines() -> None:
    facts = read(
        """\
        import os.path
        from coins import Coin as C, mint

        @register
        class Till(Drawer):
            rate: "list[Purse | money.Note]" = RATE

            def add(self, coin: C, times=DEFAULT) -> Purse:
                total = coin.value * times
                for note in self.notes:
                    total += note.value
                return (
                    Query(total)
                    .filter(size=1)
                    .first()
                )

            def sum(self, xs):
                return [x.value for x in xs if check(x)] + list(map(self.add, xs))

        Till().add(mint())
        """
    )

    assert facts.references == {
        "path": (1,),
        "Coin": (2,),
        "mint": (2, 21),
        "register": (4,),
        "Drawer": (5,),
        "list": (6,),
        "Purse": (6, 8),
        "Note": (6,),
        "RATE": (6,),
        "C": (8,),
        "DEFAULT": (8,),
        "value": (9, 11, 19),
        "notes": (10,),
        "Query": (13,),
        "filter": (14,),
        "first": (15,),
        "check": (19,),
        "add": (19, 21),
        "Till": (21,),
    }


def test_names_that_a_function_binds_are_no_uses_those_around_it_are() -> None:
    facts = read(
        """\
        def outer(first, /, *args, key, **more):
            seen = open(first)
            def inner():
                global COUNT
                COUNT = COUNT + seen + key
                return missing
            try:
                inner()
            except Broken as error:
                print(error, args, more)
            with lock as held, (lambda a, b=given: a + b + free)(1, 2):
                del held
            match first:
                case Coin(value=v) | [v, *tail]:
                    return v, tail
                case {"a": other, **rest}:
                    return other, rest
            return (found := compute()), found
        """
    )

    assert set(facts.references) == {
        *("COUNT", "missing", "inner", "Broken", "lock", "given", "free", "Coin", "compute"),
    }


def test_names_of_the_language_are_uses_only_where_the_text_makes_them_its_own() -> None:
    assert set(read("print(len(x))\n").references) == {"x"}
    assert set(read("from io import open\n\ndef f():\n    return open()\n").references) == {"open"}
    assert read("def filter(): ...\nfilter()\nlen(1)\n").references == {"filter": (2,)}


def test_imports_are_told_as_they_are_written() -> None:
    facts = read(
        """\
        import os, till.prices as p
        from . import coins
        from ..shop.till import (
            Till as T,
            total,
        )

        def late():
            from till import *
        """
    )

    assert facts.imports == (
        Imported("os", (), 1),
        Imported("till.prices", (), 1),
        Imported(".", ("coins",), 2),
        Imported("..shop.till", ("Till", "total"), 3),
        Imported("till", ("*",), 9),
    )


@pytest.mark.skipif(sys.version_info < (3, 12), reason="the syntax is of Python 3.12")
def test_an_alias_of_a_type_is_a_definition() -> None:
    facts = read("type Pair[T] = tuple[T, Coin]\n")

    assert [(each.name, each.kind) for each in facts.definitions] == [("Pair", "type")]
    assert "Coin" in facts.references


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("\ufeffdef add(): pass\n", 1),
        ("# caf\u00e9\r\ndef add(\r\n    a,\r\n): pass\r\n", 4),
        ("\f\ndef add(): pass", 2),
        ("# old\rmark\ndef add(): pass\n", 2),
        ("x = 1\n\fdef add(): pass\n", 2),
        ("s = '\u2028'\ndef add(): pass\n", 2),
        ("s = '\\d'\ndef add(): return 1 is 1\n", 2),
    ],
)
def test_odd_marks_do_not_keep_a_text_from_being_read(text: str, lines: int) -> None:
    facts = facts_of("a.py", text)

    assert facts.read == "ast"
    assert facts.definitions[-1].name == "add"
    assert facts.definitions[-1].end_line == facts.lines == lines


def test_a_stub_is_read_like_a_module() -> None:
    facts = facts_of("a.pyi", "class Till:\n    size: int\n    def add(self) -> None: ...\n")

    assert [each.name for each in facts.definitions] == ["Till", "Till.size", "Till.add"]


def test_a_literal_of_any_size_is_read() -> None:
    facts = facts_of("a.py", "TABLE = [" + "1, " * 200_000 + "]\n")

    (table,) = facts.definitions
    assert table.name == "TABLE"
    assert len(table.signature) == 300
    assert table.signature.endswith("…")
