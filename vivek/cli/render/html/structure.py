"""What is built of what: languages, packages, modules, cycles, layers and broken rules, as sections of a page."""

from collections import Counter
from collections.abc import Iterator

from vivek.cli.render.architecture import import_packages
from vivek.cli.render.html.elements import Column, Raw, code_of, list_of, place_of, section, table, text_of
from vivek.schema.architecture import Architecture, Cycle, Edge, Layer, Violation

_EDGES = 60


def languages(value: Architecture) -> Iterator[str]:
    """Yield what the code is written in."""
    columns = (
        Column("Language"),
        Column("Files", "number"),
        Column("Lines", "number", "neither blank nor comment"),
        Column("Share", "share", "of all lines"),
        Column("Imports"),
    )
    rows = [
        (each.name, each.files, each.lines, each.share, "followed" if each.imports else "not followed")
        for each in value.languages
    ]
    yield from section("languages", "Languages", "", table("Languages", columns, rows))


def modules(value: Architecture) -> Iterator[str]:
    """Yield the graph of modules, for scripts to draw, and as tables."""
    yield from section("modules", "Modules", "What imports what; one module is one file.", _modules(value))


def _modules(value: Architecture) -> Iterator[str]:
    yield '<div id="graph" hidden></div>'
    without = "With scripts the imports are drawn here; the tables below need none."
    yield f'<noscript><p class="about">{without}</p></noscript>'
    columns = (
        Column("Module"),
        Column("Package"),
        Column("Role"),
        Column("Lines", "number", "neither blank nor comment"),
        Column("Imported by", "number", "modules of the repository that import it"),
        Column("Imports", "number", "modules of the repository that it imports"),
        Column("Instability", "number", "imports / (imports + imported by)"),
        Column("Depth", "number", "the longest way of imports down from it"),
    )
    rows = [
        (
            code_of(each.path),
            code_of(each.package or "."),
            each.role,
            each.lines,
            each.fan_in,
            each.fan_out,
            each.instability,
            each.depth,
        )
        for each in sorted(value.modules, key=lambda each: (-each.fan_in, each.path))
    ]
    yield from table("Modules", columns, rows)
    yield from table("Imports between packages", _EDGE_COLUMNS, [_edge(each) for each in import_packages(value)])


_EDGE_COLUMNS = (Column("From"), Column("To"), Column("Imports", "number"), Column("Where"))


def _edge(edge: Edge) -> tuple[Raw, Raw, int, Raw]:
    return code_of(edge.source), code_of(edge.target), edge.weight, list_of([*map(place_of, edge.places)], 3)


def cycles(value: Architecture) -> Iterator[str]:
    """Yield modules that import each other, and the cheapest imports to cut."""
    about = "Modules that import each other, all ways round; without the imports to cut none is left."
    yield from section("cycles", "Cycles", about, _cycles(value))


def _cycles(value: Architecture) -> Iterator[str]:
    if not value.cycles:
        yield '<p class="none">No cycle of imports.</p>'
    for number, cycle in enumerate(value.cycles, 1):
        yield f"<details{' open' if number <= 3 else ''}><summary>{_told(cycle)}</summary>"
        cut = {(edge.source, edge.target) for edge in cycle.cut}
        columns = (*_EDGE_COLUMNS, Column("Cut"))
        rows = [(*_edge(edge), "cut" if (edge.source, edge.target) in cut else "") for edge in cycle.edges]
        rows.sort(key=lambda row: row[-1] == "")
        yield from table(f"Imports of cycle {number}", columns, rows[:_EDGES])
        if len(rows) > _EDGES:
            yield f'<p class="about">{len(rows) - _EDGES:,} more imports are in <code>--format json</code>.</p>'
        yield "</details>"


def _told(cycle: Cycle) -> str:
    return f"{len(cycle.modules):,} modules: {list_of([*map(code_of, cycle.modules)], 6)}"


def layers(value: Architecture) -> Iterator[str]:
    """Yield the levels of the architecture, and what breaks its rules."""
    proposed = any(each.proposed for each in value.layers)
    about = "From the top down: what is above may import what is below."
    if proposed:
        about += " Proposed from the imports; .vivek/architecture.toml would make them rules."
    yield from section("layers", "Layers and rules", about, _layers(value))


def _layers(value: Architecture) -> Iterator[str]:
    if value.layers:
        yield '<ol class="layers">'
        for layer in value.layers:
            yield f"<li><b>{text_of(layer.name)}</b> <span>{_size(layer)}</span><br>{_members(layer)}</li>"
        yield "</ol>"
    else:
        yield '<p class="none">No layers are known.</p>'
    columns = (Column("Rule"), Column("What is wrong", "prose"), Column("Imports, one after the other"))
    none = "No rule is broken, or none is written down."
    yield from table("Broken rules", columns, [_violation(each) for each in value.violations], none)


def _size(layer: Layer) -> str:
    return f"{len(layer.modules):,} module{'s' if len(layer.modules) != 1 else ''}"


def _members(layer: Layer) -> Raw:
    """Return the folders of a layer: the modules themselves would be too many to read."""
    folders = Counter(path.rpartition("/")[0] or "." for path in layer.modules)
    named = sorted(folders.items(), key=lambda pair: (-pair[1], pair[0]))
    return list_of([Raw(f"{code_of(folder)} ({number:,})") for folder, number in named], 8)


def _violation(violation: Violation) -> tuple[str, str, Raw]:
    steps = [Raw(f"{code_of(edge.source)} → {code_of(edge.target)}{_at(edge)}") for edge in violation.edges]
    return violation.rule, violation.told, list_of(steps, 8)


def _at(edge: Edge) -> str:
    return f" ({place_of(edge.places[0])})" if edge.places else ""
