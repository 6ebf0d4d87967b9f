"""Finds out how a project is tested, linted, formatted and built: reads files at its root, runs nothing.

What those files say is a proposal of the repository: whoever runs it asks for trust first.
"""

import re
import shlex
from collections.abc import Collection, Iterator, Mapping
from typing import get_args

from vivek.project.tooling.commands import CommandKind, ProjectCommand, Read, Root, Tooling
from vivek.project.tooling.javascript import javascript_commands
from vivek.project.tooling.markers import marked_commands, target_commands
from vivek.project.tooling.python import interpreter, python_commands

__all__ = ["ProjectCommand", "Tooling", "detect_tooling"]

_SHELL = re.compile(r"[|&;<>$`\n*?~(){}]")


def detect_tooling(files: Collection[str], read: Read, own: Mapping[str, str] | None = None) -> Tooling:
    """Return the commands of a project.

    Args:
        files: The files of the project.
        read: Returns the bytes of a file beneath the root, None when there is none.
        own: What the user set, by kind: it goes before what was found.
    """
    root = Root(files, read)
    python = interpreter(root)
    found = [
        *_own_commands(own or {}),
        *python_commands(root, python),
        *javascript_commands(root),
        *marked_commands(root),
        *target_commands(root),
    ]
    return Tooling(tuple(dict.fromkeys(found)), python)


def _own_commands(own: Mapping[str, str]) -> Iterator[ProjectCommand]:
    for kind in get_args(CommandKind):
        line = own.get(kind, "").strip()
        if line:
            yield ProjectCommand(kind, _as_argv(line), f"project.{kind}")


def _as_argv(line: str) -> tuple[str, ...]:
    """Return the words of a line; a line that needs a shell goes to one."""
    if not _SHELL.search(line):
        try:
            return tuple(shlex.split(line))
        except ValueError:  # a quote without its end: let the shell say so
            pass
    return ("sh", "-c", line)
