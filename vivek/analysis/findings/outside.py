"""Paths that lead out of the folder they are meant for: a guard that went, or one that looks at the wrong thing."""

import re
from collections.abc import Iterator
from typing import Final

from vivek.analysis.findings.bodies import NEAR, body_of
from vivek.analysis.validators.changed import Changed
from vivek.analysis.validators.facts import ProjectFacts
from vivek.schema.concerns import Concern

OUTSIDE: Final = "path-traversal"

_LANGUAGES = frozenset({"c", "cpp", "go", "java", "javascript", "kotlin", "python", "rust", "typescript"})
_WORD = r"[\w.]+(?:\(\))?"
# Names of functions that take what leads out of a path, or ask whether something does.
_GUARD = re.compile(
    r"(?i)(?:\b(?P<to>\w+)\s*=\s*)?(?<!\w)[\w.]*?(?:basename|filepath\.base|secure_filename|safe_join|islocal"
    r"|stays_below|is_?(?:inside|within|below|beneath)|(?:check|validate|sanitize|safe|clean)_?(?:file)?_?(?:path|name)"
    rf")\(\s*&?(?P<what>{_WORD})"
)
_JOINED = r"\b(?:join|Join|resolve)\([^()]*\b{what}(?![\w(])|/ {what}\b(?!\s*[\d(])|\b(?:join|Join)\(&?{what}(?![\w(])"
_DOTS = re.compile(
    r"strstr\((?P<c>\w+),\s*\"\.\.\"\)|\b(?P<method>\w+)\.(?:contains|includes)\(\s*[\"']\.\.[\"']\s*\)"
    r"|[\"']\.\.[\"'] in (?P<python>\w+)|\bstrings\.Contains\((?P<go>\w+), \"\.\.\"\)"
)
_BEGINS = (
    r"strncmp\({what},\s*\"\.\.|\b{what}\.(?:startsWith|starts_with|startswith)\(\s*[\"']\.\.|HasPrefix\({what}, \"\.\."
)
_JAVA_PLACE = re.compile(r"\bPath (?P<name>\w+) = [\w.()]+\.resolve\((?!.*(?:normalize|toRealPath))")
_SCRIPT_PLACE = re.compile(r"\b(?:const|let) (?P<name>\w+) = (?:`\$\{(?P<folder>[\w.]+)\}|(?P<plain>[\w.]+) \+ )")


def check_outside(change: Changed, _facts: ProjectFacts) -> Iterator[Concern]:
    """Say where a path may lead out of its folder, and did not before or cannot be meant to."""
    if change.language not in _LANGUAGES or change.after is None:
        return
    yield from _guard_lost(change)
    yield from _looks_at_the_beginning(change)
    match change.language:
        case "java" | "kotlin":
            yield from _compared_too_soon(change)
        case "javascript" | "typescript":
            yield from _compared_with_itself(change)
        case _:
            pass


def _guard_lost(change: Changed) -> Iterator[Concern]:
    """A name went through a guard before it was joined to a folder, and does not any more."""
    lines = (change.after or "").split("\n")
    for removed, added in change.blocks:
        for found in (found for line in removed if added and (found := _GUARD.search(line))):
            body = body_of(lines, added[0][0])
            for what in dict.fromkeys(name for name in (found["to"], found["what"]) if name):
                joined = re.compile(_JOINED.replace("{what}", re.escape(what)))
                places = [at for at in body if joined.search(lines[at - 1])]
                if places and not any(_guards(lines[at - 1], what) for at in body):
                    near = min(places, key=lambda at: min(abs(at - number) for number, _ in added))
                    if any(abs(near - number) <= NEAR for number, _ in change.added):
                        text = f"`{what}` is joined to a path without the check that it had before"
                        yield change.doubt(OUTSIDE, "note", text, near)
                        return


def _guards(line: str, what: str) -> bool:
    """Tell whether a line keeps a name in its folder: what a guard returns has to be used for that."""
    used = re.search(r"\b(?:if|assert|return|throw|raise|[Jj]oin|resolve)\b|[!=]=", line) is not None
    return any(
        what in (found["to"], found["what"]) and (used or found["to"] is not None) for found in _GUARD.finditer(line)
    )


def _looks_at_the_beginning(change: Changed) -> Iterator[Concern]:
    """A check for `..` anywhere became one for `..` at the beginning."""
    for removed, added in change.blocks:
        for found in (found for line in removed for found in _DOTS.finditer(line)):
            what = next(name for name in found.groups() if name)
            begins = re.compile(_BEGINS.replace("{what}", re.escape(what)))
            if any(_DOTS.search(line) for _, line in added):
                continue
            for number, line in added:
                if begins.search(line):
                    text = f"the check of `{what}` sees `..` at the beginning only"
                    yield change.doubt(OUTSIDE, "note", text, number)


def _compared_too_soon(change: Changed) -> Iterator[Concern]:
    """A path is held against its folder before `..` is worked out: `folder/../x` begins with `folder`."""
    lines = (change.after or "").split("\n")
    for number, line in change.added:
        found = _JAVA_PLACE.search(line)
        if found is None:
            continue
        name = found["name"]
        body = [lines[at - 1] for at in body_of(lines, number)]
        compared = any(re.search(rf"\b{name}\.startsWith\(", each) for each in body)
        worked_out = any(re.search(rf"\b{name}\.(?:normalize|toRealPath|toFile)\(", each) for each in body)
        if compared and not worked_out:
            text = f"`{name}` is held against its folder before `..` in it is worked out"
            yield change.doubt(OUTSIDE, "note", text, number)


def _compared_with_itself(change: Changed) -> Iterator[Concern]:
    """A path that was put together from a folder is asked whether it begins with that folder: it always does."""
    lines = (change.after or "").split("\n")
    for number, line in change.added:
        found = _SCRIPT_PLACE.search(line)
        folder = (found["folder"] or found["plain"]) if found is not None else ""
        if found is None or not folder:
            continue
        asked = re.compile(rf"\b{found['name']}\.startsWith\(\s*(?:`\$\{{)?{re.escape(folder)}\b")
        if any(asked.search(lines[at - 1]) for at in body_of(lines, number) if at > number):
            text = f"`{found['name']}` always begins with `{folder}`, as it was put together from it"
            yield change.doubt(OUTSIDE, "note", text, number)
