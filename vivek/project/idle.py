"""Looks for what no text of a repository names: definitions and whole files; whoever is in doubt is named."""

import re
from collections.abc import Collection, Iterable, Iterator
from itertools import islice

from vivek.project.corpus import WORD, Corpus
from vivek.schema.index import Definition
from vivek.schema.measures import Place

MOST = 2_000
"""Definitions and files that are looked for; of a repository with more of them the rest counts as named."""

LOADERS = frozenset(
    {
        *("import_module", "__import__", "iter_modules", "walk_packages", "spec_from_file_location", "run_module"),
        *("run_path", "import_string", "load_module", "entry_points", "autodiscover", "autodiscover_modules"),
    }
)
"""Names that a file of Python uses which imports by made names; the others need not be read for it."""

_LOADS = {
    "python": re.compile(rf"\b(?:{'|'.join(sorted(LOADERS))})\s*\("),
    "javascript": re.compile(r"\b(?:import|require)\s*\(\s*[A-Za-z_$`(]|\bimport\.meta\.glob|\brequire\.context"),
}
_SPEAKING = frozenset({"__init__", "index", "mod"})
_QUOTES = "\"'`"
_ENDS = (":", '"', "'", "/", " ", "\n")
_MARKED = re.compile(r"\s*(?:@|#\[|\[[A-Z])")


def unnamed_definitions(corpus: Corpus, candidates: Iterable[Definition]) -> tuple[Definition, ...]:
    """Return the definitions whose name stands in the repository once: where it is defined.

    One with a decorator, an annotation or an attribute is handed to whoever wrote that, so it counts as named.
    """
    found = []
    for one in list(candidates)[:MOST]:
        holders = corpus.holding(WORD.findall(one.name.lower()))
        own = corpus.text(one.path)
        if holders is None or _is_marked(own, one.line) or len(list(islice(_places(own, one.name), 2))) != 1:
            continue
        if not any(_stands(corpus.text(path), one.name) for path in holders if path != one.path):
            found.append(one)
    return tuple(found)


def unnamed_files(corpus: Corpus, candidates: Iterable[str]) -> frozenset[str]:
    """Return the files, of those that no import reaches, that no other text names by path or dotted name."""
    return frozenset(path for path in list(candidates)[:MOST] if not _is_named(corpus, path))


def may_be_loaded(corpus: Corpus, path: str, loaders: Collection[Place]) -> bool:
    """Tell whether a file lies with one that imports by made names, or in a folder that such a one names.

    Args:
        corpus: The texts.
        path: A file that no import reaches.
        loaders: Places that import by names made while running.
    """
    return any(_may_load(corpus, loader, path) for loader in {place.path for place in loaders})


def loading_places(corpus: Corpus, paths: Iterable[tuple[str, str]]) -> tuple[Place, ...]:
    """Return where files import by names that are made while running.

    Args:
        corpus: The texts.
        paths: Files that may, with their languages.
    """
    found = []
    for path, language in paths:
        loads = _LOADS.get("javascript" if language == "typescript" else language)
        if loads is not None:
            text = corpus.text(path)
            found += [Place(path, text.count("\n", 0, match.start()) + 1) for match in loads.finditer(text)]
    return tuple(sorted(found, key=lambda place: (place.path, place.line)))


def _is_marked(text: str, line: int) -> bool:
    lines = text.split("\n", line + 1)
    around = lines[max(0, line - 2) : line]
    return any(_MARKED.match(one) for one in around)


def _is_named(corpus: Corpus, path: str) -> bool:
    holders = corpus.holding(WORD.findall(path.rpartition("/")[2].partition(".")[0].lower()))
    return holders is None or any(_names(corpus.text(one), path) for one in holders if one != path)


def _names(text: str, path: str) -> bool:
    """Tell whether a text names a file: with its suffix, in quotes, with its folder, or with what is in it."""
    folder, _, name = path.rpartition("/")
    stem, above = name.partition(".")[0], folder.rpartition("/")[2]
    for at in _places(text, stem):
        end = at + len(stem)
        if text.startswith(name, at) and not _goes_on(text, at + len(name)):
            return True
        if text.startswith(":", end) and _goes_on(text, end + 1):
            return True
        if at and text[at - 1] in _QUOTES and text.startswith(text[at - 1], end):
            return True
        before = text[max(0, at - len(above) - 2) : at]
        if above and before.rstrip("./\\:").endswith(above) and before.endswith((".", "/", "\\", "::")):
            return True
    return (
        stem in _SPEAKING
        and above != ""
        and any(text.startswith(_ENDS, at + len(above)) for at in _places(text, above))
    )


def _places(text: str, word: str) -> Iterator[int]:
    """Yield where a word stands that is no part of a longer one."""
    at = text.find(word)
    while at >= 0:
        if not (at and _goes_on(text, at - 1)) and not _goes_on(text, at + len(word)):
            yield at
        at = text.find(word, at + 1)


def _stands(text: str, word: str) -> bool:
    return next(_places(text, word), None) is not None


def _goes_on(text: str, at: int) -> bool:
    return at < len(text) and (text[at].isalnum() or text[at] in "_$")


def _may_load(corpus: Corpus, loader: str, path: str) -> bool:
    """Tell whether a file that imports by made names may mean another one: it lies with it, or its folder is named."""
    folder = path.rpartition("/")[0]
    if folder == loader.rpartition("/")[0]:
        return True
    last = folder.rpartition("/")[2]
    return last != "" and _stands(corpus.text(loader), last)
