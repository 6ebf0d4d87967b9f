"""Answers questions about known names out of an index: where, who uses it, who imports it, what is in it.

What the index does not know for certain is no answer: then the model is asked.
"""

from collections.abc import Sequence
from dataclasses import replace

from vivek.project.index.base import Lookup
from vivek.project.questions import Candidate
from vivek.schema.answers import AnswerLine, IndexAnswer
from vivek.schema.index import Definition, Imported

SHOWN = 30
"""Places of an answer that are shown; the others are counted."""

_CANDIDATES = 200
_USED_IN = 1_000
_MANY = 12
_TOO_MANY, _MERE_VALUE = 0.6, 0.8
_VALUES = frozenset({"constant", "variable", "field", "property"})


def look_up(asked: Candidate, lookup: Lookup) -> IndexAnswer | None:
    """Return what an index says to a question, None where it does not know the name.

    Args:
        asked: The question.
        lookup: The index.
    """
    match asked.kind:
        case "where":
            return _where(asked, lookup)
        case "callers":
            return _callers(asked, lookup)
        case "importers":
            return _importers(asked, lookup)
        case "contents":
            return _contents(asked, lookup)
        case "impact" | "tour":  # what hangs on what is known to `session.answering`
            return None


def _where(asked: Candidate, lookup: Lookup) -> IndexAnswer | None:
    if not asked.plain and (paths := files_named(asked.name, lookup)):
        if len(paths) == 1:
            return _contents(asked, lookup)
        return _answer(asked, asked.name, [AnswerLine(path, 0) for path in paths])
    found = definitions_of(asked.name, lookup)
    return _answer(doubting(asked, found), found[0].name, [_place(each) for each in found]) if found else None


def _callers(asked: Candidate, lookup: Lookup) -> IndexAnswer | None:
    found = definitions_of(asked.name, lookup)
    if not found:
        return None
    last = found[0].last
    lines: list[AnswerLine] = []
    total = 0
    for path, numbers in lookup.references(last, limit=_USED_IN).items():
        total += len(numbers)
        if len(lines) < SHOWN:
            around = lookup.definitions_in(path)
            lines += [AnswerLine(path, number, within(number, around)) for number in numbers]
    notes = []
    if others := lookup.defined([last]).get(last, 0) - len(found):
        notes.append(f"{others + len(found)} definitions are named `{last}`; the index does not tell their uses apart.")
    notes += [] if total else [f"No file of the project uses `{last}`."]
    subject = found[0].name if len(found) == 1 else last
    return replace(_answer(doubting(asked, found), subject, lines, *notes), total=total)


def _importers(asked: Candidate, lookup: Lookup) -> IndexAnswer | None:
    files = files_named(asked.name, lookup) or _modules(asked.name, lookup)
    edges = lookup.edges()
    if len(files) == 1:
        paths = lookup.importers().get(files[0], ())
        stem = files[0].rpartition("/")[2].partition(".")[0]
        lines = [AnswerLine(path, _import_line(lookup.imports_of(path), stem)) for path in paths]
        notes = () if lines else (f"No file of the project imports {files[0]}.",)
        return _answer(asked, files[0], lines, *notes)
    if files:
        return None
    found = definitions_of(asked.name, lookup)
    homes = {each.path for each in found}
    name = found[0].last if found else asked.name
    lines = []
    for path in lookup.references(name, limit=_USED_IN):
        for imported in lookup.imports_of(path):
            by_name = bool(homes) and name in imported.names and not homes.isdisjoint(edges.get(path, {}))
            whole = not homes and (imported.module == name or imported.module.startswith(f"{name}."))
            if by_name or whole:
                lines.append(AnswerLine(path, imported.line))
    if not lines:
        return None
    return _answer(doubting(asked, found), found[0].name if found else name, lines)


def _contents(asked: Candidate, lookup: Lookup) -> IndexAnswer | None:
    paths = () if asked.plain else files_named(asked.name, lookup)
    if len(paths) == 1:
        inside = lookup.definitions_in(paths[0])
        named = [each for each in inside if each.kind != "heading"] or list(inside)
        lines = [_place(each) for each in named if each.name.count(".") < 2]
        notes = () if lines else (f"{paths[0]} defines nothing that the index knows.",)
        return _answer(asked, paths[0], lines, *notes)
    found = () if paths else definitions_of(asked.name, lookup)
    if len(found) != 1:
        return None
    owner = found[0]
    inside = lookup.definitions_in(owner.path)
    lines = [_place(each) for each in inside if each.name.startswith(f"{owner.name}.")]
    return _answer(doubting(asked, found), owner.name, [_place(owner), *lines]) if lines else None


def _answer(asked: Candidate, subject: str, lines: Sequence[AnswerLine], *notes: str) -> IndexAnswer:
    return IndexAnswer(asked.kind, subject, round(asked.sure, 2), tuple(lines[:SHOWN]), len(lines), notes)


def doubting(asked: Candidate, found: Sequence[Definition]) -> Candidate:
    """Return the question as sure as it is now that one knows what has this name."""
    sure = asked.sure
    if len(found) > _MANY:
        sure *= _TOO_MANY
    if asked.plain and found and all(each.kind in _VALUES for each in found):
        sure *= _MERE_VALUE
    return replace(asked, sure=sure)


def definitions_of(name: str, lookup: Lookup) -> tuple[Definition, ...]:
    """Return the definitions of exactly this name: the whole of it, else its end; `FILE::NAME` means that file."""
    path, within, last = name.rpartition("::")
    if within and (paths := files_named(path, lookup)):
        inside = (each for file in paths for each in lookup.definitions_in(file))
        return tuple(each for each in inside if f".{each.name}".endswith(f".{last}"))
    dotted = name.replace("::", ".").replace("#", ".")
    found = [each for each in lookup.definitions(dotted, limit=_CANDIDATES) if each.kind != "heading"]
    whole = tuple(each for each in found if each.name == dotted)
    if whole and "." in dotted:
        return whole
    return (*whole, *(each for each in found if each.name.endswith(f".{dotted}")))


def files_named(name: str, lookup: Lookup) -> tuple[str, ...]:
    """Return the indexed files that a path, or the end of one, names."""
    if "." not in name.rpartition("/")[2] and "/" not in name:
        return ()
    paths = lookup.paths()
    return (name,) if name in paths else tuple(path for path in paths if path.endswith(f"/{name}"))


def _modules(name: str, lookup: Lookup) -> tuple[str, ...]:
    """Return the files that a name means as a module, such as `till/prices.py` for `till.prices`."""
    wanted = f"/{name.replace('::', '/').replace('.', '/')}"
    known = ((path, f"/{path.rpartition('.')[0]}") for path in lookup.paths())
    return tuple(path for path, stem in known if stem.removesuffix("/__init__").endswith(wanted))


def within(line: int, around: Sequence[Definition]) -> str:
    """Return what a line lies in: the innermost definition around it."""
    holding = [each for each in around if each.line <= line <= each.end_line and each.kind != "heading"]
    return f"in {max(holding, key=lambda each: each.line).name}" if holding else ""


def _import_line(imports: Sequence[Imported], stem: str) -> int:
    """Return the line that imports a module of this name; 0 where it is not written so."""
    for imported in imports:
        if stem in imported.names or stem in imported.module.replace("/", ".").split("."):
            return imported.line
    return 0


def _place(found: Definition) -> AnswerLine:
    said = found.signature or f"{found.kind} {found.name}"
    return AnswerLine(found.path, found.line, f"{found.name} · {said}" if "." in found.name else said)
