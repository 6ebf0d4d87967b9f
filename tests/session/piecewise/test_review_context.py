"""What is shown around a piece of a change: its definition, its users, what it calls, its tests, what stood before."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from vivek.analysis.findings.chunks import pieces
from vivek.edits.unified import hunks_between
from vivek.flows.review.planning import Around
from vivek.prompts.estimate import bound
from vivek.prompts.tokens import count
from vivek.schema.changes import ChangedFile, Changes, ReviewScope, ScopeWish
from vivek.schema.reviewing import Rule
from vivek.session.doors.review import collect_changes
from vivek.session.piecewise.review_context import Surroundings, open_surroundings
from vivek.session.place import open_place

LONG = "".join(f"    cents += {n}\n" for n in range(200))
OLD = f'''from till.tax import with_vat


def price(cents, percent):
    """Return the price; never below zero."""
    return max(0, cents - cents * percent // 100)


def long(cents):
    """Return a lot."""
{LONG}    return cents


class Till:
    def ring(self, cents):
        return price(cents, 5)
'''
NEW = (
    OLD.replace("def price(cents, percent):", "def price(cents, percent, *, vat):")
    .replace("Return the price; never below zero.", "Return the price.")
    .replace("    return max(0, cents - cents * percent // 100)", "    return with_vat(cents - percent, vat)")
    .replace("cents += 100\n", "cents -= 100\n")
)
IMPORT = "from till.prices import price\n\n\n"
FILES = {
    "till/__init__.py": "",
    "till/tax.py": 'def with_vat(cents, vat):\n    """Add the tax."""\n    return cents * (100 + vat) // 100\n',
    "till/prices.py": OLD,
    "till/report.py": f"{IMPORT}def summary(items):\n    return [price(each, 10) for each in items]\n",
    "till/other.py": "def price():\n    return 1\n\n\ndef unrelated():\n    return price()\n",
    "tests/test_prices.py": f"{IMPORT}def test_no_price_is_negative():\n    assert price(1, 200) == 0\n",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "begin"]):
        subprocess.run(["git", *arguments], cwd=root, check=True)
    (root / "till/prices.py").write_text(NEW)
    return root


@pytest.fixture
def around(project: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Around]:
    monkeypatch.chdir(project)
    place = open_place(project)
    changes = collect_changes(place, ScopeWish())
    rules = (Rule("rules/a.md", "A.", ("till/*.py",)), Rule("rules/b.md", "B.", ("web/*",)))
    [file] = changes.files
    with open_surroundings(place, changes, rules, count=bound) as surround:
        [chunk] = pieces(file)
        yield surround(chunk, file)


def said(around: Around, name: str) -> str:
    return "\n".join(section.text for section in around.sections if section.name.startswith(name))


def test_all_that_helps_to_judge_a_change_is_shown_the_nearest_first(around: Around) -> None:
    assert [section.name for section in around.sections] == ["around:long", "promised", "uses", "called", "tests"]
    assert around.callers
    assert [rule.id for rule in around.rules] == ["rules/a.md"]

    assert "\n-def price(cents, percent)  # Return the price; never below zero.\n" in said(around, "promised")
    uses = said(around, "uses")
    assert "till/report.py, in summary:" in uses
    assert "[price(each, 10) for each in items]" in uses
    assert "till/prices.py, in Till.ring:" in uses
    assert "unrelated" not in uses, "that file means another price"
    assert "test_prices" not in uses, "tests are told apart"
    assert "till/tax.py: def with_vat(cents, vat)  # Add the tax." in said(around, "called")
    assert "tests/test_prices.py, in test_no_price_is_negative:" in said(around, "tests")
    assert "assert price(1, 200) == 0" in said(around, "tests")


def test_of_a_long_definition_its_head_and_what_is_near_the_change_is_shown(around: Around) -> None:
    text = said(around, "around:long")

    assert "def long(cents):" in text
    assert "cents -= 100" in text
    assert "[...]" in text
    assert "cents += 3\n" not in text
    assert "def price" not in text, "the piece shows it whole"


def test_every_part_can_be_said_shorter(around: Around) -> None:
    for section in around.sections:
        assert section.shrink is not None
        room = count(section.text, "qwen") // 2
        shorter = section.shrink(room, lambda text: count(text, "qwen"))
        assert count(shorter, "qwen") <= room


def test_without_an_index_both_versions_of_the_file_tell_what_they_can() -> None:
    old, new = OLD, NEW
    file = ChangedFile("till/prices.py", "modified", hunks_between(old, new), old_text=old, new_text=new)
    [chunk] = pieces(file)

    found = Surroundings(bound)(chunk, file)

    assert [section.name for section in found.sections] == ["around:long", "promised"]
    assert not found.callers


def test_of_a_bare_patch_and_a_whole_file_nothing_more_is_known(tmp_path: Path) -> None:
    patch = ChangedFile("till/prices.py", "modified", hunks_between(OLD, NEW))
    whole = ChangedFile("till/prices.py", "whole", hunks_between(None, NEW), new_text=NEW)
    place = open_place(tmp_path)
    changes = Changes(ReviewScope("patch", "a patch"), (patch, whole))

    with open_surroundings(place, changes, (), count=bound) as surround:
        for file in changes.files:
            assert surround(pieces(file)[0], file) == Around()
