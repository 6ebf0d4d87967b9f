"""What was measured, as facts with ids that a model is shown and may cite; the same measures give the same facts."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from vivek.schema.architecture import Architecture, Module, Sentence
from vivek.schema.index import Definition
from vivek.schema.measures import Place
from vivek.schema.narrative import Fact

Outline = Callable[[str], Sequence[Definition]]
"""Returns what a file defines, with the first line of what documents it; a file's own line is named by its path."""

GROUPS: Final = 24
"""Groups that are told of at most."""

_SENTENCE: Final = re.compile(r"(?<=[.!?])\s")

INVOLVED: Final = 5
"""Cognitive complexity from which a function is told of."""

_MODULES, _DEFINITIONS, _FUNCTIONS = 12, 4, 6  # of a group; definitions of a module
LISTED: Final = 8
"""Facts of one kind at most."""


@dataclass(frozen=True, slots=True)
class Group:
    """Modules that are told of together: a package, or several beneath one folder."""

    name: str
    modules: tuple[Module, ...]


@dataclass(slots=True)
class Facts:
    """Facts with ids in the order in which they were added."""

    found: list[Fact] = field(default_factory=list)

    def add(self, kind: str, told: str, *subjects: str, **more: object) -> None:
        """Add a fact; `more` are its other fields."""
        number = 1 + sum(":" not in each.id for each in self.found)
        self.found.append(Fact(f"M{number}", kind, told, subjects, **more))  # type: ignore[arg-type]  # fields of Fact

    def quote(self, definition: Definition) -> None:
        """Add a line of code with what it says of itself; it is cited by its place."""
        path, line = definition.path, definition.line
        subjects = (path, f"{path}::{definition.name}") if definition.name != path else (path,)
        head = f"{definition.kind} {definition.name}: " if definition.name != path else ""
        said = _SENTENCE.split(definition.doc, maxsplit=1)[0]
        self.found.append(Fact(f"{path}:{line}", "code", f"{head}{said}", subjects, place=Place(path, line)))


def groups_of(architecture: Architecture) -> tuple[tuple[Group, ...], int]:
    """Return the groups to tell of, sorted by name, and how many small ones are left out.

    Packages deep down are told of together with what lies beside them, as deep as there is room for.
    """
    modules = [module for module in architecture.modules if module.role != "test"] or list(architecture.modules)
    deepest = max((len(_folder(module)) for module in modules), default=0)
    grouped: dict[str, list[Module]] = {}
    for depth in range(deepest, -1, -1):
        grouped = {}
        for module in modules:
            grouped.setdefault("/".join(_folder(module)[:depth]) or ".", []).append(module)
        if len(grouped) <= GROUPS:
            break
    groups = [Group(name, tuple(sorted(inside, key=_weight))) for name, inside in grouped.items()]
    groups.sort(key=lambda group: (-sum(module.lines for module in group.modules), group.name))
    return tuple(sorted(groups[:GROUPS], key=lambda group: group.name)), max(0, len(groups) - GROUPS)


def group_facts(group: Group, architecture: Architecture, outline: Outline) -> tuple[Fact, ...]:
    """Return what is known of a group, what matters most first; nothing in it hangs on what happens elsewhere."""
    facts = Facts()
    inside = {module.path for module in group.modules}
    shown = group.modules[:_MODULES]
    for module in shown:
        for definition in list(outline(module.path))[:_DEFINITIONS]:
            facts.quote(definition)
    for module in shown:
        _degree(facts, module)
    for cycle in architecture.cycles:
        if inside & set(cycle.modules):
            add_cycle(facts, cycle.modules)
    functions = [each for each in architecture.complexity if each.path in inside and each.cognitive >= INVOLVED]
    for each in functions[:_FUNCTIONS]:
        told = f"`{each.name}` in {each.path} has a cognitive complexity of {each.cognitive}"
        place = Place(each.path, each.line)
        facts.add("complexity", told, f"{each.path}::{each.name}", value=float(each.cognitive), place=place)
    _state(facts, architecture, inside)
    return tuple(facts.found)


def renumbered(facts: Iterable[Fact], begin: int) -> tuple[tuple[Fact, ...], Mapping[str, str]]:
    """Return facts with ids from `begin` on, and the new id of each old one; places stay what they are."""
    changed: list[Fact] = []
    ids: dict[str, str] = {}
    for fact in facts:
        ids[fact.id] = fact.id if ":" in fact.id else f"M{begin}"
        begin += ":" not in fact.id
        changed.append(replace(fact, id=ids[fact.id]))
    return tuple(changed), ids


def cited_anew(sentence: Sentence, ids: Mapping[str, str]) -> Sentence:
    """Return a sentence that cites by new ids; one that has none stays."""
    return Sentence(sentence.text, tuple(dict.fromkeys(ids.get(cite, cite) for cite in sentence.cites)))


def _degree(facts: Facts, module: Module) -> None:
    path = module.path
    facts.add("lines", f"{path} has {module.lines:,} lines of code", path, value=float(module.lines))
    if module.fan_in:
        many = counted(module.fan_in, "module")
        facts.add("fan-in", f"{path} is imported by {many}", path, value=float(module.fan_in))
    if module.fan_out:
        many = counted(module.fan_out, "module")
        facts.add("fan-out", f"{path} imports {many}", path, value=float(module.fan_out))


def add_cycle(facts: Facts, modules: Sequence[str]) -> None:
    """Add modules that import each other."""
    listed = ", ".join(modules[:LISTED])
    more = f" and {len(modules) - LISTED} more" if len(modules) > LISTED else ""
    told = f"{listed}{more} import each other in a cycle of {len(modules)} modules"
    facts.add("cycle", told, *modules, value=float(len(modules)))


def _state(facts: Facts, architecture: Architecture, inside: set[str]) -> None:
    """Add what is dead, untested or written twice."""
    for name in [each for each in architecture.dead if each.partition("::")[0] in inside][:LISTED]:
        path, _, symbol = name.partition("::")
        facts.add("dead", f"nothing seems to use {f'`{symbol}` in {path}' if symbol else path}", name)
    for path in [each for each in architecture.tests.untested if each in inside][:LISTED]:
        facts.add("untested", f"no test reaches {path}", path)
    for spot in [each for each in architecture.hotspots if each.path in inside and not each.name][:LISTED]:
        told = f"{spot.path} changed in {counted(spot.changes, 'commit')}"
        facts.add("changes", told, spot.path, value=float(spot.changes))


def counted(number: int, unit: str) -> str:
    """Return a number with what it counts."""
    return f"{number:,} {unit}" if number == 1 else f"{number:,} {unit}s"


def _folder(module: Module) -> list[str]:
    return module.path.split("/")[:-1]


def _weight(module: Module) -> tuple[int, str]:
    return -(module.lines + 20 * module.fan_in), module.path
