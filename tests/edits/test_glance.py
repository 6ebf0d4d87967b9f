"""Definitions found by their own lines: never anywhere but where reading the whole file finds them."""

import sysconfig
from pathlib import Path

import pytest

from vivek.edits.engine import read_reply
from vivek.edits.glance import claimed_lines
from vivek.edits.lines import split_lines
from vivek.edits.regions import place_at_sight, place_region
from vivek.edits.reply import RegionBlock
from vivek.edits.spans import Span, put_in
from vivek.syntax.check import defined_at
from vivek.syntax.outline import outline

MODULES = ("argparse", "ast", "dataclasses", "doctest", "enum", "inspect", "tarfile", "tempfile", "typing", "zipfile")


def at_sight(text: str, symbol: str, given: str) -> Span | None:
    """Return the span of a definition found at sight, None when it was not or the new text disproves it."""
    found = place_at_sight("a.py", text, RegionBlock("a.py", symbol, given))
    if found is None:
        return None
    span, claim = found
    new = "".join(put_in(split_lines(text), [span]))
    return span if defined_at(new, claimed_lines([claim], [span])) else None


@pytest.mark.parametrize("module", MODULES)
def test_what_is_found_at_sight_is_what_reading_the_file_finds(module: str) -> None:
    text = (Path(sysconfig.get_paths()["stdlib"]) / f"{module}.py").read_text(encoding="utf-8")
    lines = split_lines(text)
    symbols = list(outline("a.py", text) or ())[::4]
    seen = 0
    for symbol in symbols:
        given = "".join([*lines[symbol.head : symbol.end], f"{symbol.indent}    # seen\n{symbol.indent}    pass\n"])
        span = at_sight(text, symbol.name, given)
        if span is not None:
            seen += 1
            assert span == place_region("a.py", text, RegionBlock("a.py", symbol.name, given)), symbol.name
    assert seen > 0.7 * len(symbols)


NEW = "def f():\n    return 2\n"
METHOD = "    def f(self):\n        return 2\n"


@pytest.mark.parametrize(
    "above",
    [
        "@first\n",
        "@first(\n    1,\n)\n@second\n",
        "@first(1,\n       2)\n",
        "@first\n\n# why\n",
        '@first("""\nabc\n""")\n',
        '@first("""\nabc""")\n',
        "@first(1,\n2)\n",
        "x = [\n1\n]\n",
        "if x:\n    pass\nelse:\n    y = 1\n",
        '"""What it is\nabout."""\n',
        "def g():\n    return 1\n# about f\n",
        "with a: pass\n",
    ],
)
@pytest.mark.parametrize("given", [NEW, "@third\n" + NEW])
def test_a_decorator_above_is_never_overlooked(above: str, given: str) -> None:
    text = f"import os\n\n{above}def f():\n    return 1\n\n\nx = f()\n"

    span = at_sight(text, "f", given)

    assert span in (None, place_region("a.py", text, RegionBlock("a.py", "f", given)))


@pytest.mark.parametrize(
    ("text", "symbol", "given"),
    [
        ('"""\ndef f():\n    return 1\n"""\n', "f", NEW),
        ('"""\ndef f():\n    return 1\n"""\nf = 1\n', "f", NEW),
        ('class A:\n    """\n    def f(self):\n        return 1\n    """\n', "A.f", METHOD),
        ('class A:\n    x = """\nclass B:\n"""\n    def f(self):\n        return 1\n', "B.f", METHOD),
        ("if x:\n    def f():\n        return 1\nelse:\n    def f():\n        return 1\n", "f", NEW),
        ("x = 1; \\\ndef f():\n    return 1\n", "f", NEW),
        ("def f():\n    return 1\n", "g.f", NEW),
        ("class A:\n    def f(self):\n        return 1\n", "f", METHOD),
        ("def f():\n    return 1\n", "f", NEW + "def g():\n    return 3\n"),
        ("def f():\n    return 1\n", "f", NEW.replace("return", "return (")),
        ("def f():\n    return 1\n\f\ndef g():\n    return 1\n", "f", NEW),
    ],
)
def test_what_a_glance_could_take_wrongly_is_left_to_a_reading(text: str, symbol: str, given: str) -> None:
    assert at_sight(text, symbol, given) is None


def test_a_long_head_belongs_to_its_definition() -> None:
    text = "def f(\n    a,\n    b,\n) -> int:\n    return a\n\n\ndef g():\n    return 1\n"

    span = at_sight(text, "f", NEW)

    assert span == Span(0, 5, ("def f():\n", "    return 2\n"))


def test_several_definitions_of_a_file_are_put_in_at_once() -> None:
    text = "def one():\n    return 1\n\n\ndef two():\n    return 2\n\n\nclass A:\n    def f(self):\n        return 3\n"
    reply = (
        "a.py::A.f\n```\ndef f(self):\n    x = 33\n    return x\n```\n"
        "a.py::one\n```\ndef one():\n    x = 11\n    return x\n```\n"
    )

    outcome = read_reply(reply, current={"a.py": text.encode()}, exists={"a.py"}, shown={"a.py"})

    new = text.replace("return 1", "x = 11\n    return x").replace("return 3", "x = 33\n        return x")
    assert outcome.files == {"a.py": new.encode()}
