"""Figures in the documentation are those that the benchmarks measured."""

import json
import re
from pathlib import Path

import pytest

from tests.house.rules import ROOT

PAGE = ROOT / "docs" / "slow-first-token.md"
NEAR = 1.5  # another run, on another day, may come out that much otherwise
_ROW = re.compile(r"^\| (?P<what>[^|]+) \| (?P<value>[\d.,]+) ?(?P<unit>[^| ]*) \|$", re.MULTILINE)


def _measured() -> dict[str, tuple[float, str]]:
    found = {}
    for path in (ROOT / "benchmarks" / "results").glob("*.json"):
        for row in json.loads(path.read_text(encoding="utf-8"))["results"]:
            found[row["name"]] = (float(row["value"]), row["unit"])
    return found


def _rows(page: Path) -> list[tuple[str, float, str]]:
    text = page.read_text(encoding="utf-8")
    return [
        (row["what"].strip(), float(row["value"].replace(",", "")), row["unit"].strip()) for row in _ROW.finditer(text)
    ]


def test_there_are_figures() -> None:
    assert len(_rows(PAGE)) > 5


@pytest.mark.parametrize(("what", "value", "unit"), _rows(PAGE))
def test_a_figure_was_measured(what: str, value: float, unit: str) -> None:
    measured, of = _measured()[what]

    assert unit == of
    assert measured / NEAR <= value <= measured * NEAR
