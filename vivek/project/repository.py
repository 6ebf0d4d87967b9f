"""Gathers what is known of a repository before anything is concluded: from its index, or from any set of texts."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace

from vivek.project.corpus import IndexCorpus, TextCorpus
from vivek.project.idle import LOADERS
from vivek.project.index.index import Index
from vivek.project.index.reading import is_code
from vivek.project.index.rows import parse_imports
from vivek.project.index.sources import resolver_of
from vivek.project.joining import Gathered, joined
from vivek.project.measured import Measured
from vivek.project.roles import role_of
from vivek.project.spoken import WITHOUT_IMPORTS, Spoken
from vivek.project.tooling.commands import Read
from vivek.project.tooling.finding import detect_tooling
from vivek.schema.architecture import Limits
from vivek.schema.index import Definition, FileFacts
from vivek.schema.measures import FileMeasures, Place, Tooling
from vivek.schema.repository import RepositoryFacts
from vivek.syntax.facts import facts_of, tree_of
from vivek.syntax.measures import measures_of

_IMPORTS = (
    "SELECT path, imports FROM files JOIN contents ON contents.id = content WHERE skipped = '' AND imports <> '[]'"
)
_LANGUAGES = ", ".join(f"'{name}'" for name in sorted(WITHOUT_IMPORTS))
_DEFINED = f"""
    SELECT path, language, names.name, instr(definitions.name, '.') > 0
    FROM files JOIN contents ON contents.id = content
    JOIN definitions USING (content) JOIN names ON names.id = last
    WHERE skipped = '' AND language IN ({_LANGUAGES}) ORDER BY path, position
"""
_USED = f"""
    SELECT path, language, names.name, uses.lines FROM files JOIN contents ON contents.id = content
    JOIN uses USING (content) JOIN names ON names.id = uses.name
    WHERE skipped = '' AND language IN ({_LANGUAGES}) AND uses.name IN (SELECT last FROM definitions) ORDER BY path
"""
_UNUSED = """
    SELECT definitions.name, kind, path, line, end_line, signature, doc
    FROM definitions JOIN files USING (content)
    WHERE skipped = '' AND aside = 0 AND instr(definitions.name, '.') = 0 AND kind <> 'heading'
    AND NOT EXISTS (SELECT 1 FROM uses JOIN files AS users USING (content)
                    WHERE uses.name = definitions.last AND users.skipped = '')
    ORDER BY path, position
"""


def load_facts(measured: Measured, files: Collection[str]) -> RepositoryFacts:
    """Return what the index of a repository knows, as it was when it was last brought up to date.

    Args:
        measured: The index and its measures.
        files: All files of the repository.

    Raises:
        IndexingError: If the database cannot be read.
    """
    index = measured.index

    def read(path: str) -> bytes | None:
        found = index.read(path)
        return None if found is None else found.text.encode("utf-8", "replace")

    store = index.store
    known = Gathered(
        measures=measured.measures(),
        imports={path: parse_imports(kept) for path, kept in store.rows(_IMPORTS)},
        spoken=_spoken(index),
        unused=[Definition(*row) for row in store.rows(_UNUSED)],
        loaders={path for name in LOADERS for path in index.references(name)},
    )
    status = index.status()
    partly = () if status.complete else ("The index does not hold all files yet, and nothing is told of the others.",)
    limits = Limits(skipped=dict(status.skipped), unread=dict(status.unread), blind=partly)
    return joined(known, resolver_of(files, read), IndexCorpus(index), limits)


def read_source(path: str, text: str) -> tuple[FileMeasures, FileFacts]:
    """Return what a text measures, and what it says."""
    tree = tree_of(path, text)
    return measures_of(path, text, tree), facts_of(path, text, tree)


def facts_of_texts(
    texts: Mapping[str, str],
    limits: Limits | None = None,
    read: Callable[[str, str], tuple[FileMeasures, FileFacts]] = read_source,
) -> RepositoryFacts:
    """Return what some texts say, without an index: those of another revision, say.

    Args:
        texts: From paths to texts; every line ends with a line feed.
        limits: What of the repository is not among them.
        read: Reads a text by its path; it may know what it read before.
    """
    limits = limits or Limits()
    measures: dict[str, FileMeasures] = {}
    facts: dict[str, FileFacts] = {}
    for path in sorted(texts):
        measures[path], facts[path] = read(path, texts[path])
    used = {name for said in facts.values() for name in said.references}
    known = Gathered(
        measures=measures,
        imports={path: said.imports for path, said in facts.items()},
        spoken={
            path: Spoken(
                said.language,
                [one.name for one in said.definitions if "." not in one.name],
                [one.last for one in said.definitions if "." in one.name],
                {name: lines[0] if lines else 0 for name, lines in said.references.items()},
            )
            for path, said in facts.items()
            if said.language in WITHOUT_IMPORTS
        },
        unused=[
            one
            for path, said in facts.items()
            if role_of(path) == "source"
            for one in said.definitions
            if "." not in one.name and one.kind != "heading" and one.name not in used
        ],
        loaders={path for path, said in facts.items() if not LOADERS.isdisjoint(said.references)},
    )
    unread: dict[str, int] = dict(limits.unread)
    for one in measures.values():
        if not one.read and one.language is not None and is_code(one.language):
            unread[one.language] = unread.get(one.language, 0) + 1
    resolve = resolver_of(texts.keys(), lambda path: texts[path].encode() if path in texts else None)
    return joined(known, resolve, TextCorpus(texts), replace(limits, unread=unread))


def load_tooling(files: Collection[str], read: Read) -> tuple[Tooling, ...]:
    """Return the commands that files of the project name; nothing is run.

    Args:
        files: The files of the project.
        read: Returns the bytes of one, None when there is none.
    """
    found = detect_tooling(files, read).commands
    return tuple(Tooling(one.kind, " ".join(one.argv), Place(one.source)) for one in found)


def _spoken(index: Index) -> dict[str, Spoken]:
    """Return the names of files whose language needs no import to use what others define."""
    languages: dict[str, str] = {}
    defined: dict[str, tuple[list[str], list[str]]] = {}
    used: dict[str, dict[str, int]] = {}
    for path, language, name, member in index.store.rows(_DEFINED):
        languages[path] = language
        defined.setdefault(path, ([], []))[member].append(name)
    for path, language, name, lines in index.store.rows(_USED) if defined else ():
        languages[path] = language
        used.setdefault(path, {})[name] = int(lines.partition(" ")[0])
    found = {}
    for path, language in sorted(languages.items()):
        own, members = defined.get(path, ((), ()))
        found[path] = Spoken(language, own, members, used.get(path, {}))
    return found
