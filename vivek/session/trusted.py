"""The file of what the user trusts: read with distrust, written in one step, private to the user."""

import contextlib
import os
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, cast

from vivek.config.formats import load_toml
from vivek.config.writing import render_toml, replace_file
from vivek.errors import ConfigError
from vivek.schema.events import Notice

_HEADER = "# What may run in which folder without being asked for; `vivek trust` shows it, and forgets it.\n\n"
_MANY = 100


@dataclass(frozen=True, slots=True)
class TrustedCommand:
    """An answer for one command of a project.

    Attributes:
        kind: What it is for, such as `test`.
        source: The file that names it.
        digest: Hash of what would run; the command itself is not kept.
        answer: What the user said.
    """

    kind: str
    source: str
    digest: str
    answer: Literal["always", "never"]


@dataclass(frozen=True, slots=True)
class TrustedFolder:
    """All answers for one folder.

    Attributes:
        path: The folder, absolute, links resolved.
        commands: Answers for the project's own commands.
        allowed: Commands that need not be asked for again.
    """

    path: str
    commands: tuple[TrustedCommand, ...] = ()
    allowed: tuple[str, ...] = ()

    def with_command(self, command: TrustedCommand) -> "TrustedFolder":
        """Return the folder with an answer that takes the place of an earlier one for the same command."""
        others = tuple(each for each in self.commands if each.digest != command.digest)
        return replace(self, commands=(*others, command)[-_MANY:])

    def with_allowed(self, key: str) -> "TrustedFolder":
        """Return the folder with one more command that need not be asked for."""
        return replace(self, allowed=tuple(dict.fromkeys((*self.allowed, key)))[-_MANY:])


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the file says, and what is wrong with it."""

    folders: tuple[TrustedFolder, ...] = ()
    notice: Notice | None = None


def load_folders(path: Path) -> Loaded:
    """Return what the file says; one that cannot be believed says nothing, and a broken one is kept aside."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return Loaded()
    except OSError as error:
        return Loaded(notice=_nothing(path, f"cannot be read ({error.strerror})", "Check the rights of its folder."))
    if found.st_uid != os.geteuid() or found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        return Loaded(notice=_nothing(path, "can be changed by others", f"Run `chmod 600 {path}` after a look at it."))
    try:
        entries = load_toml(path)
        listed = entries.pop("folder").value if "folder" in entries else []
        if entries:
            raise KeyError(*entries)
        return Loaded(tuple(_folder(each) for each in cast("list[Mapping[str, object]]", listed)))
    except (ConfigError, KeyError, TypeError, AttributeError, ValueError) as error:
        said = error.message.rstrip(".") if isinstance(error, ConfigError) else "it is not as vivek writes it"
        return Loaded(notice=_nothing(path, f"is damaged ({said})", f"It is kept as {_set_aside(path)}."))


def store_folders(path: Path, folders: Iterable[TrustedFolder]) -> None:
    """Write the file anew; only its owner can read it.

    Raises:
        OSError: If it cannot be written; then it is as it was.
    """
    tables = [
        {
            "path": folder.path,
            "allowed": list(folder.allowed),
            "command": [
                {"kind": each.kind, "source": each.source, "hash": each.digest, "answer": each.answer}
                for each in folder.commands
            ],
        }
        for folder in folders
    ]
    text = _HEADER + (render_toml({"folder": tables}) if tables else "")
    replace_file(Path(os.path.realpath(path)), text.encode())


def _folder(table: Mapping[str, object]) -> TrustedFolder:
    """Return a folder of the file.

    Raises:
        KeyError: If something is missing.
        TypeError: If something is of the wrong kind.
    """
    listed = cast("list[Mapping[str, object]]", table.get("command", []))
    allowed = tuple(_text(key) for key in cast("list[object]", table.get("allowed", [])))
    return TrustedFolder(_text(table["path"]), tuple(_command(each) for each in listed), allowed)


def _command(table: Mapping[str, object]) -> TrustedCommand:
    answer = _text(table["answer"])
    if answer not in ("always", "never"):
        msg = f"no answer: {answer}"
        raise ValueError(msg)
    kept = cast(Literal["always", "never"], answer)
    return TrustedCommand(_text(table["kind"]), _text(table["source"]), _text(table["hash"]), kept)


def _text(value: object) -> str:
    if not isinstance(value, str):
        msg = f"no text: {value!r}"
        raise TypeError(msg)
    return value


def _nothing(path: Path, why: str, hint: str) -> Notice:
    return Notice(f"{path} {why}: nothing is trusted.", hint=hint)


def _set_aside(path: Path) -> Path:
    """Move a broken file out of the way, so that the next answer can be kept, and return where it is now."""
    for number in range(1, _MANY):
        kept = path.with_name(f"{path.name}.damaged-{number}")
        if not kept.exists():
            with contextlib.suppress(OSError):
                path.rename(kept)
                return kept
            break
    return path
