"""A project's own commands as values, and its files as the detectors of such commands see them."""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Literal

from vivek.errors import WorkspaceError

CommandKind = Literal["test", "lint", "types", "format", "build"]
Read = Callable[[str], bytes | None]

_LARGEST = 1_000_000


@dataclass(frozen=True, slots=True)
class ProjectCommand:
    """A command of the project's own.

    Attributes:
        kind: What it is for.
        argv: Program and arguments, to be run in the project's root.
        source: Where it was found, such as `pyproject.toml`.
        language: The language of the files it is about, or "" for all.
        on_files: What to run on single files instead: they follow behind; () when it takes none.
    """

    kind: CommandKind
    argv: tuple[str, ...]
    source: str
    language: str = ""
    on_files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tooling:
    """What a project brings along.

    Attributes:
        commands: Its commands; of several of a kind, the one that counts most comes first.
        python: How the project's own Python is started.
        languages: What the project is said to be written in; () for what its files say.
    """

    commands: tuple[ProjectCommand, ...] = ()
    python: tuple[str, ...] = ("python3",)
    languages: tuple[str, ...] = ()

    def of(self, kind: CommandKind, language: str | None = None) -> ProjectCommand | None:
        """Return the first command of a kind, or the first one for files of a language."""
        for command in self.commands:
            if command.kind == kind and language in (None, command.language):
                return command
        return None

    @property
    def test(self) -> ProjectCommand | None:
        """The command that runs all tests."""
        return self.of("test")

    @property
    def lint(self) -> ProjectCommand | None:
        """The command that lints all files."""
        return self.of("lint")


class Root:
    """The files at a project's root, read at most once each.

    Args:
        files: The files of the project.
        read: Returns the bytes of a file, None when there is none.
    """

    def __init__(self, files: Collection[str], read: Read) -> None:
        self.files = files if isinstance(files, frozenset | set) else frozenset(files)
        self._read = read
        self._texts: dict[str, str] = {}

    def __contains__(self, path: str) -> bool:
        return path in self.files

    def text(self, path: str) -> str:
        """Return the text of a file; "" when it is not there, too large, or cannot be read."""
        if path not in self._texts:
            try:
                data = self._read(path) or b""
            except (WorkspaceError, OSError):  # a pipe, a folder, a link that leads out
                data = b""
            self._texts[path] = "" if len(data) > _LARGEST else data.decode("utf-8", "replace")
        return self._texts[path]

    def has(self, path: str, pattern: str) -> bool:
        """Tell whether a file has a line that begins with a pattern."""
        return re.search(f"^(?:{pattern})", self.text(path), re.M) is not None

    def first(self, *paths: str) -> str:
        """Return the first of these files that is there, or ""."""
        return next((path for path in paths if path in self.files), "")
