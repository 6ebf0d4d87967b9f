"""Every known attack and fault is proved by a test or stands on the safety page with the reason why not."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "safety.md"
ATTACKS = {"T": 24, "P": 18, "C": 32, "G": 14, "S": 24, "N": 10, "X": 15, "J": 12, "D": 11, "K": 9, "U": 6, "V": 14}
FAULTS = {"A": 15, "B": 20, "C": 18, "D": 13, "F": 14, "G": 12, "H": 8}
_ROW = re.compile(r"(?:F-)?[A-Z]\d\d")
_NOT_COVERED = re.compile(r"^\| ((?:F-)?[A-Z]\d\d) \| (.+) \| (.+) \|$", re.M)


def catalogue() -> set[str]:
    """Return the rows of both catalogues."""
    attacks = {f"{family}{number:02}" for family, count in ATTACKS.items() for number in range(1, count + 1)}
    return attacks | {f"F-{family}{number:02}" for family, count in FAULTS.items() for number in range(1, count + 1)}


def proved() -> dict[str, set[str]]:
    """Return the rows that tests are marked with, and by which files."""
    rows: dict[str, set[str]] = {}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        marks = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and _is_mark(node)]
        said = [word.value for mark in marks for word in mark.args if isinstance(word, ast.Constant)]
        tables = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and _is_table(node)]
        if tables or any(not isinstance(word, ast.Constant) for mark in marks for word in mark.args):
            # A table of cases, each with its row.
            said += [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
        for row in said:
            if isinstance(row, str) and _ROW.fullmatch(row):
                rows.setdefault(row, set()).add(path.relative_to(ROOT).as_posix())
    return rows


def _is_mark(node: ast.Call) -> bool:
    return isinstance(node.func, ast.Attribute) and node.func.attr == "covers"


def _is_table(node: ast.Call) -> bool:
    return isinstance(node.func, ast.Name) and node.func.id == "rows"


def test_every_row_is_proved_or_told() -> None:
    told = {row: reason for row, _, reason in _NOT_COVERED.findall(PAGE.read_text(encoding="utf-8"))}
    known = catalogue()

    assert not sorted(set(proved()) - known), "rows that no catalogue has"
    assert not sorted(known - proved().keys() - told.keys()), "neither proved nor on the page"
    assert not sorted(told.keys() & proved().keys()), "on the page as not covered, and proved"
    assert not sorted(told.keys() - known), "on the page, in no catalogue"
    assert all(len(reason.split()) >= 3 for reason in told.values())


def test_the_page_counts_what_is_proved() -> None:
    text = PAGE.read_text(encoding="utf-8")
    done = proved().keys()
    attacks = sum(not row.startswith("F-") for row in done)
    assert f"{attacks} of {sum(ATTACKS.values())}" in text
    assert f"{len(done) - attacks} of {sum(FAULTS.values())}" in text
