"""The page on prompts says what they weigh, as measured here; `pytest --update-golden` writes its table anew."""

import re
from collections.abc import Callable

import pytest

from tests.house.rules import ROOT
from tests.prompts.scenes import (
    CROWDED,
    NODES,
    ORDINARY,
    WINDOWS,
    baseline_tokens,
    fixed_tokens,
    prompt,
    spoken_tokens,
)
from vivek.prompts.parts import EVIDENCE_SHARE, FILES_SHARE, NOTES_SHARE, OUTLINE_SHARE
from vivek.prompts.templates import places_of, template_names
from vivek.session.options import SMALLEST_WINDOW

PAGE = ROOT / "docs" / "prompts.md"
SIZES = "<!-- sizes: written by a test -->", "<!-- end of sizes -->"
TEMPLATES = "<!-- templates: written by a test -->", "<!-- end of templates -->"


def _smaller(ours: int, theirs: int) -> str:
    return f"{100 - round(100 * ours / theirs)} %"


def sizes() -> str:
    """Return the table of every prompt's tokens."""
    windows = " | ".join(f"crowded, {name}" for name in WINDOWS)
    lines = [
        f"| prompt | fixed | verbose | smaller by | small task | verbose | smaller by | {windows} | verbose |",
        "|---|" + "---:|" * (7 + len(WINDOWS)),
    ]
    for node in NODES:
        fixed, verbose = fixed_tokens(node), baseline_tokens(node)
        small, small_verbose = prompt(node, ORDINARY, WINDOWS["8k"]).tokens, verbose + spoken_tokens(node, ORDINARY)
        crowded = [f"{prompt(node, CROWDED, window).tokens:,}" for window in WINDOWS.values()]
        cells = [
            f"`{node}`",
            *(f"{fixed:,}", f"{verbose:,}", _smaller(fixed, verbose)),
            *(f"{small:,}", f"{small_verbose:,}", _smaller(small, small_verbose)),
            *crowded,
            f"{verbose + spoken_tokens(node, CROWDED):,}",
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def templates() -> str:
    """Return the table of the templates and their variables."""
    lines = ["| file | variables |", "|---|---|"]
    for name in template_names():
        places = ", ".join(f"`{{{{{place}}}}}`" for place in sorted(places_of(name)))
        lines.append(f"| `{name}.md` | {places or 'none'} |")
    return "\n".join(lines)


@pytest.mark.parametrize(("marks", "table"), [(SIZES, sizes), (TEMPLATES, templates)], ids=["sizes", "templates"])
def test_the_page_shows_what_is_measured(
    marks: tuple[str, str], table: Callable[[], str], request: pytest.FixtureRequest
) -> None:
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(marks[0])
    shown, _, after = rest.partition(marks[1])
    written = f"\n{table()}\n"

    if request.config.getoption("--update-golden"):
        PAGE.write_text(f"{before}{marks[0]}{written}{marks[1]}{after}", encoding="utf-8")
        return
    assert shown == written, "run `pytest --update-golden tests/house/test_prompts_page.py`, and review the difference"


def test_the_page_names_the_shares_and_limits_of_the_code() -> None:
    text = PAGE.read_text(encoding="utf-8")

    for section, share in {
        "list or map of files": FILES_SHARE,
        "notes that have changed": NOTES_SHARE,
        "output of a check": EVIDENCE_SHARE,
    }.items():
        assert re.search(rf"^\| {section} \|.*\| 1/{share} \|$", text, re.MULTILINE), section
    assert OUTLINE_SHARE == 6
    assert "in a sixth of the window" in text
    assert f"{SMALLEST_WINDOW:,} tokens" in text


def test_the_baseline_is_kept_beside_the_tests() -> None:
    kept = {path.stem for path in (ROOT / "tests" / "prompts" / "baseline").glob("*.md")}

    assert kept == {name for _, _, names in NODES.values() for name in names}
