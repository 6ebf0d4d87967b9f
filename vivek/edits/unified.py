"""Reads patches as git and diff write them, strictly: what does not fit its own counts is refused by line. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from vivek.edits.diff import unified
from vivek.edits.patch_names import bare_name, header_names, unquoted
from vivek.errors import ConfigError
from vivek.schema.changes import ChangedFile, DiffLine, FileKind, Hunk, Sign

_RANGE = re.compile(r"@@ -(\d{1,9})(?:,(\d{1,9}))? \+(\d{1,9})(?:,(\d{1,9}))? @@")
_SIGNS: dict[str, Sign] = {" ": " ", "+": "+", "-": "-"}
_ABSENT = "/dev/null"
_MESSAGE = 4_000  # characters


@dataclass(frozen=True, slots=True)
class Patch:
    """What a patch says.

    Attributes:
        files: In its order, with their hunks; their texts are not known from a patch.
        message: What stands before the first file, such as the message of a commit.
        blobs: For a path the names that git gave the old and the new content, shortened.
    """

    files: tuple[ChangedFile, ...]
    message: str = ""
    blobs: dict[str, tuple[str, str]] = field(default_factory=dict)


def parse_patch(text: str) -> Patch:
    """Return the files of a patch in git's form or diff's unified one.

    Raises:
        ConfigError: If it is malformed; the message names the line.
    """
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    if lines[-1] == "":
        lines.pop()
    reader = _Reader(lines)
    files = tuple(reader.files())
    if not files and any(line.strip() for line in lines):
        msg = "This is no patch: no line of it begins a file."
        raise ConfigError(msg, hint="`git diff > change.patch` makes one that can be read.")
    return Patch(files, "\n".join(reader.preamble).strip()[:_MESSAGE], reader.blobs)


def hunks_between(old: str | None, new: str | None) -> tuple[Hunk, ...]:
    r"""Return what differs between two texts, with three lines around it; only `\n` ends a line."""
    lines = unified("text", old, new).split("\n")
    start = next((at for at, line in enumerate(lines) if line.startswith("@@ ")), len(lines))
    reader = _Reader(lines[:-1])
    return tuple(reader.hunks(start))


def applied(text: str, hunks: Sequence[Hunk], *, back: bool = False) -> str | None:
    r"""Return a text with hunks applied, exactly where they say, or None where they do not fit.

    Args:
        text: Lines end with `\n`.
        hunks: In order.
        back: Whether to take them back instead.
    """
    lines = text.split("\n")
    if lines[-1] == "":
        lines.pop()
    kept, made = ("+", "-") if back else ("-", "+")
    result: list[str] = []
    at = 0
    for hunk in hunks:
        there = [line.text for line in hunk.lines if line.sign in (" ", kept)]
        start = (hunk.new if back else hunk.old) - (1 if there else 0)
        if start < at or lines[start : start + len(there)] != there:
            return None
        result += lines[at:start]
        result += [line.text for line in hunk.lines if line.sign in (" ", made)]
        at = start + len(there)
    result += lines[at:]
    return "".join(f"{line}\n" for line in result)


@dataclass(slots=True)
class _Header:
    """What stands before the hunks of a file."""

    old: str = ""
    new: str = ""
    kind: FileKind = "modified"
    modes: list[str] = field(default_factory=lambda: ["", ""])
    blobs: tuple[str, str] = ("", "")
    aside: str = ""


class _Reader:
    """Walks over the lines of a patch, once."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = lines
        self._at = 0
        self.preamble: list[str] = []
        self.blobs: dict[str, tuple[str, str]] = {}

    def files(self) -> Iterator[ChangedFile]:
        """Yield the files.

        Raises:
            ConfigError: If a line does not fit.
        """
        begun = False
        while self._at < len(self._lines):
            line = self._lines[self._at]
            if line.startswith(("diff --git ", "diff --cc ", "diff --combined ")) or self._is_plain_head():
                begun = True
                yield self._file()
            elif line.startswith("@@ ") or (begun and line[:1] in ("+", "-") and line != "-- "):
                told = "a hunk of no file" if line.startswith("@@ ") else "a line beyond what its hunk counts"
                raise _malformed(self._at, told)
            else:
                if not begun and not line.startswith(("Index: ", "===", "index ")):
                    self.preamble.append(line)
                self._at += 1

    def hunks(self, at: int) -> Iterator[Hunk]:
        """Yield the hunks that begin at a line.

        Raises:
            ConfigError: If a hunk does not hold what it counts.
        """
        self._at = at
        while self._at < len(self._lines) and self._lines[self._at].startswith("@@"):
            yield self._hunk()

    def _is_plain_head(self) -> bool:
        after = self._lines[self._at + 1 : self._at + 2]
        return self._lines[self._at].startswith("--- ") and bool(after) and after[0].startswith("+++ ")

    def _file(self) -> ChangedFile:
        begin = self._at
        header = self._header()
        path = (header.old if header.new == _ABSENT else header.new) or header.old
        if not path or path == _ABSENT:
            raise _malformed(begin, "a file without a name")
        if any(header.blobs):
            self.blobs[path] = header.blobs
        hunks = () if header.aside else tuple(self.hunks(self._at))
        modes = (header.modes[0], header.modes[1])
        changed = modes if all(modes) and modes[0] != modes[1] else None
        kind = "mode" if changed and header.kind == "modified" and not hunks and not header.aside else header.kind
        old_path = header.old if header.old not in (path, _ABSENT) and kind in ("renamed", "copied") else ""
        return ChangedFile(path, kind, hunks, old_path=old_path, aside=header.aside, modes=changed)

    def _header(self) -> _Header:
        header = _Header()
        first = self._lines[self._at]
        if first.startswith("diff --git "):
            header.old, header.new = header_names(first.removeprefix("diff --git "))
            self._at += 1
        elif first.startswith("diff --c"):
            header.old = header.new = unquoted(first.split(" ", 2)[2])
            header.aside = "combined diff of a merge"
            self._skip_to_next()
            return header
        while self._at < len(self._lines) and self._extended(self._lines[self._at], header):
            self._at += 1
        if self._at < len(self._lines) and self._is_plain_head():
            self._named(header)
        return header

    def _extended(self, line: str, header: _Header) -> bool:
        """Take a line of git's own header; False for one that is none."""
        word, _, rest = line.partition(" ")
        match line.split(" ")[:3]:
            case ["old", "mode", mode]:
                header.modes[0] = mode
            case ["new", "mode", mode]:
                header.modes[1] = mode
            case ["new", "file", "mode"]:
                header.kind = "added"
            case ["deleted", "file", "mode"]:
                header.kind = "deleted"
            case ["rename" | "copy" as how, "from", _]:
                header.kind = "renamed" if how == "rename" else "copied"
                header.old = unquoted(line.split(" ", 2)[2])
            case ["rename" | "copy", "to", _]:
                header.new = unquoted(line.split(" ", 2)[2])
            case ["index", names, *_] if ".." in names:
                old, _, new = names.partition("..")
                header.blobs = (old, new)
                header.aside = "submodule" if rest.endswith(" 160000") else header.aside
                header.kind = "submodule" if header.aside == "submodule" else header.kind
            case ["Binary" | "GIT", *_] if word == "Binary" or line == "GIT binary patch":
                header.kind = "binary" if header.kind == "modified" else header.kind
                header.aside = "binary"
                self._skip_to_next()
                return False
            case ["similarity" | "dissimilarity", "index", _]:
                return True
            case _:
                return False
        return True

    def _named(self, header: _Header) -> None:
        old, new = (bare_name(self._lines[self._at + side][4:]) for side in (0, 1))
        self._at += 2
        if header.kind in ("renamed", "copied"):
            return  # git said the names already, without a prefix to guess at
        header.kind = "added" if old == _ABSENT else "deleted" if new == _ABSENT else header.kind
        header.old, header.new = old, new

    def _skip_to_next(self) -> None:
        self._at += 1
        while self._at < len(self._lines) and not self._lines[self._at].startswith("diff --"):
            self._at += 1

    def _hunk(self) -> Hunk:
        begin = self._at
        found = _RANGE.match(self._lines[begin])
        if found is None:
            raise _malformed(begin, "the head of a hunk that cannot be read")
        old, old_count, new, new_count = (1 if group is None else int(group) for group in found.groups())
        old_end, new_end = old + old_count, new + new_count
        old_at, new_at = old, new
        self._at += 1
        lines: list[DiffLine] = []
        while old_at < old_end or new_at < new_end:
            if self._at >= len(self._lines):
                raise _malformed(begin, "a hunk that is cut off: the patch ends before its lines do")
            line = self._lines[self._at]
            sign = _SIGNS.get(line[:1] or " ")  # mailers take the blank of an empty line
            if sign is None and line.startswith("\\"):
                self._at += 1
                continue
            if sign is None or (sign != "+" and old_at >= old_end) or (sign != "-" and new_at >= new_end):
                raise _malformed(self._at, "a line that does not fit what its hunk counts")
            lines.append(DiffLine(sign, line[1:], 0 if sign == "+" else old_at, 0 if sign == "-" else new_at))
            old_at += sign != "+"
            new_at += sign != "-"
            self._at += 1
        if self._at < len(self._lines) and self._lines[self._at].startswith("\\"):
            self._at += 1
        return Hunk(old, new, tuple(lines))


def _malformed(at: int, what: str) -> ConfigError:
    msg = f"The patch is malformed: line {at + 1} is {what}."
    return ConfigError(
        msg, hint="Make it again, with `git diff` for instance; a patch that was edited by hand loses count."
    )
