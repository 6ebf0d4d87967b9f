"""Facts about a made-up shop, true sentences about them in many wordings, and false ones made of those."""

import itertools
import random
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from vivek.schema.measures import Place
from vivek.schema.narrative import Fact

MODULES: Final = (
    "till/prices.py",
    "till/journal.py",
    "till/cli/app.py",
    "till/store/base.py",
    "till/store/disk.py",
    "web/server.ts",
    "web/routes/index.ts",
    "core/money.go",
)

TRUE: Final[dict[str, tuple[str, ...]]] = {
    "fan-in": (
        "`{s}` is imported by {n} modules [{id}].",
        "{n} modules depend on {s} [{id}].",
        "The module {s} has a fan-in of {n} [{id}].",
        "{s} is used by {n} other modules. [{id}]",
        "There are {n} modules that import {s} ({id}).",
        "{s} is imported by other modules [{id}].",
    ),
    "fan-out": (
        "{s} imports {n} modules [{id}].",
        "The file `{s}` depends on {n} other modules [{id}].",
        "{s} has a fan-out of {n} [{id}].",
        "{s} uses {n} modules of the project [{id}].",
    ),
    "import": (
        "{s} imports {o} [{id}].",
        "{o} is imported by {s} [{id}].",
        "`{s}` depends on `{o}` [{id}].",
        "There is an import from {s} to {o} [{id}].",
    ),
    "layer": ("The layer {s} is above {o} [{id}].", "{o} lies below {s} [{id}]."),
    "lines": (
        "{s} has {n} lines [{id}].",
        "{s} is {n} lines long [{id}].",
        "The module {s} holds {n} lines of code [{id}].",
    ),
    "complexity": (
        "`{s}` has a cognitive complexity of {n} [{id}].",
        "The function {s} has a complexity of {n} [{id}].",
    ),
    "changes": (
        "{s} changed in {n} commits [{id}].",
        "{s} was touched by {n} commits [{id}].",
        "There were {n} changes to {s} [{id}].",
    ),
    "coupling": ("{s} and {o} changed together in {n} commits [{id}].",),
    "share": ("{s} makes up {n} % of the lines [{id}].", "{n} percent of the code is written in {s} [{id}]."),
    "cycle": ("{s} is part of a cycle of {n} modules [{id}].", "{s} belongs to a cycle of imports [{id}]."),
    "untested": ("No test reaches {s} [{id}].", "{s} is untested [{id}].", "{s} is not covered by any test [{id}]."),
    "dead": ("Nothing seems to use {s} [{id}].", "{s} is unused [{id}].", "{s} is not imported by any module [{id}]."),
    "module-count": ("The repository has {n} modules [{id}].", "The project consists of {n} modules [{id}]."),
    "bus-factor": ("{n} people wrote half of the lines of {s} [{id}].",),
    "code": ("`{s}` {q} [{id}].", "The module {s} {q} [{id}]."),
}

DOCS: Final = {
    "till/prices.py": "rounds discounts up to whole cents",
    "till/journal.py": "applies a change set, all files or none",
    "web/server.ts": "answers requests of the counter",
    "core/money.go": "adds amounts of one currency",
}


class Planted(NamedTuple):
    """A sentence, the fact it was made of, and how."""

    text: str
    fact: Fact
    how: str


def shop() -> tuple[Fact, ...]:
    """Return all facts; every figure of a kind is another one."""
    found: list[Fact] = []

    def add(kind: str, told: str, *subjects: str, **more: object) -> None:
        found.append(Fact(f"M{len(found) + 1}", kind, told, subjects, **more))  # type: ignore[arg-type]  # fields of Fact

    for at, path in enumerate(MODULES):
        rank = at + 1 if at < 3 else 0
        add("fan-in", f"{path} is imported by {40 - 3 * at} modules", path, value=40.0 - 3 * at, rank=rank)
        add("fan-out", f"{path} imports {3 + 2 * at} modules", path, value=3.0 + 2 * at)
        add("lines", f"{path} has {1900 - 111 * at:,} lines of code", path, value=1900.0 - 111 * at, rank=rank)
        add("changes", f"{path} changed in {90 - 7 * at} commits", path, value=90.0 - 7 * at, rank=rank)
        add("import", f"{path} imports {_next(at)}", path, others=(_next(at),))
        add("coupling", f"{path} and {_next(at)}", path, others=(_next(at),), value=21.0 + at)
        name = f"{path}::work_{'abcdefgh'[at]}"
        add("complexity", f"{name} has a cognitive complexity of {61 + at}", name, value=61.0 + at)
        add("bus-factor", f"{2 + at} people wrote half of {path}", path, value=2.0 + at)
    add("cycle", "a cycle of 3 modules", *MODULES[:3], value=3.0)
    add("untested", f"no test reaches {MODULES[3]}", MODULES[3])
    add("dead", f"nothing seems to use {MODULES[4]}", MODULES[4])
    add("layer", "layer screens is above layer records", "screens", others=("records",))
    add("share", "python makes up 71.4 % of the lines", "python", value=71.4, rank=1)
    add("share", "go makes up 9.1 % of the lines", "go", value=9.1)
    add("module-count", "the repository has 120 modules", value=120.0)
    for line, (path, doc) in enumerate(DOCS.items(), 1):
        place = Place(path, line)
        found.append(Fact(f"{path}:{line}", "code", f"{doc[0].upper()}{doc[1:]}.", (path,), place=place))
    return tuple(found)


def true_sentences() -> Iterator[Planted]:
    """Yield every wording of every fact, rankings and comparisons among them."""
    facts = shop()
    for fact in facts:
        for wording in TRUE[fact.kind]:
            yield Planted(filled(wording, fact), fact, "wording")
        if fact.rank == 1 and fact.kind == "lines":
            yield Planted(f"{fact.subjects[0]} has the most lines [{fact.id}].", fact, "ranking")
        if fact.rank == 2 and fact.kind == "fan-in":
            yield Planted(f"{fact.subjects[0]} is the second most imported by others [{fact.id}].", fact, "hard")
    for one, two in _pairs(facts):
        yield Planted(_compared(one, two, "more"), one, "comparison")
        yield Planted(_compared(two, one, "fewer"), two, "comparison")


def false_sentences(count: int) -> list[Planted]:
    """Return so many false sentences of all sorts, always the same ones."""
    chance = random.Random(7)
    sources = [each for each in true_sentences() if each.how == "wording"]
    found: list[Planted] = []
    seen: set[str] = set()
    while len(found) < count:
        how, spoil = chance.choice(list(SPOILS.items()))
        made = spoil(chance.choice(sources), chance)
        if made and made not in seen:
            seen.add(made)
            found.append(Planted(made, sources[0].fact, how))
    return found


def filled(wording: str, fact: Fact, **other: str) -> str:
    """Return a wording with what a fact says."""
    values = {
        "id": fact.id,
        "s": fact.subjects[0].rpartition("::")[2] if fact.subjects else "",
        "o": fact.others[0] if fact.others else "",
        "n": f"{fact.value:,g}" if fact.value is not None else "",
        "q": DOCS.get(fact.subjects[0], "") if fact.subjects else "",
    }
    return wording.format(**{**values, **other})


def _next(at: int) -> str:
    return MODULES[(at + 1) % len(MODULES)]


def _pairs(facts: tuple[Fact, ...]) -> Iterator[tuple[Fact, Fact]]:
    lines = [fact for fact in facts if fact.kind == "lines"]
    yield from itertools.pairwise(lines)


def _compared(one: Fact, two: Fact, word: str) -> str:
    return f"{one.subjects[0]} has {word} lines than {two.subjects[0]} [{one.id}, {two.id}]."


def _wording(fact: Fact, chance: random.Random, *, of: str = "") -> str:
    return chance.choice([each for each in TRUE[fact.kind] if of in each] or [""])


def _wrong_number(each: Planted, chance: random.Random) -> str:
    wording, value = _wording(each.fact, chance, of="{n}"), each.fact.value
    if not wording or value is None:
        return ""
    wrong = chance.choice([value + 1, value * 2, value * 10, value - 1, value + 0.5, value + 100])
    return filled(wording, each.fact, n=f"{wrong:,g}")


def _wrong_name(each: Planted, chance: random.Random) -> str:
    wording = _wording(each.fact, chance, of="{s}")
    others = [path for path in MODULES if path not in (*each.fact.subjects, *each.fact.others)]
    return filled(wording, each.fact, s=chance.choice(others)) if wording else ""


def _invented(each: Planted, chance: random.Random) -> str:
    wording = _wording(each.fact, chance, of="{s}")
    return (
        filled(wording, each.fact, s=chance.choice(["till/ghost.py", "`ghost`", "Ghost", "web/ghost.ts"]))
        if wording
        else ""
    )


def _swapped(each: Planted, chance: random.Random) -> str:
    fact = each.fact
    if fact.kind in ("import", "layer"):
        return filled(_wording(fact, chance), fact, s=fact.others[0], o=fact.subjects[0])
    if fact.kind in ("fan-in", "fan-out"):
        turned = "fan-out" if fact.kind == "fan-in" else "fan-in"
        return filled(chance.choice(TRUE[turned]), fact)
    if fact.kind in ("untested", "dead"):
        return filled(chance.choice(["{s} imports nothing [{id}].", "{s} reaches no test [{id}]."]), fact)
    return ""


def _wrong_citation(each: Planted, chance: random.Random) -> str:
    other = chance.choice([fact for fact in shop() if fact.id != each.fact.id])
    return each.text.replace(f"{each.fact.id}]", f"{other.id}]") if f"{each.fact.id}]" in each.text else ""


def _unknown_citation(each: Planted, chance: random.Random) -> str:
    return each.text.replace(each.fact.id, chance.choice(["M999", "till/prices.py:400", "till/ghost.py:1"]))


def _uncited(each: Planted, chance: random.Random) -> str:
    return each.text.replace(f" [{each.fact.id}]", "").replace(f" ({each.fact.id})", "")


def _negated(each: Planted, chance: random.Random) -> str:
    for verb in ("is ", "has ", "imports ", "changed ", "makes "):
        if f" {verb}" in each.text and "not" not in each.text:
            word = {"is ": "is not ", "has ": "has never "}.get(verb, f"never {verb}")
            return each.text.replace(f" {verb}", f" {word}", 1)
    return ""


def _compared_falsely(each: Planted, chance: random.Random) -> str:
    one, two = chance.choice(list(_pairs(shop())))
    ranked = chance.choice([fact for fact in shop() if fact.kind in ("lines", "changes") and fact.rank != 1])
    unit = "lines" if ranked.kind == "lines" else "commits"
    subject = ranked.subjects[0]
    return chance.choice(
        [
            _compared(two, one, "more"),
            _compared(one, two, "fewer"),
            f"{subject} has the most {unit} [{ranked.id}].",
            f"{subject} has the fewest {unit} [{ranked.id}].",
            f"Only {subject} has {ranked.value:g} {unit} [{ranked.id}].",
        ]
    )


def _embroidered(each: Planted, chance: random.Random) -> str:
    more = chance.choice(
        [", which loses money", " and leaks memory", ", as all modules do", " of the database", " in C"]
    )
    at = each.text.rfind(" [")
    return each.text[:at] + more + each.text[at:] if at > 0 else ""


def _other_unit(each: Planted, chance: random.Random) -> str:
    unit = {"fan-in": "packages", "changes": "modules", "lines": "files", "coupling": "modules", "fan-out": "lines"}
    new = unit.get(each.fact.kind)
    known = {"fan-in": "modules", "changes": "commits", "lines": "lines", "coupling": "commits", "fan-out": "modules"}
    old = known.get(each.fact.kind, "?")
    return (
        each.text.replace(old, new) if new and "{" not in each.text and f" {old}" in each.text and _counts(each) else ""
    )


def _counts(each: Planted) -> bool:
    return each.fact.value is not None and f"{each.fact.value:,g} " in each.text


SPOILS: Final[dict[str, Callable[[Planted, random.Random], str]]] = {
    "wrong number": _wrong_number,
    "wrong name": _wrong_name,
    "invented file": _invented,
    "swapped direction": _swapped,
    "wrong citation": _wrong_citation,
    "unknown citation": _unknown_citation,
    "missing citation": _uncited,
    "negation": _negated,
    "false comparison": _compared_falsely,
    "embroidered": _embroidered,
    "other unit": _other_unit,
}
