"""Plans how a staged change is checked, cheapest first, and says what came of a check; runs nothing itself."""

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from vivek.errors import WorkspaceError
from vivek.project.checks.nearest import nearest_tests
from vivek.project.checks.output import Count, cut_output, last_word, readable
from vivek.project.checks.verdicts import outcome
from vivek.project.imports.python_modules import ROOTS, Module, imports_quietly, module_of
from vivek.project.tooling.commands import ProjectCommand, Tooling
from vivek.project.tooling.python import is_test_file
from vivek.schema.checks import Check
from vivek.schema.commands import Ran
from vivek.syntax.languages import is_prose, language_of

CheckKind = Literal["import", "tests", "lint", "full"]

_SECONDS: Mapping[CheckKind, float] = {"import": 30.0, "tests": 120.0, "lint": 60.0, "full": 600.0}
_MOST_FILES = 50
_SAME_TOOLS = {"typescript": "javascript"}


@dataclass(frozen=True, slots=True)
class PlannedCheck:
    """A check that is to run on the staged files.

    Attributes:
        name: What is checked, for the user.
        kind: What it is.
        argv: Program and arguments, to be run in the project's root.
        source: The file that says that the project is checked this way.
        timeout: Seconds it may take.
    """

    name: str
    kind: CheckKind
    argv: tuple[str, ...]
    source: str
    timeout: float


@dataclass(frozen=True, slots=True)
class _Change:
    """A change and the project as it will be."""

    changed: Mapping[str, bytes | None]
    files: frozenset[str]
    read: Callable[[str], bytes | None]

    def text(self, path: str) -> str:
        try:
            data = self.changed[path] if path in self.changed else self.read(path)
        except (WorkspaceError, OSError):
            data = None
        return (data or b"").decode("utf-8", "replace")

    def of(self, language: str) -> tuple[str, ...]:
        return tuple(path for path in self.changed if _language(path) == language)


def plan_checks(
    changed: Mapping[str, bytes | None],
    tooling: Tooling,
    *,
    list_files: Callable[[], Collection[str]],
    read: Callable[[str], bytes | None],
) -> tuple[PlannedCheck, ...]:
    """Return the checks that fit a change, the cheapest first; none when it touches nothing but prose.

    Args:
        changed: New bytes of the changed files, None for those that go.
        tooling: The project's own commands.
        list_files: Returns the files of the project, with or without the change.
        read: Returns the bytes of a file, with or without the change.
    """
    gone = {path for path, data in changed.items() if data is None}
    change = _Change(changed, (frozenset(list_files()) | changed.keys()) - gone, read)
    if all(is_prose(path) and language_of(path) is not None for path in changed):
        return ()
    return (*_imports(change, tooling), *_nearest(change, tooling), *_lint(change, tooling), *_full(change, tooling))


def input_hash(argv: Sequence[str], tree_state: str) -> str:
    """Return a key that is the same for the same command on the same files.

    Args:
        argv: Program and arguments.
        tree_state: A digest of all that the command can see of the project, staged files included.
    """
    parts = [tree_state, *argv]
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def verdict(planned: PlannedCheck, ran: Ran, *, cap: int, count: Count) -> Check:
    """Return what came of a check, with its output cut to what matters.

    Args:
        planned: The check.
        ran: What it left behind.
        cap: Tokens that the output may have.
        count: Returns the tokens of a text.
    """
    text = readable(ran.output)
    status, why = outcome(planned.argv, ran, text)
    if planned.kind == "full" and ran.timed_out:
        status = "skipped"
    if status == "passed":
        return Check(planned.name, status, last_word(text))
    if status == "skipped":
        return Check(planned.name, status, why)
    return Check(planned.name, status, f"{why}\n{cut_output(text, max(cap - count(why) - 1, 1), count)}".rstrip())


def _imports(change: _Change, tooling: Tooling) -> Iterator[PlannedCheck]:
    """Import the touched modules in one process, those that only define things."""
    found: list[Module] = []
    for path in change.of("python"):
        module = None if is_test_file(path) or path not in change.files else module_of(path, change.files)
        if module is not None and imports_quietly(change.text(path)):
            found.append(module)
    if not found:
        return
    roots = sorted({module.root for module in found} & set(ROOTS[1:]))
    names = ", ".join(sorted(module.name for module in found)[:_MOST_FILES])
    path = f"import sys; sys.path[:0] = {roots!r}; " if roots else ""
    yield _planned("import", "import", (*tooling.python, "-c", f"{path}import {names}"), "the files that changed")


def _nearest(change: _Change, tooling: Tooling) -> Iterator[PlannedCheck]:
    command = tooling.of("test", "python")
    changed = change.of("python")
    if command is not None and command.on_files and changed:
        tests = nearest_tests(changed, change.files, change.text)
        if tests:
            yield _planned("nearest tests", "tests", (*command.on_files, *tests), command.source)
    related = tooling.of("test", "javascript")
    sources = _there(change.of("javascript"), change)
    if related is not None and related.on_files and sources:
        yield _planned("nearest tests", "tests", (*related.on_files, *sources), related.source)
    go = tooling.of("test", "go")
    folders = sorted({f"./{path.rpartition('/')[0]}" for path in change.of("go")})
    if go is not None and folders:
        yield _planned("nearest tests", "tests", ("go", "test", *folders), go.source)


def _lint(change: _Change, tooling: Tooling) -> Iterator[PlannedCheck]:
    for language in dict.fromkeys(_language(path) for path in change.changed):
        command = tooling.of("lint", language)
        files = _there(change.of(language), change)
        if command is not None and command.on_files and files:
            yield _planned("lint", "lint", (*command.on_files, *files), command.source)


def _full(change: _Change, tooling: Tooling) -> Iterator[PlannedCheck]:
    """Yield the project's own tests: the user's choice, those of a changed file's language, or else the first."""
    languages = {_language(path) for path in change.changed}
    tests = [command for command in tooling.commands if command.kind == "test"]
    chosen: ProjectCommand | None = next((each for each in tests if each.language in {"", *languages}), tooling.test)
    if chosen is not None:
        yield _planned("tests", "full", chosen.argv, chosen.source)


def _planned(name: str, kind: CheckKind, argv: tuple[str, ...], source: str) -> PlannedCheck:
    return PlannedCheck(name, kind, argv, source, _SECONDS[kind])


def _there(paths: Sequence[str], change: _Change) -> tuple[str, ...]:
    return tuple(path for path in paths if path in change.files)[:_MOST_FILES]


def _language(path: str) -> str:
    language = language_of(path) or ""
    return _SAME_TOOLS.get(language, language)
