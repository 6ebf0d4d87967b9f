import ast
import inspect
import textwrap
import typing

from hypothesis import given
from hypothesis import strategies as st

from vivek.syntax.outline import Symbol, imported_by, outline, string_lines

SOURCE = textwrap.dedent('''\
    """A till."""

    import os


    # Counts money.
    @final
    @register(
        name="till",
    )
    class Till:
        size = 3

        @property
        def total(self) -> int:
            def added(a, b):
                return a + b
            return 1

        # the last one

        async def close(self): return 2  # done


    if os.name == "nt":
        def slash(): return "\\\\"
    else:
        def slash(): return "/"

    try:
        pass
    except OSError:
        def late(): pass

    match os.name:
        case "posix":
            class Posix: pass
    x = 1; y = 2
    def one(): return 1; z = 3
    ''')


def named(path: str, text: str) -> dict[str, Symbol]:
    return {symbol.name: symbol for symbol in outline(path, text) or ()}


def test_python_is_read_with_qualified_names_in_its_order() -> None:
    assert [(symbol.name, symbol.kind) for symbol in outline("till.py", SOURCE) or ()] == [
        ("Till", "class"),
        ("Till.total", "method"),
        ("Till.total.added", "function"),
        ("Till.close", "method"),
        ("slash", "function"),
        ("slash", "function"),
        ("late", "function"),
        ("Posix", "class"),
        ("one", "function"),
    ]


def test_a_symbol_begins_with_its_decorators_and_ends_with_its_last_line() -> None:
    lines = SOURCE.split("\n")
    found = named("till.py", SOURCE)

    till = found["Till"]
    assert (lines[till.start], lines[till.head]) == ("@final", "class Till:")
    assert lines[till.end - 1] == "    async def close(self): return 2  # done"
    assert (till.indent, found["Till.total"].indent, found["Till.total.added"].indent) == ("", "    ", " " * 8)
    assert lines[found["Till.total"].start] == "    @property"
    assert found["Till.total"].last == "total"


def test_a_definition_that_shares_its_line_is_marked() -> None:
    text = "class A: x = 1\nfor i in []: pass\nif 1: \n  def f(): pass\nclass B:\n def g(self): pass\n"
    assert all(symbol.alone for symbol in outline("a.py", text) or ())

    shared = {
        symbol.name: symbol.alone for symbol in outline("a.js", "function a() {} function b() {}\nclass C {}") or ()
    }
    assert shared == {"a": False, "b": False, "C": True}


def test_python_that_does_not_parse_has_no_outline() -> None:
    assert outline("a.py", "def f(:\n") is None
    assert outline("a.py", "x = '\0'\n") is None


def test_a_language_without_a_grammar_has_no_outline_and_no_known_strings() -> None:
    assert outline("a.sql", "SELECT 1;") is None
    assert outline("noname", "x") is None
    assert string_lines("a.sql", "SELECT 'a\nb';") == frozenset()
    assert string_lines("a.py", "def f(:\n") == frozenset()


def test_lines_are_counted_by_line_feeds_alone() -> None:
    text = 'x = "\\\x0c"\n\x0c\ndef f():\n    return "\u2028\x85"\n\ndef grüße(): return "ä"\n'
    found = named("a.py", text)

    assert (found["f"].start, found["f"].end) == (2, 4)
    assert (found["grüße"].start, found["grüße"].alone) == (5, True)


def test_every_definition_of_a_real_module_is_found_where_python_says() -> None:
    text = inspect.getsource(typing)
    found = outline("typing.py", text) or ()
    wanted = {
        (node.name, node.lineno - 1, node.end_lineno)
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    }

    assert {(symbol.last, symbol.head, symbol.end) for symbol in found} == wanted
    assert len(found) == len(wanted) > 200


STRINGS = textwrap.dedent('''\
    def f(a):
        """Say.

        More.
        """
        x = """
    flush
    """
        y = f"""{
            a
        } end
        """
        z = ("a"
             "b")
        return x
    ''')


def test_lines_within_strings_are_told_but_not_those_of_docstrings() -> None:
    assert string_lines("a.py", STRINGS) == {6, 7, 9, 10, 11}
    assert string_lines("a.js", "f(`a\nb ${\n c}\n`, 'x')\ng()") == {1, 2, 3}
    assert string_lines("a.go", "package a\nvar x = `a\nb`\n") == {2}
    assert string_lines("A.java", 'class A { String x = """\n  a\n  """; }') == frozenset()


def test_the_imports_of_a_text_are_told_name_by_name() -> None:
    text = "import os, sys as s\nfrom . import a\nfrom ..b import (\n    c as d,\n    e,\n)\ndef f():\n    import g\n"

    assert [(first, last, sorted(names)) for first, last, names in imported_by(text)] == [
        (0, 1, ["import os", "import sys as s"]),
        (1, 2, ["from . import a"]),
        (2, 6, ["from ..b import c as d", "from ..b import e"]),
    ]
    assert imported_by("import (") == []


@given(
    st.text(alphabet="def class:(){}=;,'\"\n\t @#/*`abAB<>.", max_size=200),
    st.sampled_from(["a.py", "a.ts", "a.cpp", "a.go", "a.rs", "A.java", "a.h"]),
)
def test_any_text_is_read_without_a_crash_and_spans_lie_within_it(text: str, path: str) -> None:
    lines = text.split("\n")
    for symbol in outline(path, text) or ():
        assert 0 <= symbol.start <= symbol.head < symbol.end <= len(lines)
        assert lines[symbol.start].startswith(symbol.indent)
    string_lines(path, text)


def test_a_text_too_long_for_a_grammar_is_left_alone() -> None:
    assert outline("a.js", "function f() {}\n" + " " * 2_000_000) is None
