"""How an architecture changed, as text, as Markdown for a pull request, and as an object."""

from collections.abc import Callable, Iterator, Sequence

from vivek.cli.render.architecture import edge_line
from vivek.cli.render.markup import plain
from vivek.cli.render.safe_text import one_line
from vivek.schema.drift import Changed, Drift, Moved, Revision
from vivek.schema.plain import as_plain

_FEW, _MOST = 10, 30
_INVOLVED = 15  # a new function is told of from this cognitive complexity on: others are no news
_LONGEST = 400
_HASH = 12
_WORSE, _BETTER, _DIM = "red", "green", "dim"

Part = tuple[str, str, Sequence[str]]
"""A heading, the style of its lines, and the lines."""


def drift_lines(drift: Drift) -> Iterator[tuple[str, str]]:
    """Yield how an architecture changed as styled lines: what is worse first."""
    yield "bold", _title(drift)
    for line in _figures(drift):
        yield "", f"  {line}"
    parts = _parts(drift)
    if not parts:
        yield "", "Nothing in the architecture changed."
    for heading, style, lines in parts:
        yield "", ""
        yield "bold", f"{heading}: {len(lines):,}"
        for line in lines[:_FEW]:
            yield style, f"  {line}"
        if len(lines) > _FEW:
            yield _DIM, f"  and {len(lines) - _FEW:,} more; `--format json` has all"
    for told in drift.told:
        yield _DIM, one_line(told, _LONGEST)


def drift_page(drift: Drift) -> Iterator[str]:
    """Yield how an architecture changed as the lines of a Markdown page."""
    yield "# Architecture drift"
    yield ""
    yield f"{plain(_title(drift))}."
    yield ""
    yield "| figure | before | after |"
    yield "|---|--:|--:|"
    for name, (before, after) in drift.figures.items():
        yield f"| {plain(name)} | {before:,} | {after:,} |"
    parts = _parts(drift)
    if not parts:
        yield ""
        yield "Nothing in the architecture changed."
    for heading, _, lines in parts:
        yield ""
        yield f"## {heading}: {len(lines):,}"
        yield ""
        yield from (f"- {plain(line, _LONGEST)}" for line in lines[:_MOST])
        if len(lines) > _MOST:
            yield f"- and {len(lines) - _MOST:,} more"
    if drift.told:
        yield ""
        yield from (f"> {plain(told, _LONGEST)}" for told in drift.told)


def drift_object(drift: Drift) -> dict[str, object]:
    """Return a drift as the object that `--format json` prints; the keys are a promise."""
    made = as_plain(drift)
    return made if isinstance(made, dict) else {}


def _title(drift: Drift) -> str:
    return f"{_named(drift.old)} to {_named(drift.new)}"


def _named(revision: Revision) -> str:
    short = revision.commit[:_HASH]
    return short if revision.commit.startswith(revision.name) else f"{one_line(revision.name)} ({short})"


def _figures(drift: Drift) -> Iterator[str]:
    for name, (before, after) in drift.figures.items():
        change = f" ({after - before:+,})" if after != before else ""
        yield f"{name}: {before:,} -> {after:,}{change}" if change else f"{name}: {after:,}"


def _parts(drift: Drift) -> list[Part]:
    """Return what there is to tell, what hurts before what helps before what only is."""
    grown = [f"{', '.join(each.joined)} joined: {', '.join(each.cycle.modules)}" for each in drift.cycles_grown]
    both = [each for each in drift.complexity if each.before is not None and each.after is not None]
    more = [each for each in both if (each.after or 0) > (each.before or 0)]
    less = [each for each in both if (each.after or 0) < (each.before or 0)]
    fresh = [each for each in drift.complexity if each.before is None and (each.after or 0) >= _INVOLVED]
    hotter = [each for each in drift.hotspots if (each.after or 0) > (each.before or 0)]
    cooler = [each for each in drift.hotspots if (each.after or 0) < (each.before or 0)]
    parts: list[tuple[str, str, Sequence[str]]] = [
        ("New cycles", _WORSE, [", ".join(each.modules) for each in drift.cycles_added]),
        ("Grown cycles", _WORSE, grown),
        ("Rules newly broken", _WORSE, [f"{each.rule}: {each.told}" for each in drift.violations_added]),
        ("Hotspots that got hotter", _WORSE, [_change(each, _share) for each in hotter]),
        ("Functions that became more involved", _WORSE, [_change(each, _whole) for each in more]),
        ("New functions that are involved", _WORSE, [_change(each, _whole) for each in fresh]),
        ("Cycles that are gone", _BETTER, [", ".join(each.modules) for each in drift.cycles_removed]),
        ("Rules kept again", _BETTER, [f"{each.rule}: {each.told}" for each in drift.violations_removed]),
        ("Hotspots that cooled down", _BETTER, [_change(each, _share) for each in cooler]),
        ("Functions that became simpler", _BETTER, [_change(each, _whole) for each in less]),
        ("New modules", "", drift.modules_added),
        ("Modules that are gone", "", drift.modules_removed),
        ("Renamed modules", "", [_move(each) for each in drift.renamed]),
        ("Modules in another layer", "", [f"{each.path}: {each.before} -> {each.after}" for each in drift.relayered]),
        ("Packages that begin to import each other", "", [edge_line(each) for each in drift.packages_added]),
        ("Packages that ceased to", "", [edge_line(each) for each in drift.packages_removed]),
        ("New imports", "", [edge_line(each) for each in drift.imports_added]),
        ("Imports that are gone", "", [edge_line(each) for each in drift.imports_removed]),
    ]
    return [(name, style, [one_line(line, _LONGEST) for line in lines]) for name, style, lines in parts if lines]


def _move(moved: Moved) -> str:
    return f"{moved.before} -> {moved.after}"


def _change(changed: Changed, write: Callable[[float], str]) -> str:
    where = f"{changed.path}::{changed.name}" if changed.name else changed.path
    before = "new" if changed.before is None else write(changed.before)
    after = "gone" if changed.after is None else write(changed.after)
    return f"{where}: {before} -> {after}"


def _share(score: float) -> str:
    return f"{score:.2f}"


def _whole(figure: float) -> str:
    return f"{figure:.0f}"
