"""The commands that a project brings along, each with what the user said of it. Runs nothing."""

import shlex
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Final

from vivek.project.scan import load_files
from vivek.project.tooling.commands import ProjectCommand
from vivek.project.tooling.definitions import definition_of
from vivek.project.tooling.finding import detect_tooling
from vivek.session.options import Choices
from vivek.session.place import Place
from vivek.session.settings import load_settings
from vivek.session.trust import Decided, Trust
from vivek.workspace.files import Files
from vivek.workspace.git.asking import list_files

CHECKING: Final = frozenset({"test", "lint", "types"})
"""Kinds of commands that vivek runs of itself, to check a change."""

_KIND = "test"  # what a command that checks is kept as, whatever it checks with


@dataclass(frozen=True, slots=True)
class NamedCommand:
    """A command of a project.

    Attributes:
        command: What it is.
        answer: What the user said of it.
    """

    command: ProjectCommand
    answer: Decided

    @property
    def line(self) -> str:
        """The command as it would be typed."""
        return shlex.join(self.command.argv)


def named_commands(
    place: Place, paths: Collection[str], read: Callable[[str], bytes | None], trust: Trust | None = None
) -> tuple[NamedCommand, ...]:
    """Return the commands by which a project is checked.

    Args:
        place: The project.
        paths: Its files.
        read: Returns the bytes of one, None when there is none.
        trust: What the user trusts, read anew when None.

    Raises:
        ConfigError: If a file of settings is malformed.
    """
    if place.restricted:
        return ()
    trust = trust or Trust.open()
    settings = load_settings(place, Choices()).commands
    own = {each.kind: each.command if isinstance(each.command, str) else shlex.join(each.command) for each in settings}
    users = {f"project.{each.kind}" for each in settings if each.users}

    def answer(command: ProjectCommand) -> Decided:
        if command.source in users:
            return "yes"
        defined = definition_of(command.source, read)
        return trust.decision(place.root, _KIND, shlex.join(command.argv), command.source, definition=defined)

    found = detect_tooling(paths, read, own).commands
    return tuple(NamedCommand(each, answer(each)) for each in found if each.kind in CHECKING)


def decided_anything(place: Place) -> bool:
    """Tell whether the user let or forbade anything to run anywhere, or names commands: a quick look before others.

    Raises:
        ConfigError: If a file of settings is malformed.
    """
    return bool(Trust.open().folders) or any(each.users for each in load_settings(place, Choices()).commands)


def undecided_commands(place: Place) -> tuple[NamedCommand, ...]:
    """Return the commands of a project as it lies there that the user said nothing of yet.

    Raises:
        ConfigError: If a file of settings is malformed.
    """
    if place.restricted:
        return ()
    paths = load_files(place.root, tracked=list_files).paths
    return tuple(each for each in named_commands(place, paths, Files(place.root).read) if each.answer == "ask")


def decide_commands(place: Place, commands: Sequence[NamedCommand], *, run: bool) -> None:
    """Keep whether commands may run, in the sandbox, to check changes in this folder.

    Raises:
        ConfigError: If this folder is never trusted for good, or nothing can be kept.
    """
    trust, read = Trust.open(), Files(place.root).read
    for each in commands:
        source = each.command.source
        defined = definition_of(source, read)
        trust.remember(place.root, _KIND, each.line, source, "always" if run else "never", definition=defined)
