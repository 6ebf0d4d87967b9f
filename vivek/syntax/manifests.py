"""The programs that a project's own description names: `pyproject.toml`, `setup.cfg`, `package.json`, `Cargo.toml`."""

import json
import re
from collections.abc import Callable, Iterator

from vivek.schema.measures import Known, Place

_SCRIPTS = frozenset({"[project.scripts]", "[project.gui-scripts]", "[tool.poetry.scripts]"})
_HEAD = re.compile(r"\[\[?[^\[\]]*\]\]?\s*(?:#.*)?")
_ENTRY = re.compile(r"(?:\"([^\"]+)\"|([\w.-]+))\s*=\s*(?:[\"']([^\"'\n]*)[\"'])?")


def is_manifest(path: str) -> bool:
    """Tell whether a file may name programs, by its name."""
    return path.rpartition("/")[2] in _READERS


def entries_in(path: str, text: str) -> tuple[Known, ...]:
    """Return the programs that a description names, none where it cannot be read; they are sorted."""
    read = _READERS.get(path.rpartition("/")[2])
    if read is None:
        return ()
    try:
        names = sorted(set(read(text)))
    except (ValueError, RecursionError):
        return ()
    return tuple(Known("entry point", name, Place(path, _line(text, name))) for name in names)


def _pyproject(text: str) -> Iterator[str]:
    for table, key, _ in _toml(text):
        if table in _SCRIPTS:
            yield key


def _setup(text: str) -> Iterator[str]:
    """Read what stands below `console_scripts =`, deeper than that line."""
    deep = -1
    for line in text.split("\n"):
        indent = len(line) - len(line.lstrip())
        if line.strip().partition("=")[0].strip() in ("console_scripts", "gui_scripts"):
            deep = indent
        elif line.strip() and indent <= deep:
            deep = -1
        elif deep >= 0 and "=" in line:
            yield line.partition("=")[0].strip()


def _package(text: str) -> Iterator[str]:
    told = json.loads(text)
    if not isinstance(told, dict):
        return
    programs = told.get("bin")
    if isinstance(programs, str) and isinstance(told.get("name"), str):
        yield told["name"].rpartition("/")[2]
    elif isinstance(programs, dict):
        yield from programs
    if isinstance(told.get("main"), str):
        yield told["main"]


def _cargo(text: str) -> Iterator[str]:
    for table, key, value in _toml(text):
        if table == "[[bin]]" and key == "name":
            yield value


def _toml(text: str) -> Iterator[tuple[str, str, str]]:
    """Yield what single lines of a TOML file say: the head of their table, the key, and a value that is a string."""
    table = ""
    for line in text.split("\n"):
        said = line.strip()
        if _HEAD.fullmatch(said):
            table = said.partition("#")[0].replace(" ", "")
        elif found := _ENTRY.match(said):
            yield table, found[1] or found[2], found[3] or ""


def _line(text: str, name: str) -> int:
    """Return the first line that names a program, behind the part of the file that tells its own name where it can."""
    for key in ("scripts", '"bin"', "[[bin]]", '"main"', ""):
        begin = text.find(key)
        at = text.find(name, begin) if begin >= 0 else -1
        if at >= 0:
            return text.count("\n", 0, at) + 1
    return 0


_READERS: dict[str, Callable[[str], Iterator[str]]] = {
    "Cargo.toml": _cargo,
    "package.json": _package,
    "pyproject.toml": _pyproject,
    "setup.cfg": _setup,
}
