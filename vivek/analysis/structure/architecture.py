"""What a repository's facts come to: graph, cycles, layers, debts, tests, limits, in one value. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from vivek.analysis.structure.antipatterns import Structure, debts
from vivek.analysis.structure.contracts import idle_rules, layers_of, violations_of
from vivek.analysis.structure.dead import dead_code
from vivek.analysis.structure.duplication import duplicates
from vivek.analysis.structure.layering import propose
from vivek.analysis.structure.modules import cycles_of, edges_of, graph_of, is_module, modules_of, packages_of
from vivek.analysis.structure.reach import reach_of
from vivek.schema.architecture import Architecture, LanguageShare, Limits
from vivek.schema.measures import UNNAMED, FunctionMeasures, Known
from vivek.schema.repository import RepositoryFacts, SourceFile

_CODE = frozenset({"source", "test"})
_FOLLOWED = frozenset(
    {
        *("c", "cpp", "cython", "go", "java", "javascript", "kotlin", "lua", "objc", "php", "python", "ruby", "rust"),
        *("shell", "typescript"),
    }
)

_DOCUMENTING = frozenset({"doc", "docs", "documentation"})  # folders whose addresses are links for readers

_BLIND = (
    (("csharp",), "C#: namespaces are not followed, so its modules have no imports here."),
    (("c", "cpp", "objc"), "C and C++: search paths of build files are not read; an `#include` is found by its path."),
    (("go", "java", "kotlin"), "Go, Java, Kotlin: what a package uses of itself without an import is no edge."),
    (("rust",), "Rust: what macros make, and paths that are written without `use`, are not seen."),
)


def describe(facts: RepositoryFacts) -> Architecture:
    """Return how a repository is built, from all that was measured of it; equal facts give equal values."""
    edges = edges_of(facts.files)
    graph = graph_of(edges)
    modules = modules_of(facts.files, graph)
    paths = [module.path for module in modules]
    cycles = cycles_of(edges)
    complexity = complexity_of(facts.files)
    sources = [module.path for module in modules if module.role == "source"]
    layers = layers_of(facts.contract, paths) or propose(sources, graph)
    tests = reach_of(facts.files)
    dead = dead_code(facts)
    structure = Structure(modules, edges, cycles, layers, tests, dead)
    return Architecture(
        languages=languages_of(facts.files),
        modules=modules,
        imports=edges,
        packages=packages_of(edges, paths),
        cycles=cycles,
        layers=layers,
        violations=violations_of(facts.contract, modules, edges, cycles, complexity),
        complexity=complexity,
        hotspots=facts.hotspots,
        history=facts.history,
        duplicates=duplicates({file.path: file.measures.prints for file in facts.files if is_written(file)}),
        antipatterns=debts(facts, structure),
        tests=tests,
        known=known_of(facts.files),
        tooling=facts.tooling,
        dead=tuple(dead),
        limits=limits_of(facts, paths),
    )


def is_written(file: SourceFile) -> bool:
    """Tell whether somebody writes this file for what it does: no test, nothing generated or brought along."""
    return file.role == "source" and is_module(file)


def languages_of(files: Sequence[SourceFile]) -> tuple[LanguageShare, ...]:
    """Return the languages that code is written in, the one with the most lines first."""
    lines: dict[str, int] = {}
    counts: dict[str, int] = {}
    for file in files:
        language = file.measures.language
        if file.role in _CODE and (file.code or file.role == "source") and language is not None:
            lines[language] = lines.get(language, 0) + file.measures.code
            counts[language] = counts.get(language, 0) + 1
    whole = sum(lines.values()) or 1
    return tuple(
        LanguageShare(name, counts[name], code, round(code / whole, 4), name in _FOLLOWED)
        for name, code in sorted(lines.items(), key=lambda item: (-item[1], item[0]))
    )


def complexity_of(files: Sequence[SourceFile]) -> tuple[FunctionMeasures, ...]:
    """Return the functions of sources and tests, the most involved first."""
    found = [function for file in files if file.role in _CODE for function in file.measures.functions]
    return tuple(sorted(found, key=lambda one: (-one.cognitive, -one.cyclomatic, one.path, one.line, one.name)))


def known_of(files: Sequence[SourceFile]) -> tuple[Known, ...]:
    """Return entry points, settings, stores and services, sorted.

    What only tests use, what is a module here and the addresses in a documentation's configuration are none.
    """
    found = set()
    for file in files:
        if file.role in {"source", "settings", "data"}:
            own = {link.line for link in file.links if link.targets and link.kind == "import"}
            documents = not _DOCUMENTING.isdisjoint(file.path.lower().split("/")[:-1])
            found |= {
                known
                for known in file.measures.known
                if known.kind == "entry point"
                or (
                    known.kind != UNNAMED
                    and known.place.line not in own
                    and not (documents and known.kind == "service")
                )
            }
    return tuple(sorted(found, key=lambda one: (one.kind, one.name, one.place.path, one.place.line)))


def limits_of(facts: RepositoryFacts, paths: Collection[str]) -> Limits:
    """Return what the figures do not cover, with what nobody can read off the languages of this repository."""
    languages = {file.measures.language for file in facts.files if is_written(file)}
    told = [sentence for spoken, sentence in _BLIND if not languages.isdisjoint(spoken)]
    if facts.loaders:
        first = facts.loaders[0]
        told.append(
            f"Imports by names that are made while running are not followed ({len(facts.loaders):,}, such as"
            f" {first.path}:{first.line}); what lies near them is never called dead."
        )
    unnamed = sorted(
        (known.place.path, known.place.line)
        for file in facts.files
        if file.role == "source"
        for known in file.measures.known
        if known.kind == UNNAMED
    )
    if unnamed:
        told.append(
            f"Variables of the environment whose names are made while running are not named ({len(unnamed):,}, such as"
            f" {unnamed[0][0]}:{unnamed[0][1]})."
        )
    return replace(facts.limits, blind=(*facts.limits.blind, *told, *idle_rules(facts.contract, paths)))
