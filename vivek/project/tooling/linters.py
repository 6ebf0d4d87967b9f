"""Which linters a project's own commands call, and how each is asked for findings that can be read. Runs nothing."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from vivek.project.tooling.commands import ProjectCommand
from vivek.syntax.languages import language_of


@dataclass(frozen=True, slots=True)
class Linter:
    """A linter as vivek knows it.

    Attributes:
        name: What it is called.
        word: The word by which a command calls it.
        languages: What it looks at.
        options: What makes its findings readable.
        by_file: Whether it takes the files to look at; else it looks at all of the project.
    """

    name: str
    word: str
    languages: frozenset[str]
    options: tuple[str, ...]
    by_file: bool = True


@dataclass(frozen=True, slots=True)
class Configured:
    """A linter that the project names.

    Attributes:
        linter: Which one.
        argv: How it is started.
        command: The project's own command that calls it, which is what the user trusts.
        paths: The changed files that it looks at.
    """

    linter: Linter
    argv: tuple[str, ...]
    command: ProjectCommand
    paths: tuple[str, ...]


_MYPY = ("--no-pretty", "--no-color-output", "--no-error-summary", "--hide-error-context", "--show-error-codes", "--")
LINTERS = (
    Linter("eslint", "eslint", frozenset({"javascript", "typescript"}), ("--format", "json", "--")),
    Linter("mypy", "mypy", frozenset({"python"}), _MYPY),
    Linter("tsc", "tsc", frozenset({"typescript"}), ("--noEmit", "--pretty", "false"), by_file=False),
    Linter("clippy", "clippy", frozenset({"rust"}), ("--message-format=json", "--quiet"), by_file=False),
    Linter("go-vet", "vet", frozenset({"go"}), ("./...",), by_file=False),
    Linter("shellcheck", "shellcheck", frozenset({"shell"}), ("--format", "json1", "--")),
)


def concerned(paths: Iterable[str]) -> bool:
    """Tell whether any linter that vivek knows looks at files such as these."""
    return any(language_of(path) in linter.languages for path in paths for linter in LINTERS)


def configured(commands: Iterable[ProjectCommand], paths: Iterable[str]) -> Iterator[Configured]:
    """Yield the linters that a project names and that a change concerns, each once.

    Args:
        commands: The project's own commands.
        paths: The files that changed.
    """
    known = [*commands]
    changed = [*paths]
    for linter in LINTERS:
        wanted = tuple(path for path in changed if language_of(path) in linter.languages)
        found = next(((base, command) for command in known if (base := _base(command, linter.word))), None)
        if wanted and found is not None:
            base, command = found
            yield Configured(linter, (*base, *linter.options, *(wanted if linter.by_file else ())), command, wanted)


def _base(command: ProjectCommand, word: str) -> tuple[str, ...]:
    """Return the words of a command up to the one that calls a linter, () where none does."""
    for argv in (command.argv, command.on_files):
        for at, each in enumerate(argv):
            if each.rpartition("/")[2] == word:
                kept = 1 + (argv[at + 1 : at + 2] in (("-b",), ("--build",)))  # without it tsc looks at another project
                return argv[: at + kept]
    return ()
