"""The first `vivek.md` of a project, made of what its files say; what nobody can know is left to people."""

import shlex
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

from vivek.project.orientation import spoken_languages
from vivek.project.tooling.commands import CommandKind, ProjectCommand, Root, Tooling
from vivek.schema.first_page import Insight, Outcome
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


def page_of(
    survey: Survey,
    *,
    about: str = "",
    models: Sequence[str] = (),
    insight: Insight | None = None,
    outcomes: Mapping[tuple[str, ...], Outcome] | None = None,
) -> str:
    """Return a page of notes.

    Commands that were found stand in remarks: vivek finds them in any case, and a setting would hold it to this one.

    Args:
        survey: What was found.
        about: What the project is, in the user's words; "" for nothing.
        models: Models of this machine, the best first.
        insight: What was measured of the project, None where nobody looked.
        outcomes: What became of its commands, by program and arguments; None where none was to be run.
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
    layout = insight.layout if insight is not None else ()
    folders = [f"`{folder}/`: {_files(number)}" for folder, number in survey.folders]
    lines += _part("Where it starts", insight.entries if insight is not None else ())
    lines += _part("How the code is laid out", layout or folders)
    lines += _part("How to check a change", [_command(each, outcomes) for each in survey.commands])
    lines += _part("What most of the code does", insight.conventions if insight is not None else ())
    return "\n".join(lines)


def _part(heading: str, items: Sequence[str]) -> list[str]:
    return [f"## {heading}", "", *(f"- {item}" for item in items), ""] if items else []


def _command(command: ProjectCommand, outcomes: Mapping[tuple[str, ...], Outcome] | None) -> str:
    """Return a command with what became of it: only one that ended well stands there as it is."""
    line = f"{command.kind}: `{shlex.join(command.argv)}`"
    if outcomes is None:
        return line
    outcome = outcomes.get(command.argv)
    return line if outcome is not None and outcome.worked else f"{line} ({outcome.told if outcome else 'not run'})"


def _folders(root: Root) -> Sequence[tuple[str, int]]:
    code = (path for path in root.files if "/" in path and language_of(path) is not None and not is_prose(path))
    found = Counter(path.partition("/")[0] for path in code)
    return sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))[:_FOLDERS]


def _files(number: int) -> str:
    return f"{number:,} source file{'s' if number != 1 else ''}"
