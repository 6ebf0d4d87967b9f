"""The first `vivek.md` of a project, made of what its files say; what nobody can know is left to people."""

import shlex
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

from vivek.project.commands import CommandKind, ProjectCommand, Root, Tooling
from vivek.project.orientation import spoken_languages
from vivek.syntax.languages import is_prose, language_of

_FOLDERS = 12
_SETTABLE = ("test", "lint", "build")


@dataclass(frozen=True, slots=True)
class Survey:
    """What the files of a project say.

    Attributes:
        name: What it is called.
        languages: What it is written in, the most used first.
        commands: The first command of each kind.
        folders: Its folders with code, each with the number of its source files, the largest first.
    """

    name: str
    languages: tuple[str, ...] = ()
    commands: tuple[ProjectCommand, ...] = ()
    folders: tuple[tuple[str, int], ...] = ()


def survey_files(name: str, root: Root, tooling: Tooling) -> Survey:
    """Return what the files of a project say; nothing is run.

    Args:
        name: What the project is called.
        root: Its files.
        tooling: Its own commands.
    """
    commands = (tooling.of(kind) for kind in get_args(CommandKind))
    return Survey(
        name,
        tuple(spoken_languages(root)),
        tuple(command for command in commands if command is not None),
        tuple(_folders(root)),
    )


def page_of(survey: Survey, *, about: str = "", models: Sequence[str] = ()) -> str:
    """Return a page of notes.

    Commands that were found stand in remarks: vivek finds them in any case, and a setting would hold it to this one.

    Args:
        survey: What was found.
        about: What the project is, in the user's words; "" for nothing.
        models: Models of this machine, the best first.
    """
    lines = ["---", "# Settings of this project; a line that begins with `#` says nothing."]
    if survey.languages:
        lines.append(f"languages: [{', '.join(survey.languages)}]")
    lines += [
        f"# {each.kind}: {shlex.join(each.argv)}  # found in {each.source}; set it to change it"
        for each in survey.commands
        if each.kind in _SETTABLE
    ]
    if models:
        lines.append(f"# model: {models[0]}  # on this machine; others have to trust it")
    lines += ["# mode: peer", "---", f"# {survey.name}", ""]
    if about:
        lines += [about, ""]
    if survey.folders:
        lines += ["## How the code is laid out", ""]
        lines += [f"- `{folder}/`: {_files(number)}" for folder, number in survey.folders]
        lines.append("")
    if survey.commands:
        lines += ["## How to check a change", ""]
        lines += [f"- {each.kind}: `{shlex.join(each.argv)}`" for each in survey.commands]
        lines.append("")
    return "\n".join(lines)


def _folders(root: Root) -> Sequence[tuple[str, int]]:
    code = (path for path in root.files if "/" in path and language_of(path) is not None and not is_prose(path))
    found = Counter(path.partition("/")[0] for path in code)
    return sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))[:_FOLDERS]


def _files(number: int) -> str:
    return f"{number:,} source file{'s' if number != 1 else ''}"
