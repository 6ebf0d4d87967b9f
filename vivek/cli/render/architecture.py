"""What every form of an architecture report shares: its sections, its limits, the form for machines."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Final

from vivek.cli.render.safe_text import one_line
from vivek.schema.architecture import Architecture, Cycle, Edge, Focus
from vivek.schema.measures import Known, Place
from vivek.schema.narrative import Narrative
from vivek.schema.past import Coupling
from vivek.schema.plain import as_plain

_NAMED = 3  # files that are named for a reason; of the others the number is said
_BARE: Final = frozenset({"__main__", "main", ""})
_BEGINNINGS: Final = frozenset({"__main__", "main", "app", "cli", "server", "manage"})
_ALWAYS: Final = ("extent", "limits")
_SECTIONS: Final[dict[Focus, tuple[str, ...]]] = {
    "structure": ("languages", "modules", "packages", "cycles", "layers", "violations", "known"),
    "dependencies": ("modules", "imports", "packages", "cycles", "violations"),
    "hotspots": ("hotspots", "history", "complexity"),
    "quality": ("cycles", "violations", "complexity", "duplicates", "antipatterns", "dead"),
    "tests": ("tests", "tooling"),
    "security": ("known", "tooling"),
}


def sections_of(focus: Focus) -> frozenset[str]:
    """Return the fields of an architecture that a report with this focus tells of."""
    if focus == "all":
        return frozenset(Architecture.__dataclass_fields__)
    return frozenset((*_SECTIONS[focus], *_ALWAYS))


def architecture_object(report: Architecture, focus: Focus, narrative: Narrative | None = None) -> dict[str, object]:
    """Return a report as the object that `--format json` prints; the keys are a promise.

    Args:
        report: What was measured.
        focus: What it tells of; what it does not is left out, since an empty list would say that there is none.
        narrative: What a model said of it, None where none was asked.
    """
    plain = as_plain(report)
    chosen = sections_of(focus)
    kept = {name: value for name, value in plain.items() if name in chosen} if isinstance(plain, dict) else {}
    return {"focus": focus, **kept, "narrative": as_plain(narrative)}


def limit_lines(report: Architecture) -> Iterator[str]:
    """Yield what the figures do not cover, a sentence each; there is always something to say."""
    limits = report.limits
    if limits.skipped:
        reasons = ", ".join(f"{number:,} {one_line(why)}" for why, number in sorted(limits.skipped.items()))
        yield f"{counted(sum(limits.skipped.values()), 'file was', 'files were')} not read: {reasons}."
    if limits.faults:
        named = some(f"{path} ({why})" for path, why in limits.faults)
        yield f"{counted(len(limits.faults), 'file was', 'files were')} read in part: {named}."
    if limits.unread:
        named = ", ".join(f"{one_line(name)} ({number:,})" for name, number in sorted(limits.unread.items()))
        yield f"Nobody here reads these languages: {named}."
    yield _followed(report)
    if report.history.left_out:
        named = ", ".join(f"{number:,} {one_line(why)}" for why, number in sorted(report.history.left_out.items()))
        every = counted(sum(report.history.left_out.values()), "commit of the history is", "commits of the history are")
        yield f"{every} not counted: {named}."
    yield from map(one_line, (*report.history.told, *limits.blind))


def counted(number: int, word: str, words: str = "") -> str:
    """Return a number with its word, `1 file` or `2 files`."""
    return f"{number:,} {word if number == 1 else words or f'{word}s'}"


def percent(share: float) -> str:
    """Return a share in percent; what is there is never said to be nothing, and most of it never to be all."""
    if 0 < share <= 0.005:
        return "under 1 %"
    return "over 99 %" if 0.995 <= share < 1 else f"{share * 100:.0f} %"


def place_of(place: Place) -> str:
    """Return `path:line`, the path alone for the file as a whole."""
    path = one_line(place.path)
    return f"{path}:{place.line}" if place.line else path


def some(names: Iterable[str], most: int = _NAMED) -> str:
    """Return some names and how many more there are."""
    every = list(names)
    more = f" and {len(every) - most:,} more" if len(every) > most else ""
    return ", ".join(map(one_line, every[:most])) + more


def entries(report: Architecture) -> list[Known]:
    """Return where the project begins: what is declared first, then files that are called as such, then the others."""

    def rank(each: Known) -> tuple[bool, bool, int, str]:
        return each.name in _BARE, not is_beginning(each), each.place.path.count("/"), each.place.path

    return sorted((each for each in report.known if each.kind == "entry point"), key=rank)


def is_beginning(known: Known) -> bool:
    """Tell whether an entry point is declared, or called like one; others are modules that can be run as well."""
    return known.name not in _BARE or known.place.path.rpartition("/")[2].partition(".")[0].lower() in _BEGINNINGS


def is_untested(report: Architecture) -> bool:
    """Tell whether no test was found at all; to name each module that none reaches says nothing then."""
    tests = report.tests
    found = tests.covered or tests.empty or any(each.role == "test" for each in report.modules)
    return bool(tests.untested) and not (found or report.extent.paths)


def entry_of(known: Known) -> str:
    """Return an entry point: its file, with the name that it is declared by."""
    return known.place.path if known.name in _BARE else f"{known.name} ({known.place.path})"


def way_of(cycle: Cycle) -> list[str]:
    """Return a shortest way round a cycle, from its first module back to it."""
    targets: dict[str, list[str]] = {}
    for edge in cycle.edges:
        targets.setdefault(edge.source, []).append(edge.target)
    start = cycle.modules[0]
    before: dict[str, str] = {}
    reached = [start]
    for name in reached:
        for target in sorted(targets.get(name, ())):
            if target == start:
                way = [start, name]
                while way[-1] != start:
                    way.append(before[way[-1]])
                return way[::-1]
            if target not in before:
                before[target] = name
                reached.append(target)
    return list(cycle.modules)


def edge_lines(edges: Sequence[Edge], most: int = _NAMED) -> str:
    """Return some imports, and how many more there are."""
    more = f" and {len(edges) - most:,} more" if len(edges) > most else ""
    return "; ".join(map(edge_line, edges[:most])) + more


def import_packages(report: Architecture) -> list[Edge]:
    """Return the imports between packages, most first; those of packages that hold no source come last."""
    sources = {each.package for each in report.modules if each.role == "source"}
    return sorted(
        report.packages, key=lambda edge: (edge.source not in sources, -edge.weight, edge.source, edge.target)
    )


def coupled(report: Architecture) -> Iterator[tuple[Coupling, str]]:
    """Yield the files that change together, with whether one imports the other: "" where one of them is no module."""
    imports = {(edge.source, edge.target) for edge in report.imports}
    for each in report.history.couplings:
        joined = (each.one, each.other) in imports or (each.other, each.one) in imports
        yield each, "no" if each.hidden else "yes" if joined else ""


def edge_line(edge: Edge) -> str:
    """Return an import with the first place where it is written."""
    where = f" ({place_of(edge.places[0])})" if edge.places else ""
    return f"{one_line(edge.source)} -> {one_line(edge.target)}{where}"


def weights_of(report: Architecture, among: Collection[str] = ("high", "medium", "low")) -> str:
    """Return how many debts there are of which weight: `2 high, 5 low`."""
    counts = Counter(each.weight for each in report.antipatterns)
    return ", ".join(f"{counts[name]:,} {name}" for name in ("high", "medium", "low") if name in among and counts[name])


def _followed(report: Architecture) -> str:
    every = sum(each.lines for each in report.languages)
    blind = [each for each in report.languages if not each.imports and each.lines]
    if not every:
        return "No code was found."
    share = 1 - sum(each.lines for each in blind) / every
    told = f"; not in {some(each.name for each in blind)}" if blind else ""
    return f"Imports are followed in {percent(share)} of the lines of code{told}."
