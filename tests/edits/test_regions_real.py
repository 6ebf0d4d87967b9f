"""Regions held against real code: what is given as it is comes back as it is, and never lands anywhere else."""

import sysconfig
import textwrap
from collections import Counter
from pathlib import Path

import pytest

from vivek.edits.lines import split_lines
from vivek.edits.regions import place_region
from vivek.edits.reply import RegionBlock
from vivek.edits.spans import Span, put_in
from vivek.syntax.outline import Symbol, outline

MODULES = ("argparse", "inspect", "pdb", "smtplib", "textwrap")


def read(module: str) -> tuple[str, list[str], list[Symbol]]:
    """Return a module, its lines, and every ninth of its symbols."""
    text = (Path(sysconfig.get_paths()["stdlib"]) / f"{module}.py").read_text(encoding="utf-8")
    return text, split_lines(text), list(outline("a.py", text) or ())[::9]


@pytest.mark.parametrize("module", MODULES)
def test_a_definition_given_as_it_is_changes_nothing_however_it_is_indented(module: str) -> None:
    text, lines, symbols = read(module)
    names = Counter(symbol.name for symbol in outline("a.py", text) or ())
    for symbol in symbols:
        own = "".join(lines[symbol.start : symbol.end])
        bare = "".join(lines[symbol.head : symbol.end])
        for given in (own, bare, textwrap.dedent(own), textwrap.dedent(bare), textwrap.indent(own, "      ")):
            found = place_region("a.py", text, RegionBlock("a.py", symbol.name, given))

            if isinstance(found, Span):
                assert put_in(lines, [found]) == lines, symbol.name
            else:
                assert (found.reason, names[symbol.name] > 1) == ("several places", True), found.feedback


@pytest.mark.parametrize("module", MODULES)
def test_a_new_body_lands_in_the_symbol_it_names_and_nowhere_else(module: str) -> None:
    text, lines, symbols = read(module)
    placed = 0
    for symbol in symbols:
        given = f"def {symbol.last}(*changed):\n    return changed\n"
        if symbol.kind == "class":
            continue
        found = place_region("a.py", text, RegionBlock("a.py", symbol.name, given))
        if not isinstance(found, Span):
            continue
        new = put_in(lines, [found])
        placed += 1

        assert new[: symbol.head] == lines[: symbol.head]
        assert new[symbol.head + 2 :] == lines[symbol.end :]
        assert new[symbol.head] == f"{symbol.indent}def {symbol.last}(*changed):\n"
        assert symbol.name in {each.name for each in outline("a.py", "".join(new)) or ()}
    assert placed > 0
