"""What a model is shown of a repository: facts that hold, with ids that stay, and no ranking that is not one."""

from collections.abc import Sequence
from dataclasses import replace

from vivek.analysis.citations.checking import Evidence, check
from vivek.analysis.citations.evidence import GROUPS, groups_of
from vivek.analysis.citations.evidence_whole import gather
from vivek.schema.architecture import (
    Antipattern,
    Architecture,
    Cycle,
    Edge,
    Extent,
    LanguageShare,
    Layer,
    Module,
    Violation,
)
from vivek.schema.index import Definition
from vivek.schema.measures import Duplicate, FunctionMeasures, Hotspot, Known, Place, Reach, Tooling
from vivek.schema.narrative import Fact
from vivek.schema.past import Coupling, FileHistory, History


def module(path: str, fan_in: int = 0, fan_out: int = 0, lines: int = 10) -> Module:
    return Module(path, path.rpartition("/")[0], lines, fan_in, fan_out, None, 0, "source")


CUT = Edge("till/b.py", "till/a.py", 1, (Place("till/b.py", 3),))
SHOP = Architecture(
    languages=(LanguageShare("python", 4, 300, 0.9, True), LanguageShare("go", 1, 30, 0.1, True)),
    modules=(
        module("core/money.go", lines=30),
        module("till/a.py", 7, 2, 90),
        module("till/b.py", 3, 9, 120),
        module("web/c.py", 3, 1, 60),
    ),
    packages=(Edge("web", "till", 5),),
    cycles=(Cycle(("till/a.py", "till/b.py"), (CUT,), (CUT,)),),
    layers=(Layer("web", ("web/c.py",)), Layer("till", ("till/a.py",))),
    violations=(Violation("no web", "till must not know web", (Edge("till/a.py", "web/c.py", 1),)),),
    complexity=(
        FunctionMeasures("Till.total", "till/a.py", 12, 40, 9, 31, 4, 28, 2),
        FunctionMeasures("add", "core/money.go", 3, 5, 1, 0, 0, 2, 2),
    ),
    hotspots=(Hotspot("till/a.py", "", 0, 1.0, 12, 31),),
    history=History(
        30,
        files=(
            FileHistory("till/a.py", 12, 1, 1, 0, 0, (("Ann", 9),), 1),
            FileHistory("web/c.py", 20, 1, 1, 0, 0, (("Ann", 9),), 1),
        ),
        couplings=(Coupling("till/a.py", "web/c.py", 8, 0.8, True),),
    ),
    duplicates=(Duplicate((("till/a.py", 1, 9), ("web/c.py", 4, 12)), 88),),
    antipatterns=(Antipattern("god-object", "Till knows too much", (Place("till/a.py", 1),), "high", "large", 1),),
    tests=Reach(untested=("core/money.go",)),
    known=(Known("data store", "SQLite", Place("till/a.py", 2)), Known("data store", "SQLite", Place("web/c.py", 9))),
    tooling=(Tooling("test", "python -m pytest", Place("pyproject.toml")),),
    dead=("core/money.go", "till/b.py::left"),
)


def outline(path: str) -> Sequence[Definition]:
    return [Definition(path, "file", path, 1, 1, doc="Counts what was sold. And more.")] if path == "till/a.py" else []


def whole() -> dict[str, list[Fact]]:
    by_kind: dict[str, list[Fact]] = {}
    for fact in gather(SHOP, outline).whole:
        by_kind.setdefault(fact.kind, []).append(fact)
    return by_kind


def test_every_fact_holds_when_it_is_repeated_word_for_word() -> None:
    known = gather(SHOP, outline)

    for name, facts in (*known.parts, ("", known.whole)):
        said = "\n\n".join(
            f"{f'{fact.subjects[0]}: ' if fact.kind == 'code' else ''}{fact.told.rstrip('.')} [{fact.id}]."
            for fact in facts
        )
        kept = check(said, Evidence(facts))
        assert (len(kept.sentences), kept.removed) == (len(facts), {}), name
        assert len({fact.id for fact in facts}) == len(facts)


def test_all_sorts_of_measures_are_told_of() -> None:
    assert whole().keys() >= {
        *("share", "language-files", "module-count", "package-count", "layer", "import", "cycles", "cycle", "cut"),
        *("fan-in", "fan-out", "lines", "complexity", "changes", "coupling", "hidden-coupling", "bus-factor"),
        *("untested-count", "duplicate", "violation", "debt", "data store", "tool"),
    }
    parts = dict(gather(SHOP, outline).parts)
    assert {fact.kind for fact in parts["till"]} >= {"code", "lines", "fan-in", "complexity", "cycle", "dead"}
    assert [fact.told for fact in parts["till"] if fact.kind == "code"] == ["Counts what was sold."]
    assert [fact.kind for fact in parts["core"]] == ["lines", "dead", "untested"]


def test_a_rank_is_given_where_nobody_shares_it_and_by_all_of_the_history() -> None:
    facts = whole()

    assert [(fact.subjects[0], fact.rank) for fact in facts["fan-in"]] == [
        ("till/a.py", 1),
        ("till/b.py", 0),
        ("web/c.py", 0),
    ]
    assert facts["fan-in"][0].told == "till/a.py is imported by 7 modules, the most"
    # Another file changed more often, although it is no hot spot.
    assert [(fact.subjects[0], fact.rank) for fact in facts["changes"]] == [("till/a.py", 2)]
    assert [fact.told for fact in facts["data store"]] == ["the data store `SQLite` is named in till/a.py"]


def test_of_a_part_of_a_repository_nothing_is_said_that_sounds_like_all_of_it() -> None:
    narrowed = gather(replace(SHOP, extent=Extent("till", paths=("till/a.py",)), cycles=()), outline).whole

    assert not [fact for fact in narrowed if fact.rank and fact.kind != "debt"]
    assert not {fact.kind for fact in narrowed} & {"module-count", "share", "cycles", "no-cycles", "untested-count"}


def test_facts_of_a_part_hang_on_nothing_that_happens_elsewhere() -> None:
    grown = replace(SHOP, modules=(*SHOP.modules, module("zoo/z.py", 50, 3, 900)))

    before, after = gather(SHOP, outline), gather(grown, outline)
    assert dict(before.parts)["till"] == dict(after.parts)["till"]
    assert before.key != after.key
    assert gather(SHOP, outline).key == before.key


def test_folders_are_joined_until_there_are_few_enough_and_small_ones_are_counted() -> None:
    deep = tuple(module(f"src/p{number}/inner/deep/m.py", lines=number) for number in range(GROUPS + 6))
    groups, left_out = groups_of(Architecture(modules=deep))
    assert ([group.name for group in groups], left_out) == (["src"], 0)

    flat = tuple(module(f"p{number:02}/m.py", lines=number) for number in range(GROUPS + 6))
    groups, left_out = groups_of(Architecture(modules=flat))
    assert [group.name for group in groups][:2] == ["."]

    assert gather(Architecture(), outline).parts == ()
