"""Which files a project has, and which of them a text names; opens none of them."""

import os
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from pathlib import Path

from vivek.project.file_list import FileList
from vivek.workspace.ignore import IgnoreFiles

LIMIT = 200_000
_ENTRIES = 1_000_000
_END = 50_000  # characters
_PRUNED = frozenset({"node_modules", "__pycache__"})
# Control characters, and bytes that are no text: such a name can be put into no message.
_UNUSABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")

# What a name is made of. Scripts that are written without blanks part names as blanks do.
_UNSPACED = "\u3000-\u30ff\u3400-\u9fff\uac00-\ud7af\uff00-\uffef"
_RUN = re.compile(rf"(?:(?![{_UNSPACED}])[\w./\\@+~#$%&=\[\]{{}}-])+")
_QUOTED = re.compile(r"`([^`\n]{1,300})`|\"([^\"\n]{1,300})\"|(?<!\w)'([^'\n]{1,300})'(?!\w)")
_LINE_MARK = re.compile(r"(?:#L?\d+(?:-L?\d+)?|(?::\d+){1,2})$")
_BEFORE, _AFTER = r"(?<![\w./\\-])", r"(?![\w/\\-]|\.\w)"


def load_files(
    root: Path, *, tracked: Callable[[Path], list[str] | None], ignored: Sequence[str] = (), limit: int = LIMIT
) -> FileList:
    """Return the files of a project, at most `limit`.

    Without git the folders are walked, from the top down: hidden ones, virtual environments, `node_modules` and what
    a `.gitignore` names are passed by, and links to folders are not followed. Either way a `.vivekignore`, of git's
    syntax and in any folder, leaves out more.

    Args:
        root: Its root.
        tracked: Returns what git knows of a folder, ignored files left out, or None where there is no repository.
        ignored: Lines that leave out more, as if they stood in the `.vivekignore` at the root.
        limit: Files to take at most.
    """
    found = tracked(root)
    hidden = IgnoreFiles(root, more=ignored)
    if found is None:
        return _walked(root, limit, (hidden, IgnoreFiles(root, ".gitignore")))
    names = hidden.kept(sorted(dict.fromkeys(found)))
    usable = _usable(names)
    return FileList(tuple(usable[:limit]), cut=len(usable) > limit, unusable=len(names) - len(usable))


def named_files(text: str, files: Sequence[str]) -> tuple[str, ...]:
    """Return the files that a text names, in its order: by path, by the end of a path, or by a name they alone have.

    A name counts between blanks, quotes, brackets and punctuation, never within a longer word. A name without a dot
    that could be an ordinary word (`run`, `test`) counts in quotes only.
    """
    return tuple(dict.fromkeys(paths[0] for _, paths in _names(tuple(files)).read(text) if len(paths) == 1))


def ambiguous(text: str, files: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
    """Return the names in a text that several files share, each with those files.

    A name is left out when the text also names one of its files beyond doubt.
    """
    found = _names(tuple(files)).read(text)
    certain = {paths[0] for _, paths in found if len(paths) == 1}
    return {name: paths for name, paths in found if len(paths) > 1 and certain.isdisjoint(paths)}


def _walked(root: Path, limit: int, ignored: Sequence[IgnoreFiles]) -> FileList:
    paths: list[str] = []
    seen = unusable = 0
    for files, entries, names in _walk(root, ignored):
        paths += files
        seen += entries
        unusable += names
        if len(paths) > limit or seen > _ENTRIES:
            return FileList(tuple(sorted(paths[:limit])), cut=True, unusable=unusable)
    return FileList(tuple(sorted(paths)), unusable=unusable)


def _walk(root: Path, ignored: Sequence[IgnoreFiles]) -> Iterator[tuple[list[str], int, int]]:
    """Yield the files of each folder of a tree, upper levels first, how many entries it has, and unusable names."""
    level = [""]
    while level:
        below: list[str] = []
        for folder in level:
            entries = _entries(root, folder)
            if folder and any(entry.name == "pyvenv.cfg" for entry in entries):
                continue
            files: list[str] = []
            folders: list[str] = []
            for entry in entries:
                if not entry.is_dir(follow_symlinks=False):
                    if _is_file(entry):
                        files.append(folder + entry.name)
                elif not entry.name.startswith(".") and entry.name not in _PRUNED:
                    folders.append(folder + entry.name)
            for rules in ignored:
                files = rules.kept(files)
                folders = [path for path in folders if not rules.matches(path, folder=True)]
            named = len(files) + len(folders)
            files, folders = _usable(files), _usable(folders)
            below += [f"{path}/" for path in folders]
            yield files, len(entries), named - len(files) - len(folders)
        level = below


def _entries(root: Path, folder: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(root / folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError:  # gone meanwhile, or not ours to read
        return []


def _usable(paths: list[str]) -> list[str]:
    """Return the paths that can be put into a message."""
    if "".join(paths).isprintable():  # at once, and more than is asked for
        return paths
    return [path for path in paths if _UNUSABLE.search(path) is None]


def _is_file(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_file()
    except OSError:  # a link in a circle
        return False


class _Names:
    """The files of a project by all the names a text may use."""

    def __init__(self, files: Sequence[str]) -> None:
        self._paths = frozenset(files)
        self._spaced = [path for path in files if " " in path]
        self._by_name: dict[str, list[str]] = defaultdict(list)
        for path in files:
            self._by_name[path[path.rfind("/") + 1 :]].append(path)

    @cached_property
    def _by_folded(self) -> dict[str, list[str]]:
        folded: dict[str, list[str]] = defaultdict(list)
        for name, paths in self._by_name.items():
            folded[name.casefold()] += paths
        return folded

    def read(self, text: str) -> list[tuple[str, tuple[str, ...]]]:
        """Return each name in a text with the files it may stand for, in the order of the text.

        Of what was pasted by the megabyte only the two ends are looked at: nobody waits for the names in the middle.
        """
        if len(text) > 2 * _END:
            text = f"{text[:_END]}\n{text[-_END:]}"
        found: list[tuple[int, str, tuple[str, ...]]] = []
        rest = text
        for start, end, name, paths in [*self._quoted(text), *self._spaced_out(text)]:
            found.append((start, name, paths))
            rest = rest[:start] + " " * (end - start) + rest[end:]
        for match in _RUN.finditer(rest):
            paths = self._meant(match[0], quoted=False)
            if paths:
                found.append((match.start(), match[0], paths))
        return [(name, paths) for _, name, paths in sorted(found)]

    def _quoted(self, text: str) -> Iterator[tuple[int, int, str, tuple[str, ...]]]:
        for match in _QUOTED.finditer(text):
            name = (match[1] or match[2] or match[3]).strip()
            paths = self._meant(name, quoted=True)
            if paths:
                yield match.start(), match.end(), name, paths

    def _spaced_out(self, text: str) -> Iterator[tuple[int, int, str, tuple[str, ...]]]:
        """Yield the mentions of files with a blank in their name, for which the others' rule is no use."""
        for path in self._spaced:
            if path in text:
                for match in re.finditer(_BEFORE + re.escape(path) + _AFTER, text):
                    yield match.start(), match.end(), path, (path,)

    def _meant(self, said: str, *, quoted: bool) -> tuple[str, ...]:
        for name in _readings(said):
            paths = self._look_up(name, quoted=quoted)
            if paths:
                return paths
        return ()

    def _look_up(self, name: str, *, quoted: bool) -> tuple[str, ...]:
        if name in self._paths and ("/" in name or quoted or not _could_be_a_word(name)):
            return (name,)
        last = name.rpartition("/")[2]
        if not last or (last == name and not quoted and _could_be_a_word(name)):
            return ()
        exact = [path for path in self._by_name.get(last, ()) if last == name or path.endswith("/" + name)]
        if exact:
            return tuple(exact)
        folded = "/" + name.casefold()
        alike = self._by_folded.get(last.casefold(), ())
        return tuple(sorted(path for path in alike if ("/" + path.casefold()).endswith(folded)))


@lru_cache(maxsize=1)
def _names(files: tuple[str, ...]) -> _Names:
    """Return the names of files; a turn asks for those of the same files several times."""
    return _Names(files)


def _readings(said: str) -> Iterator[str]:
    """Yield what a run of characters may be meant as, from all of it down to its core."""
    name = said.replace("\\", "/")
    yield name
    name = _LINE_MARK.sub("", name.rstrip("./"))
    name = name.rpartition("=")[2]
    yield name
    yield name.strip("[]{}")
    while name.startswith(("./", "../", "@", "~/", "/")):
        name = name.partition("/")[2] if not name.startswith("@") else name[1:]
    yield name


def _could_be_a_word(name: str) -> bool:
    return "." not in name and name == name.lower()
