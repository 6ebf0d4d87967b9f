"""What the user lets run in which folder: `trust.toml` among the user's settings. Runs nothing, knows no model.

An unknown folder is restricted: it is read, talked about and edited as everywhere, but none of its own commands runs.
Only what executes is asked for, never prose, and only a hash of it is kept: when it changes, it is asked for again.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from vivek.config.folders import config_folder, home_folder
from vivek.errors import ConfigError, WorkspaceError
from vivek.session.trusted import TrustedCommand, TrustedFolder, load_folders, store_folders

if TYPE_CHECKING:
    from vivek.schema.events import Notice

Decided = Literal["yes", "no", "ask"]
Given = Literal["once", "always", "never"]

_WAIT = 5.0


@dataclass(slots=True)
class Trust:
    """The user's answers: those kept in a file, and those of this process.

    Attributes:
        path: The file.
        folders: What it holds, by canonical path.
        notices: What to tell, such as a file that could not be read and therefore trusts nothing.
    """

    path: Path
    folders: dict[str, TrustedFolder] = field(default_factory=dict)
    notices: "tuple[Notice, ...]" = ()
    _here: dict[str, TrustedFolder] = field(default_factory=dict)

    @classmethod
    def open(cls) -> "Trust":
        """Return what the user decided earlier; a file that cannot be read trusts nothing, and is kept aside.

        Raises:
            ConfigError: If nobody knows where the user's settings are.
        """
        trust = cls(config_folder() / "trust.toml")
        trust._load()
        return trust

    def decision(
        self, root: Path, kind: str, command: str | Sequence[str], source: str, *, definition: str = ""
    ) -> Decided:
        """Return whether a command of a project may run.

        Args:
            root: The project.
            kind: What it is for, such as `test`.
            command: What would run, exactly.
            source: The file that names it, without a line: lines move.
            definition: What else decides what it does, such as the text of a script that `npm test` runs.
        """
        digest = _digest(kind, command, source, definition)
        for folders in (self._here, self.folders):
            if (folder := folders.get(_canonical(root))) is not None:
                for each in folder.commands:
                    if each.digest == digest:
                        return "no" if each.answer == "never" else "yes"
        return "ask"

    def remember(
        self, root: Path, kind: str, command: str | Sequence[str], source: str, answer: Given, *, definition: str = ""
    ) -> None:
        """Keep what the user answered: `once` for this process alone, else in the file, for this very command.

        Args:
            root: The project.
            kind: As in `decision`, and so are the others.
            command: What may run, or may not.
            source: The file that names it.
            answer: What the user said.
            definition: What else decides what it does.

        Raises:
            ConfigError: If the folder is one that is never trusted for good, or the file cannot be written.
        """
        digest = _digest(kind, command, source, definition)
        said = TrustedCommand(kind, source, digest, "never" if answer == "never" else "always")
        if answer == "once":
            self._here[_canonical(root)] = self._present(root).with_command(said)
            return
        if answer == "always" and (why := refusal(root)):
            raise ConfigError(why, hint="Answer for this once, or change into the project's own folder.")
        self._change(root, lambda folder: folder.with_command(said))
        # An answer of this process must not hide the one that was just given.
        self._here[_canonical(root)] = self._present(root).with_command(said)

    def allow(self, root: Path, key: str, *, destructive: bool = False) -> None:
        """Keep that a command need not be asked for again in a folder.

        Args:
            root: The project.
            key: What exactly, as the judgement of a command words it.
            destructive: Whether it can destroy work; such a command is never kept.

        Raises:
            ConfigError: If it is destructive, the folder is never trusted, or the file cannot be written.
        """
        if destructive or not key.strip():
            msg = "A command that can destroy work is asked for each time."
            raise ConfigError(msg, hint="Answer for this once.")
        if why := refusal(root):
            raise ConfigError(why, hint="Answer for this once, or change into the project's own folder.")
        self._change(root, lambda folder: folder.with_allowed(key))

    def allowed(self, root: Path) -> frozenset[str]:
        """Return the commands that need not be asked for again in a folder, as `allow` was told them."""
        folder = self.folders.get(_canonical(root))
        return frozenset(folder.allowed) if folder else frozenset()

    def forget(self, root: Path) -> bool:
        """Drop all answers for a folder; False when there were none.

        Raises:
            ConfigError: If the file cannot be written.
        """
        key = _canonical(root)
        self._here.pop(key, None)
        with self._locked():
            self._load()
            if self.folders.pop(key, None) is None:
                return False
            store_folders(self.path, self.folders.values())
        return True

    def _present(self, root: Path) -> TrustedFolder:
        key = _canonical(root)
        return self._here.get(key) or TrustedFolder(key)

    def _change(self, root: Path, change: Callable[[TrustedFolder], TrustedFolder]) -> None:
        key = _canonical(root)
        with self._locked():
            self._load()  # another vivek may have written since
            self.folders[key] = change(self.folders.get(key) or TrustedFolder(key))
            store_folders(self.path, self.folders.values())

    def _load(self) -> None:
        found = load_folders(self.path)
        self.folders = {folder.path: folder for folder in found.folders}
        if found.notice is not None and found.notice not in self.notices:
            self.notices = (*self.notices, found.notice)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        from vivek.workspace.locks import hold

        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with hold(self.path.with_name("trust.lock"), wait=_WAIT):
                yield
        except (OSError, WorkspaceError) as error:
            msg = f"{self.path} cannot be written: {getattr(error, 'strerror', None) or error}."
            raise ConfigError(msg, hint="Answer for this once, or check the rights of its folder.") from error


def refusal(root: Path) -> str:
    """Return why a folder is never trusted for good, or "": what lies beneath it is not one project."""
    place, home = Path(_canonical(root)), Path(_canonical(home_folder()))
    if place.parent == place or home.is_relative_to(place):
        return f"{place} holds more than one project: it is never trusted as a whole."
    return ""


def _digest(kind: str, command: str | Sequence[str], source: str, definition: str) -> str:
    exact = command if isinstance(command, str) else list(command)
    return hashlib.sha256(json.dumps([kind, exact, source, definition]).encode()).hexdigest()


def _canonical(root: Path) -> str:
    return str(root.resolve())
