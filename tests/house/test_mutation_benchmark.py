"""The benchmark of mutants: it makes the changes it says, a good test sees one, a weak test lets it live."""

import ast
from pathlib import Path

import pytest

from benchmarks.measure import ROOT
from benchmarks.mutants import mutants
from benchmarks.mutation import GROUPS, survives

SOURCE = '''\
"""Adults."""


def is_adult(age: int) -> bool:
    """Tell whether somebody is of age."""
    return age >= 18
'''
GOOD = """\
from adults import is_adult


def test_the_day_counts():
    assert is_adult(18)
    assert not is_adult(17)
"""
WEAK = GOOD.replace("(18)", "(40)").replace("(17)", "(3)")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        *(
            ("return a < b", "return (a <= b)"),
            ("return a == b", "return (a != b)"),
            ("return a is b", "return (a is not b)"),
        ),
        *(("return a in b", "return (a not in b)"), ("return a < b < 3", "return (a < b <= 3)")),
        *(("return a and b", "return (a or b)"), ("return not a", "return (a)"), ("return a + b", "return (a - b)")),
        *(("return a * b", "return (a // b)"), ("return a | b", "return (a)"), ("return 3", "return (4)")),
        *(("return True", "return (False)"), ("return 'ü'", "return ('XXüXX')"), ("return ''", "return ('XX')")),
        *(("return a", "return None"), ("if a: b()", "if (not (a)): b()"), ("b(a)", "pass"), ("a = b", "pass")),
        *(("a += b", "pass"), ("raise a", "pass"), ("a.b = 3", "pass"), ("return a[b:]", "return a[(b + 1):]")),
        *(
            ("return range(a)", "return range((a + 1))"),
            ("return [c for c in a if c]", "return [c for c in a if (not (c))]"),
        ),
    ],
)
def test_every_kind_of_change_is_made_where_it_belongs(old: str, new: str) -> None:
    text = f"def f(a, b):\n    {old}  # ü\n"

    made = {mutant.text: mutant for mutant in mutants("a.py", text)}

    assert f"def f(a, b):\n    {new}  # ü\n" in made
    for changed, mutant in made.items():
        ast.parse(changed)
        assert mutant.told.startswith("a.py:2 `")


@pytest.mark.parametrize(
    "text",
    [
        *(
            '"""Words."""\n',
            "def f():\n    a = b\n",
            "a: int = b\n",
            "def f(a: 'b') -> 'c': ...\n",
            "def f(): return None\n",
        ),
        *(
            "a = 'two words'\n",
            "a = b + 'c d'\n",
            "a = f'{b + c}'\n",
            "zip(a, strict=True)\n",
            "@f(frozen=True)\nclass A: ...\n",
        ),
        *("A = Literal['b', 'c']\n", "class A(b + c): ...\n"),
    ],
)
def test_what_proves_nothing_is_not_changed(text: str) -> None:
    assert mutants("a.py", text) == []


@pytest.mark.parametrize(("tests", "lives"), [(GOOD, False), (WEAK, True)])
def test_a_good_test_sees_a_change_and_a_weak_one_lets_it_live(tmp_path: Path, tests: str, lives: bool) -> None:
    (tmp_path / "adults.py").write_text(SOURCE)
    (tmp_path / "test_adults.py").write_text(tests)
    (mutant,) = (each for each in mutants("adults.py", SOURCE) if each.change == "age >= 18 -> age > 18")

    assert mutant.told == "adults.py:6 `age >= 18 -> age > 18`"
    assert survives(mutant, tmp_path, ["test_adults.py"], limit=20) is lives
    assert (tmp_path / "adults.py").read_text() == SOURCE, "only the copy is changed"


def test_a_change_without_an_end_is_seen(tmp_path: Path) -> None:
    endless = "def count(n):\n    while n > 0:\n        n -= 1\n    return n\n"
    (tmp_path / "adults.py").write_text(endless)
    (tmp_path / "test_adults.py").write_text("from adults import count\ndef test_it():\n    assert count(1) == 0\n")
    (mutant,) = (each for each in mutants("adults.py", endless) if each.change == "n -= 1 -> pass")

    assert not survives(mutant, tmp_path, ["test_adults.py"], limit=2)


def test_tests_that_are_missing_are_no_survival(tmp_path: Path) -> None:
    (tmp_path / "adults.py").write_text(SOURCE)
    (tmp_path / "test_adults.py").write_text("")

    with pytest.raises(RuntimeError, match="no tests"):
        survives(mutants("adults.py", SOURCE)[0], tmp_path, ["test_adults.py"], limit=20)


@pytest.mark.parametrize("name", GROUPS)
def test_every_group_names_modules_and_tests_that_are_there(name: str) -> None:
    assert all(list(ROOT.glob(pattern)) for pattern in GROUPS[name].modules)
    assert all((ROOT / path).exists() for path in GROUPS[name].tests)
    assert len(GROUPS[name].mutants(ROOT)) > 100
