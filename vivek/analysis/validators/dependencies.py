"""V04: packages that a change adds to a list of dependencies; lists are read line by line, half-written ones too."""

import json
import re
from collections.abc import Callable, Iterator

from vivek.analysis.validators.changed import Changed
from vivek.analysis.validators.facts import ProjectFacts
from vivek.analysis.validators.popular import Ecosystem, look_alike, normalised
from vivek.schema.concerns import Concern

_REQUIREMENT = re.compile(r"([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*(?:[<>=!~;@#].*)?")
_QUOTED = re.compile(r"[\"']([^\"']*)[\"']")
_SECTION = re.compile(r"\[+([^\]]+)\]+\s*(?:#.*)?")
_KEY = re.compile(r"[\"']?([A-Za-z0-9][\w.-]*)[\"']?\s*=\s*(.*)")
_GO = re.compile(r"(?:require\s+)?([\w.-]+\.[\w.-]+/\S+)\s+v\d")
_REQUIREMENTS = re.compile(r"(?:^|/)(?:requirements[\w.-]*|constraints[\w.-]*|[\w.-]*requirements)\.(?:txt|in)$")
_NODE_KEYS = ("dependencies", "devDependencies", "peerDependencies", "optionalDependencies")

Reader = Callable[[str], dict[str, int]]
"""Takes a text and returns the packages it asks for, each with its line."""


def check_dependencies(change: Changed, facts: ProjectFacts) -> Iterator[Concern]:
    """Say which packages a change adds that no lock file has, and which imitate a well-known one."""
    kind = _kind(change.path)
    if kind is None or change.after is None:
        return
    ecosystem, read = kind
    before = {normalised(name) for name in read(change.before or "")}
    locked = {normalised(name) for name in facts.locked}
    for name, line in read(change.after).items():
        if normalised(name) in before:
            continue
        like = look_alike(name, ecosystem) if ecosystem is not None else ""
        if normalised(name) not in locked:
            hint = f"; {like}" if like else ""
            yield change.doubt("V04", "ask", f"`{name}` is a new dependency{hint}", line)
        elif like:
            yield change.doubt("V04", "note", f"`{name}`: {like}", line)


def _kind(path: str) -> tuple[Ecosystem | None, Reader] | None:
    if _REQUIREMENTS.search(path):
        return "python", _read_requirements
    match path.rpartition("/")[2]:
        case "pyproject.toml":
            return "python", _read_pyproject
        case "package.json":
            return "node", _read_node
        case "Cargo.toml":
            return "rust", _read_cargo
        case "go.mod":
            return None, _read_go
        case _:
            return None


def _read_requirements(text: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for number, line in enumerate(text.split("\n"), 1):
        matched = _REQUIREMENT.fullmatch(line.strip())
        if matched:
            found.setdefault(matched[1], number)
    return found


def _read_pyproject(text: str) -> dict[str, int]:
    """Read lists of requirements, and the tables of poetry."""
    found: dict[str, int] = {}
    section = listing = ""
    for number, line in enumerate(text.split("\n"), 1):
        stripped = line.strip()
        head = _SECTION.fullmatch(stripped)
        if head and not listing:
            section = head[1].strip()
            continue
        pair = None if listing else _KEY.fullmatch(stripped)
        if pair and section.startswith("tool.poetry") and section.endswith("dependencies"):
            if pair[1] != "python":
                found.setdefault(pair[1], number)
            continue
        if pair and _lists_requirements(section, pair[1]) and pair[2].startswith("["):
            listing, stripped = pair[1], pair[2]
        if listing:
            for quoted in _QUOTED.findall(stripped.partition(" #")[0]):
                matched = _REQUIREMENT.fullmatch(quoted.strip())
                if matched:
                    found.setdefault(matched[1], number)
            if _QUOTED.sub("", stripped).partition("#")[0].rstrip().endswith("]"):
                listing = ""
    return found


def _lists_requirements(section: str, key: str) -> bool:
    if section in {"project.optional-dependencies", "dependency-groups"}:
        return True
    return (section, key) in {("project", "dependencies"), ("build-system", "requires")} or (
        section.startswith("tool.") and key in {"dependencies", "dev-dependencies", "extra-dependencies"}
    )


def _read_node(text: str) -> dict[str, int]:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    found: dict[str, int] = {}
    lines = text.split("\n")
    for key in _NODE_KEYS if isinstance(data, dict) else ():
        listed = data.get(key)
        for name in listed if isinstance(listed, dict) else ():
            quoted = json.dumps(name, ensure_ascii=False)
            found.setdefault(name, next((at for at, line in enumerate(lines, 1) if quoted in line), 1))
    return found


def _read_cargo(text: str) -> dict[str, int]:
    found: dict[str, int] = {}
    inside = False
    for number, line in enumerate(text.split("\n"), 1):
        stripped = line.strip()
        head = _SECTION.fullmatch(stripped)
        if head:
            table, _, name = head[1].strip().rpartition(".")
            inside = head[1].strip().endswith("dependencies")
            if table.endswith("dependencies"):
                found.setdefault(name, number)
        pair = _KEY.fullmatch(stripped) if inside and not head else None
        if pair:
            found.setdefault(pair[1].partition(".")[0], number)
    return found


def _read_go(text: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for number, line in enumerate(text.split("\n"), 1):
        matched = _GO.match(line.strip())
        if matched:
            found.setdefault(matched[1], number)
    return found
