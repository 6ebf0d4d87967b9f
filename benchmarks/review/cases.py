"""Reads the changes that reviews are measured on: each is one text file with both versions and what counts as found.

A case begins with what it is, then `---`, then whole files, each line with a sign before it:

    (blank)  the line stands in both versions        =  so it does, and a finding there is right
    +        it is new                               !  it is new, and a finding there is right
    -        it is gone                              ~  it is gone, and a finding there is right

`=== path` begins another file; a line without any sign is an empty line of both versions. Language and kind are those
of the folder and the name of the file.
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, get_args

from vivek.schema.findings import Severity

FOLDER: Final = Path(__file__).resolve().parent
LANGUAGES: Final = ("c", "go", "java", "javascript", "python", "rust", "typescript")
KINDS: Final = (
    *("off-by-one", "wrong-operator", "missing-await", "resource-leak", "sql-injection"),
    *("path-traversal", "swallowed-error", "race", "broken-contract", "weakened-test"),
)

_FIELD = re.compile(r"(path|severity|told): (\S.*)")
_NEW, _OLD = frozenset(" =+!"), frozenset(" =-~")


class CaseError(Exception):
    """A case that cannot be read: a benchmark of it would measure nothing."""


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a file: its text, and the lines, from 1, where a finding is right."""

    text: str
    marked: frozenset[int]


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A file of a case; a version is None where it does not exist in it."""

    path: str
    old: Version | None
    new: Version | None


@dataclass(frozen=True, slots=True)
class Case:
    """A change, and what is known of it.

    Attributes:
        name: `python/off-by-one`; a clean one begins with `clean/`.
        language: What it is written in.
        kind: The kind of its defect, "" where there is none.
        severity: How bad the defect is, "info" where there is none.
        told: What is wrong with it, or why nothing is.
        files: The project; not all of them change.
    """

    name: str
    language: str
    kind: str
    severity: Severity
    told: str
    files: tuple[CaseFile, ...]


@cache
def load_cases() -> tuple[Case, ...]:
    """Return all cases, those with a defect first.

    Raises:
        CaseError: If one cannot be read.
    """
    folders = (FOLDER / "defects", FOLDER / "clean")
    return tuple(_load(path) for folder in folders for path in sorted(folder.glob("*/*.txt")))


def _load(path: Path) -> Case:
    head, mark, body = path.read_text(encoding="utf-8").partition("---\n")
    said = {found[1]: found[2] for line in head.splitlines() if (found := _FIELD.fullmatch(line))}
    planted = path.parent.parent.name == "defects"
    severity = {str(each): each for each in get_args(Severity)}.get(said.get("severity", "" if planted else "info"))
    if not mark or "path" not in said or "told" not in said or severity is None:
        msg = f"{path}: begins with `path:`, `severity:` and `told:`, then `---`"
        raise CaseError(msg)
    name = f"{path.parent.name}/{path.stem}"
    return Case(
        name if planted else f"clean/{name}",
        path.parent.name,
        path.stem if planted else "",
        severity,
        said["told"],
        tuple(parse_files(said["path"], body)),
    )


def parse_files(path: str, body: str) -> list[CaseFile]:
    """Return the files of a case's body.

    Args:
        path: The path of its first file.
        body: The lines behind `---`.

    Raises:
        CaseError: If a line has no sign.
    """
    parts: list[tuple[str, list[str]]] = [(path, [])]
    for line in body.removesuffix("\n").split("\n"):
        if line.startswith("=== "):
            parts.append((line[4:], []))
        else:
            parts[-1][1].append(line or " ")
    for named, lines in parts:
        odd = [line for line in lines if line[0] not in _NEW | _OLD]
        if odd:
            msg = f"{named}: the line has no sign: {odd[0]}"
            raise CaseError(msg)
    return [CaseFile(named, _version(lines, _OLD, "~="), _version(lines, _NEW, "!=")) for named, lines in parts]


def _version(lines: list[str], signs: frozenset[str], marks: str) -> Version | None:
    shown = [line for line in lines if line[0] in signs]
    if not shown:
        return None
    marked = frozenset(number for number, line in enumerate(shown, 1) if line[0] in marks)
    return Version("".join(f"{line[1:]}\n" for line in shown), marked)
