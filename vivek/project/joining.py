"""Joins what was read of single files into what is known of a repository: who reaches whom, and what nobody names."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from vivek.project.corpus import Corpus
from vivek.project.idle import MOST, loading_places, may_be_loaded, unnamed_definitions, unnamed_files
from vivek.project.index.reading import is_code
from vivek.project.index.sources import Resolve
from vivek.project.roles import role_of
from vivek.project.spoken import Spoken, narrowed, uses_of, wanted
from vivek.schema.architecture import Limits
from vivek.schema.index import Definition, Imported
from vivek.schema.measures import FileMeasures
from vivek.schema.repository import Link, RepositoryFacts, SourceFile

_MANY = f"There is so much that nothing imports that only the first {MOST:,} were looked at for dead code."
_SCRIPTS = frozenset({"javascript", "typescript"})


@dataclass(frozen=True, slots=True)
class Gathered:
    """What was read of single files, from an index or from texts.

    Attributes:
        measures: Of all files, sorted by path.
        imports: As the files write them.
        spoken: Names of files whose language needs no import to use what others define.
        unused: Definitions at the top of sources that no file refers to.
        loaders: Files that name something by which Python imports with made names.
    """

    measures: Mapping[str, FileMeasures]
    imports: Mapping[str, Collection[Imported]]
    spoken: Mapping[str, Spoken]
    unused: Collection[Definition]
    loaders: Collection[str]


def joined(known: Gathered, resolve: Resolve, corpus: Corpus, limits: Limits) -> RepositoryFacts:
    """Return what is known of a repository.

    Args:
        known: What was read of its files.
        resolve: Finds the files that an import reaches.
        corpus: Its texts.
        limits: What was not read.
    """
    used = uses_of(known.spoken)
    files = []
    for path, measured in known.measures.items():
        links = [_link(path, one, known.spoken, resolve) for one in known.imports.get(path, ())]
        own = {target for link in links for target in link.targets}
        links += [link for link in used.get(path, ()) if own.isdisjoint(link.targets)]
        code = measured.read != "" and is_code(measured.language)
        files.append(SourceFile(path, role_of(path), code, measured, tuple(links)))
    languages = {file.path: file.measures.language or "" for file in files if file.code and file.role != "vendored"}
    may_load = [path for path, language in languages.items() if language in _SCRIPTS or path in known.loaders]
    loaders = loading_places(corpus, [(path, languages[path]) for path in may_load])
    named = wanted(known.spoken)
    unreached = [path for path in _unreached(files) if path not in named]
    loaded = {path for path in unreached if may_be_loaded(corpus, path, loaders)}
    unused = [one for one in known.unused if one.path in languages and one.path not in loaded]
    blind = [_MANY] if max(len(unused), len(unreached)) > MOST else []
    faults = tuple((path, one.fault) for path, one in known.measures.items() if one.fault)
    return RepositoryFacts(
        files=tuple(files),
        unused=unnamed_definitions(corpus, unused),
        unnamed=unnamed_files(corpus, [path for path in unreached if path not in loaded]),
        loaders=loaders,
        limits=replace(limits, faults=(*limits.faults, *faults), blind=(*limits.blind, *blind)),
    )


def _link(path: str, imported: Imported, spoken: Mapping[str, Spoken], resolve: Resolve) -> Link:
    targets = tuple(sorted(resolve(path, imported)))
    # `mod prices;` of Rust is kept as an import of `self::prices` that takes nothing from it.
    part = path.endswith(".rs") and imported.module.startswith("self::") and not imported.names
    link = Link(imported.module, imported.line, max(1, len(imported.names)), targets, "part" if part else "import")
    return narrowed(link, spoken[path], spoken) if len(targets) > 1 and path in spoken else link


def _unreached(files: Sequence[SourceFile]) -> list[str]:
    """Return the sources that no other file imports or uses, but for those where a program begins."""
    reached = {target for file in files for link in file.links for target in link.targets}
    return [
        file.path
        for file in files
        if file.code and file.role == "source" and file.path not in reached
        if not any(known.kind == "entry point" for known in file.measures.known)
    ]
