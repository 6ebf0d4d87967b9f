"""What the lines of a text tell where no parser reads it."""

import textwrap

import pytest

from vivek.schema.index import FileFacts, Imported
from vivek.syntax.facts import facts_of
from vivek.syntax.pattern_facts import pattern_facts


def names(facts: FileFacts) -> list[tuple[str, str, int, int]]:
    return [(each.name, each.kind, each.line, each.end_line) for each in facts.definitions]


BROKEN = '''\
from till import (
    Coin,  # of any size
    mint as make,
)
import os, sys as system

class Till(
    Drawer,
):
    """A till.

def not_this(): pass
"""

    def add(self, coin):
        text = """
no: def
"""
        # def commented(): pass
        return coin.value

    async def close(self): pass
    def open(self:
        return 1

with x:
    class Inner(Till):
        def deep(self):
            pass
print "Python 2"
'''


def test_python_that_does_not_parse_is_read_by_its_lines() -> None:
    facts = facts_of("a.py", BROKEN)

    assert facts.read == "pattern"
    assert facts.fault.startswith("line 23: ")
    assert names(facts) == [
        ("Till", "class", 7, 24),
        ("Till.add", "method", 15, 20),
        ("Till.close", "method", 22, 22),
        ("Till.open", "method", 23, 24),
        ("Inner", "class", 27, 29),
        ("Inner.deep", "method", 28, 29),
    ]
    assert [each.signature for each in facts.definitions[1:3]] == ["def add(self, coin)", "async def close(self): pass"]
    assert facts.imports == (
        Imported("till", ("Coin", "mint"), 1),
        Imported("os", (), 5),
        Imported("sys", (), 5),
    )
    assert facts.references["Drawer"] == (8,)
    assert facts.references["value"] == (20,)
    assert "commented" not in facts.references


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("def add(): pass\n\0\n", "source code string cannot contain null bytes"),
        ("x = " + "(" * 3_000 + ")" * 3_000 + "\ndef add(): pass\n", ""),
        ("def add(): pass\nx = '\ud800'\n", "surrogates"),
        ("def add(): pass\nx = " + "-" * 200_000 + "1\n", ""),
        ("def add(): pass\nx = " + "9" * 5_000 + "\n", "digits"),
        ("def add(): pass\n\tx = 1\n", "line 2: "),
        ("def add(): pass\nx = a" + ".b" * 50_000 + "\n", "nested too deeply"),
    ],
)
def test_what_the_parser_refuses_is_told_and_read_by_its_lines(text: str, fault: str) -> None:
    facts = facts_of("a.py", text)

    assert (facts.read, [each.name for each in facts.definitions]) == ("pattern", ["add"])
    assert facts.fault
    assert fault in facts.fault


SOURCES = {
    "kotlin": (
        """\
        import shop.Coin
        data class Till(val size: Int) : Drawer() {
            private suspend fun hidden() {}
            override fun <T> add(coin: Coin): Int {
                return 1
            }
        }
        fun total() = 1
        // class Commented
        """,
        [
            ("Till", "class", 2, 7),
            ("Till.hidden", "method", 3, 3),
            ("Till.add", "method", 4, 6),
            ("total", "function", 8, 8),
        ],
    ),
    "swift": (
        """\
        public final class Till: Drawer {
            func add(coin: Coin) -> Int { return 1 }
        }
        struct Point {
            let x = "class In string"
        }
        extension Till {
        }
        """,
        [("Till", "class", 1, 3), ("Till.add", "method", 2, 2), ("Point", "struct", 4, 6), ("Till", "extension", 7, 8)],
    ),
    "lua": (
        """\
        local Till = {}
        function Till.add(coin)
          return coin
        end
        local function hidden() end
        """,
        [("Till.add", "function", 2, 4), ("hidden", "function", 5, 5)],
    ),
    "elixir": (
        """\
        defmodule Shop.Till do
          def add(coin) do
            coin
          end
          defp hidden?(a), do: a
        end
        """,
        [
            ("Shop.Till", "defmodule", 1, 6),
            ("Shop.Till.add", "method", 2, 4),
            ("Shop.Till.hidden?", "method", 5, 5),
        ],
    ),
    "perl": ("package Till;\nsub add {\n  return 1;\n}\n", [("add", "function", 2, 4)]),
    "go": (
        "type Till struct {\n\tsize int\n}\n\nfunc (t *Till) Add(c Coin) int {\n\treturn 1\n}\nfunc main() {\n}\n",
        [("Till", "type", 1, 3), ("Add", "function", 5, 7), ("main", "function", 8, 9)],
    ),
    "rust": (
        "mod prices;\npub(crate) fn add() -> u8 {\n    1\n}\npub struct Till;\nenum Side {\n    Heads,\n}\n",
        [("add", "function", 2, 4), ("Side", "enum", 6, 8)],
    ),
    "c": (
        "struct till {\n    int a;\n};\nstruct till *make(void);\nenum side\n{\n    HEADS,\n};\n",
        [("till", "struct", 1, 3), ("side", "enum", 5, 8)],
    ),
    "shell": (
        "function add {\n  :\n}\nsub() {\n  :\n}\nsay 'sub() {'\n",
        [("add", "function", 1, 3), ("sub", "function", 4, 6)],
    ),
    "typescript": (
        "export default class Till extends Drawer {\n}\nconst x = class_ + type\ntype = 3\nexport type Side = 1\n",
        [("Till", "class", 1, 2), ("Side", "type", 5, 5)],
    ),
}


@pytest.mark.parametrize("language", SOURCES)
def test_what_begins_with_a_word_for_it_is_found_and_nothing_else(language: str) -> None:
    text, found = SOURCES[language]

    assert names(pattern_facts("a", language, textwrap.dedent(text))) == found


def test_languages_without_a_grammar_are_read_by_their_lines() -> None:
    facts = facts_of("a.kt", textwrap.dedent(SOURCES["kotlin"][0]))

    assert (facts.language, facts.read, facts.fault) == ("kotlin", "pattern", "")
    assert facts.imports == (Imported("shop.Coin", (), 1),)
    assert facts.references["Drawer"] == (2,)
    assert "add" not in facts.references


@pytest.mark.parametrize("path", ["a.json", "a.toml", "a.yaml", "a.txt", "a.css", "noname", "a.csv"])
def test_data_and_plain_prose_define_nothing(path: str) -> None:
    facts = facts_of(path, "class Till\ndef add(): pass\nfunction total() {}\n")

    assert (facts.definitions, facts.references, facts.read, facts.lines) == ((), {}, "", 3)
