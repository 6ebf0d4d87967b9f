"""Reads the front matter of a page: settings between two lines `---` at its top, in the simplest forms of YAML.

Known are `name: value`, lists (`[a, b]`, or one `- item` a line) and one level of indented names. Nothing is executed,
nothing refers to anything else.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from vivek.config.formats import Entry
from vivek.errors import ConfigError

_MARK = "---"
_ENDS = (_MARK, "...")
_LONGEST = 100  # lines; what is longer is no front matter
_ENTRY = re.compile(r"[\w.-]+[ \t]*:(?:[ \t].*)?$")
_LINE = re.compile(r"(?P<blank> *)(?P<key>[\w.-]+)[ \t]*:(?:[ \t]+(?P<value>.*))?$")
_ITEM = re.compile(r" *-(?:[ \t]+(?P<value>.*))?$")
_COMMENT = re.compile(r"(?:^|[ \t])#.*$")
_QUOTED = re.compile(r"""(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)')[ \t]*(?:[ \t]#.*)?$""")
_PART = re.compile(r"""\s*(?:"([^"]*)"|'([^']*)'|([^,"'\[\]]+?))\s*(?:,|$)""")
_REFUSED = ("{", "|", ">")


@dataclass(frozen=True, slots=True)
class Page:
    """A page of text, taken apart.

    Attributes:
        matter: The lines of its front matter, without the marks; the first of them is line 2.
        body: The text below; all of the text where there is no front matter, or none that can be read.
        fault: What is wrong with it, such as `line 3: ...`, "" for nothing.
    """

    matter: tuple[str, ...]
    body: str
    fault: str = ""


@dataclass(slots=True)
class _Values:
    """The values read so far, and the name whose list or table is being read."""

    path: Path
    found: dict[str, Entry] = field(default_factory=dict)
    open: str = ""

    def put(self, key: str, entry: Entry, line: int) -> None:
        if key in self.found:
            raise _fault(self.path, line, entry.column, f"`{key}` is set a second time")
        self.found[key] = entry


def split_page(text: str) -> Page:
    """Return a page with its front matter apart from the text below it."""
    lines = text.split("\n")
    if lines[0].rstrip() != _MARK:
        return Page((), text)
    inside = lines[1 : _LONGEST + 1]
    ends = [at for at, line in enumerate(inside, 1) if line.rstrip() in _ENDS]
    if not ends:
        # A rule at the top of a page is no front matter, unless something is set below it.
        opened = bool(inside and _ENTRY.match(inside[0]))
        return Page((), text, "line 1: front matter begins here and does not end with `---`" if opened else "")
    matter = inside[: ends[0] - 1]
    for number, line in enumerate(matter, 2):
        bare = line.strip()
        if not bare or bare.startswith("#") or (line[0] == " " and number > 2) or line.startswith("- "):
            continue
        if line.startswith("\t"):
            return Page((), text, f"line {number}: front matter is indented by blanks, not by a tab")
        if not _ENTRY.match(line.rstrip("\r")):
            return Page((), text, f"line {number}: front matter holds lines like `name: value` only")
    return Page(tuple(matter), "\n".join(lines[ends[0] + 1 :]))


def parse_front_matter(text: str, path: Path) -> dict[str, Entry]:
    """Return the values of a page's front matter by name, those of a table as `table.name`.

    A plain value is text that whoever knows its type reads; one in quotes is a text. An empty one says nothing.

    Args:
        text: The page.
        path: Its file, named in messages.

    Raises:
        ConfigError: If it cannot be read; the message names file, line and column.
    """
    page = split_page(text)
    if page.fault:
        where, _, reason = page.fault.partition(": ")
        raise ConfigError(f"{path}, {where}, column 1: {reason}.", hint="Correct the file.")
    values = _Values(path)
    for number, line in enumerate(page.matter, 2):
        if line.strip() and not line.lstrip().startswith("#"):
            _read_line(values, line.rstrip(), number)
    return {key: entry for key, entry in values.found.items() if entry.value != ""}


def _read_line(values: _Values, line: str, number: int) -> None:
    item = _ITEM.match(line)
    if item is not None:
        _add_item(values, item["value"] or "", number, line)
        return
    found = _LINE.match(line)
    if found is None:
        raise _fault(values.path, number, len(line) - len(line.lstrip()) + 1, "a line here is like `name: value`")
    column = found.start("key") + 1
    key, said = found["key"], (found["value"] or "").strip()
    if found["blank"]:
        if not values.open:
            raise _fault(values.path, number, column, "this line is indented, and nothing above it is a table")
        key = f"{values.open}.{key}"
    elif not _without_comment(said):
        values.open = key
        return
    else:
        values.open = ""
    value, untyped = _value(values.path, said, number, found.start("value") + 1 if said else column)
    values.put(key, Entry(value, f"{values.path}:{number}", column, untyped), number)


def _add_item(values: _Values, said: str, number: int, line: str) -> None:
    column = line.index("-") + 1
    if not values.open:
        raise _fault(values.path, number, column, "this is an item of a list, and no list begins above it")
    value, _ = _value(values.path, said.strip(), number, column)
    before = values.found.get(values.open)
    held = before.value if before is not None else []
    if not isinstance(held, list) or isinstance(value, list):
        raise _fault(values.path, number, column, f"`{values.open}` is no plain list")
    place, begun = (before.place, before.column) if before else (f"{values.path}:{number}", column)
    values.found[values.open] = Entry([*held, value], place, begun)


def _value(path: Path, said: str, number: int, column: int) -> tuple[object, bool]:
    """Return a value, and whether it is text that still has to be read as its type."""
    quoted = _QUOTED.match(said)
    if quoted is not None:
        return quoted["double"] if quoted["double"] is not None else quoted["single"], False
    plain = _without_comment(said)
    if plain.startswith("["):
        if not plain.endswith("]"):
            raise _fault(path, number, column, "a list begins here and does not end with `]` on the same line")
        return list(_parts(path, plain[1:-1], number, column)), False
    if plain.startswith(_REFUSED) or plain[:1] in ("'", '"'):
        raise _fault(path, number, column, f"`{plain[0]}` begins nothing that is known here; put quotes around it")
    return plain, True


def _parts(path: Path, inside: str, number: int, column: int) -> Iterator[str]:
    at = 0
    while at < len(inside.rstrip()):
        part = _PART.match(inside, at)
        if part is None:
            raise _fault(path, number, column + 1 + at, "an item of a list is plain text, or text in quotes")
        yield next(group for group in part.groups() if group is not None)
        at = part.end()


def _without_comment(said: str) -> str:
    return _COMMENT.sub("", said).strip()


def _fault(path: Path, line: int, column: int, reason: str) -> ConfigError:
    return ConfigError(f"{path}, line {line}, column {column}: {reason}.", hint="Correct the file.")
