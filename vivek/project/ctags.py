"""Definitions by universal-ctags, for languages that nobody else here reads; no file of a project configures it."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Protocol

from vivek.errors import WorkspaceError
from vivek.schema.index import Definition, FileFacts
from vivek.syntax.heads import shortened
from vivek.syntax.languages import language_of
from vivek.workspace.process import Finished, run_captured

SECONDS = 10.0
"""How long one batch of files may take."""

_MOST_FILES = 200
_MOST_BYTES = 16 * 1024 * 1024  # of what it writes for a batch
_ARGUMENTS = (
    # No file may name options: neither the user's nor, above all, one that lies in the project.
    *("--options=NONE", "--quiet=yes", "--output-format=json", "--fields=NFnezKsP", "--sort=no", "--links=no"),
    *("--pattern-length-limit=240", "-L", "-", "-f", "-"),
)
_SILENT = frozenset({"local", "parameter", "import", "unknown", "label", "heredoc", "anchor", "id"})


class Run(Protocol):
    """Runs a process to its end; `workspace.process.run_captured` is one."""

    def __call__(
        self,
        argv: Sequence[str],
        *,
        cwd: Path,
        input: bytes | None,  # noqa: A002 - as in subprocess
        timeout: float,
    ) -> Finished:
        """Run `argv` in a folder."""
        ...


class Ctags:
    """universal-ctags, if it is on the PATH.

    Args:
        root: The project's root.
        run: Runs a process.
    """

    def __init__(self, root: Path, *, run: Run = run_captured) -> None:
        self._root = root
        self._run = run
        self._failed = False

    @cached_property
    def version(self) -> str:
        """What it calls itself in its first words, "" when it is missing, another ctags, or cannot write JSON."""
        try:
            # Without the option, and first, even this would read settings that lie in the project.
            asked = ["ctags", "--options=NONE", "--list-features"]
            features = self._run(asked, cwd=self._root, input=None, timeout=SECONDS)
            said = self._run(["ctags", "--options=NONE", "--version"], cwd=self._root, input=None, timeout=SECONDS)
        except WorkspaceError:
            return ""
        first = said.stdout.decode("utf-8", "replace").partition(",")[0].strip()
        listed = [line.split()[:1] for line in features.stdout.decode("utf-8", "replace").splitlines()]
        return first if first.startswith("Universal Ctags") and ["json"] in listed else ""

    def read_batch(self, paths: Sequence[str]) -> Mapping[str, FileFacts]:
        """Return what files define, with `read="ctags"`, for those in which something was found.

        Once it took too long or could not be started, it is not asked again.

        Args:
            paths: The files, relative to the root; links are not followed.
        """
        found: dict[str, FileFacts] = {}
        asked = [path for path in paths if "\n" not in path and "\r" not in path]
        for start in range(0, len(asked), _MOST_FILES):
            if self._failed or not self.version:
                break
            found.update(self._read(asked[start : start + _MOST_FILES]))
        return found

    def _read(self, paths: Sequence[str]) -> Mapping[str, FileFacts]:
        listed = "".join(f"{path}\n" for path in paths).encode("utf-8", "surrogateescape")
        try:
            done = self._run(["ctags", *_ARGUMENTS], cwd=self._root, input=listed, timeout=SECONDS)
        except WorkspaceError:
            self._failed = True
            return {}
        tags: defaultdict[str, list[Definition]] = defaultdict(list)
        for line in done.stdout[:_MOST_BYTES].splitlines():
            definition = _definition(line)
            if definition is not None:
                tags[definition.path].append(definition)
        return {path: _facts(path, tags[path]) for path in paths if path in tags}


def joined(facts: FileFacts, tags: FileFacts) -> FileFacts:
    """Return facts with the definitions of ctags in place of those that the lines told; the rest ctags cannot know."""
    ends = {definition.line: definition.end_line for definition in facts.definitions}
    definitions = [
        replace(definition, end_line=max(definition.end_line, ends.get(definition.line, 0)))
        for definition in tags.definitions
    ]
    return replace(facts, definitions=tuple(definitions), read=tags.read)


def _facts(path: str, definitions: Iterable[Definition]) -> FileFacts:
    in_order = sorted(definitions, key=lambda definition: (definition.line, -definition.end_line))
    return FileFacts(language_of(path), tuple(in_order), lines=0, read="ctags")


def _definition(line: bytes) -> Definition | None:
    try:
        tag = json.loads(line)
    except ValueError:  # the last line of a cut output, or a name that is no UTF-8
        return None
    if not isinstance(tag, dict) or tag.get("_type") != "tag" or tag.get("kind") in _SILENT:
        return None
    name, path, number = tag.get("name"), tag.get("path"), tag.get("line")
    if not (isinstance(name, str) and isinstance(path, str) and isinstance(number, int) and name):
        return None
    scope = tag.get("scope")
    full = _dotted(f"{scope}.{name}" if isinstance(scope, str) and scope and "__anon" not in scope else name)
    end = tag.get("end")
    pattern = tag.get("pattern")
    head = _head(pattern) if isinstance(pattern, str) else ""
    return Definition(full, str(tag.get("kind", "")), path, number, end if isinstance(end, int) else number, head)


def _dotted(name: str) -> str:
    for joint in ("::", "\\", ":", "/"):
        name = name.replace(joint, ".")
    return name.strip(".")


def _head(pattern: str) -> str:
    r"""Return the line that a tag was found in: between `/^` and `$/`, its slashes and backslashes escaped."""
    line = pattern.removeprefix("/^").removesuffix("/").removesuffix("$")
    return shortened(line.replace("\\/", "/").replace("\\\\", "\\").strip().rstrip(" {;"))
