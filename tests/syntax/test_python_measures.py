"""How involved Python functions are: against ruff on the standard library, and against counts made by hand."""

import json
import re
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from vivek.schema.measures import FunctionMeasures
from vivek.syntax.measures import measures_of

SAMPLE = ("argparse.py", "ast.py", "asyncio", "dataclasses.py", "email", "inspect.py", "json", "typing.py", "unittest")
_SAID = re.compile(r"`(?P<name>.+)` is too complex \((?P<ways>\d+) > 0\)")


def measured(text: str) -> dict[str, FunctionMeasures]:
    """Return the functions of a text by their names."""
    found = measures_of("till.py", text)
    assert found.fault == ""
    return {each.name: each for each in found.functions}


def cognitive(body: str) -> int:
    """Return the cognitive complexity of a function with this body."""
    lines = "\n".join(f"    {line}" for line in body.split("\n"))
    return measured(f"def f(a, b, c):\n{lines}\n")["f"].cognitive


def test_the_ways_through_functions_are_those_that_ruff_counts() -> None:
    library = Path(sysconfig.get_paths()["stdlib"])
    command = [
        *(sys.executable, "-m", "ruff", "check", "--isolated", "--no-cache", "--ignore-noqa", "--select", "C901"),
        *("--config", "lint.mccabe.max-complexity=0", "--output-format", "json"),
        *(str(library / name) for name in SAMPLE),
    ]
    asked = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    theirs: dict[tuple[str, int], int] = {}
    for told in json.loads(asked.stdout):
        found = _SAID.fullmatch(told["message"])
        assert found is not None
        theirs[told["filename"], told["location"]["row"]] = int(found["ways"])

    ours: dict[tuple[str, int], int] = {}
    for path in {path for path, _ in theirs}:
        text = Path(path).read_text("utf-8")
        lines = text.split("\n")
        for each in measures_of(path, text).functions:
            head = next(at for at in range(each.line, each.end_line + 1) if _is_head(lines[at - 1], each.name))
            ours[path, head] = each.cyclomatic

    assert len(theirs) > 2_000
    assert ours == theirs


def _is_head(line: str, name: str) -> bool:
    return re.match(rf"\s*(?:async\s+)?def\s+{name.rpartition('.')[2]}\b", line) is not None


@pytest.mark.parametrize(
    ("body", "cost"),
    [
        ("return a", 0),
        ("if a:\n    return b", 1),
        ("if a:\n    pass\nelif b:\n    pass\nelse:\n    pass", 3),
        ("if a:\n    pass\nelse:\n    if b:\n        pass", 4),
        ("for x in a:\n    while b:\n        if c:\n            pass", 6),
        ("for x in a:\n    pass\nelse:\n    pass", 2),
        ("try:\n    a()\nexcept E:\n    pass\nexcept F:\n    if b:\n        pass", 4),
        ("try:\n    a()\nexcept E:\n    pass\nelse:\n    b()\nfinally:\n    c()", 2),
        ("with a:\n    if b:\n        pass", 1),
        ("return a and b and c", 1),
        ("return a and b or c", 2),
        ("return a and (b and c)", 1),
        ("return a and not (b and c)", 2),
        ("return b if a else c", 1),
        ("return b if a else (c if b else a)", 3),
        ("return lambda x: b if x else c", 2),
        ("return [x for x in a if x]", 0),
        ("match a:\n    case 1:\n        if b:\n            pass\n    case _:\n        pass", 3),
        ("def g():\n    if a:\n        pass\ng()", 2),
        ("def g():\n    if a:\n        pass\nreturn g", 1),
        ('"""Decorate."""\ndef g():\n    if a:\n        pass\nreturn g', 1),
        ("return f(a - 1, b, c)", 1),
        ("return self.f(a)", 0),
        ("return 'f(1) and or else'", 0),
        ("# if a and b: f(1)\nreturn a", 0),
    ],
)
def test_cognitive_complexity_is_what_its_rules_say(body: str, cost: int) -> None:
    assert cognitive(body) == cost


def test_a_method_that_calls_itself_costs_one_more() -> None:
    found = measured("class Till:\n    def total(self):\n        return self.total()\n    def f(self):\n        f()\n")

    assert found["Till.total"].cognitive == 1
    assert found["Till.f"].cognitive == 0


def test_a_function_has_the_lines_of_its_code_and_not_those_of_its_documentation() -> None:
    text = '''@cache
def total(a,
          b):
    """Add.

    Up.
    """
    # a comment

    text = """one

    two"""
    return a + b  # the end
'''
    found = measured(text)["total"]

    assert (found.line, found.end_line, found.length) == (1, 13, 6)


def test_parameters_are_counted_without_the_object_itself() -> None:
    found = measured(
        "class A:\n"
        "    def f(self, a, /, b=1, *c, d, **e): ...\n"
        "    @classmethod\n"
        "    def g(cls): ...\n"
        "    @staticmethod\n"
        "    def h(a): ...\n"
        "def self_made(self): ...\n"
    )

    assert [each.parameters for each in found.values()] == [5, 0, 1, 1]


def test_nesting_is_the_deepest_level_of_branches_and_loops() -> None:
    found = measured("def f(a):\n    for x in a:\n        if x:\n            pass\n    if a:\n        pass\n")

    assert found["f"].nesting == 2


def test_functions_within_classes_and_functions_have_their_whole_names() -> None:
    found = measured("class A:\n    class B:\n        def f(self):\n            def g(): ...\n")

    assert list(found) == ["A.B.f", "A.B.f.g"]
    assert found["A.B.f"].cyclomatic == 2
