"""The page as a whole: one file that loads nothing, with what runs and how it looks named by hash in its policy."""

import hashlib
import json
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from importlib.resources import files
from typing import NamedTuple

from vivek.cli.render.architecture import sections_of
from vivek.cli.render.html import facts, quality, structure
from vivek.cli.render.html.elements import UNKNOWN, text_of
from vivek.cli.render.html.graph import graph_object
from vivek.cli.render.html.told import told
from vivek.schema.architecture import Architecture, Focus
from vivek.schema.narrative import Narrative

Fields = frozenset[str]


class _Section(NamedTuple):
    """A section of the page: what leads to it, what draws it, and the parts of an architecture that it tells of."""

    title: str
    build: Callable[[Architecture], Iterator[str]]
    fields: Fields


_SECTIONS = {
    "debts": _Section("Mend first", quality.debts, Fields(["antipatterns"])),
    "modules": _Section("Modules", structure.modules, Fields(["modules", "imports", "packages"])),
    "cycles": _Section("Cycles", structure.cycles, Fields(["cycles"])),
    "layers": _Section("Layers", structure.layers, Fields(["layers", "violations"])),
    "hotspots": _Section("Hotspots", quality.hotspots, Fields(["hotspots"])),
    "complexity": _Section("Complexity", quality.complexity, Fields(["complexity"])),
    "copies": _Section("Copies", quality.copies, Fields(["duplicates"])),
    "tests": _Section("Tests", quality.tests, Fields(["tests", "dead"])),
    "history": _Section("History", facts.history, Fields(["history"])),
    "languages": _Section("Languages", structure.languages, Fields(["languages"])),
    "known": _Section("Entry points", facts.known, Fields(["known", "tooling"])),
    "limits": _Section("Limits", facts.limits, Fields(["limits"])),
}


def architecture_html(
    value: Architecture, name: str, version: str, *, focus: Focus = "all", narrative: Narrative | None = None
) -> Iterator[str]:
    """Yield an architecture as the lines of an HTML page; the same value gives the same lines.

    Args:
        value: What was measured.
        name: What the repository is called.
        version: The version of vivek.
        focus: What the page tells of.
        narrative: What a model said of it, None without one.
    """
    chosen = sections_of(focus)
    sections = {key: each for key, each in _SECTIONS.items() if each.fields & chosen}
    style, scripts = _asset("report.css"), [_asset("tables.js"), _asset("graph.js")]
    policy = f"default-src 'none'; style-src {_hash(style)}; script-src {' '.join(map(_hash, scripts))}"
    yield "<!DOCTYPE html>"
    yield '<html lang="en">'
    yield "<head>"
    yield '<meta charset="utf-8">'
    yield f"<meta http-equiv=\"Content-Security-Policy\" content=\"{policy}; base-uri 'none'; form-action 'none'\">"
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield '<meta name="color-scheme" content="light dark">'
    yield '<meta name="referrer" content="no-referrer">'
    yield f'<meta name="generator" content="vivek {text_of(version)}">'
    yield f"<title>Architecture of {text_of(name)}</title>"
    yield f"<style>{style}</style>"
    yield "</head>"
    yield "<body>"
    yield from _head(value, name, sections)
    yield "<main>"
    if narrative is not None:
        yield from told(narrative)
    for each in sections.values():
        yield from each.build(value)
    yield "</main>"
    yield f"<footer>Written by vivek {text_of(version)}. Every figure was parsed or counted.</footer>"
    yield f'<script type="application/json" id="graph-data">{_data(value) if "modules" in sections else "{}"}</script>'
    for script in scripts:
        yield f"<script>{script}</script>"
    yield "</body>"
    yield "</html>"


def _head(value: Architecture, name: str, sections: Mapping[str, _Section]) -> Iterator[str]:
    yield "<header>"
    yield f"<h1>Architecture of {text_of(name)}</h1>"
    yield f'<p class="extent">Of {text_of(value.extent.told)}.</p>'
    figures = {
        "modules": len(value.modules),
        "lines of code": sum(each.lines for each in value.languages),
        "imports": len(value.imports),
        "cycles": len(value.cycles),
        "broken rules": len(value.violations),
        "debts": len(value.antipatterns),
        "commits": value.history.commits or None,  # none is what no git repository has, too
    }
    yield '<dl class="figures">'
    for title, number in figures.items():
        bad = ' class="bad"' if number and title in ("cycles", "broken rules") else ""
        yield f"<div{bad}><dt>{title}</dt><dd>{UNKNOWN if number is None else f'{number:,}'}</dd></div>"
    yield "</dl>"
    links = "".join(f'<a href="#{key}">{title}</a>' for key, (title, *_) in sections.items())
    yield f'<nav aria-label="Sections">{links}</nav>'
    yield "</header>"


def _data(value: Architecture) -> str:
    """Return what the graph is drawn from, as JSON that can end no element of the page."""
    return json.dumps(graph_object(value), separators=(",", ":"), ensure_ascii=True).replace("<", "\\u003c")


def _asset(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
