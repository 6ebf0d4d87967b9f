"""Runs the linters that a project's own commands call, in the sandbox, where the user trusts those commands."""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from vivek.analysis.findings.linter_outputs import passed_by, read_output
from vivek.errors import VivekError
from vivek.project.changes.revisions import Revisions
from vivek.project.changes.versions import Version
from vivek.project.checks.output import readable
from vivek.project.checks.verdicts import outcome
from vivek.project.tooling.linters import Configured, concerned, configured
from vivek.schema.changes import Changes
from vivek.session.options import Choices
from vivek.session.place import Place
from vivek.session.project_commands import named_commands
from vivek.session.reviewing.static import Looked
from vivek.workspace.files import Files

if TYPE_CHECKING:
    from vivek.session.doors.run import CommandDoor

_SECONDS = 300.0
_LARGEST = 32_000_000  # bytes of output; JSON is read whole or not at all
_SHOWN = 200  # characters of what a linter said when it failed


def run_own_linters(place: Place, changes: Changes, version: Version) -> Looked:
    """Run what the project names and the user trusts; nothing where the change is not what lies in the tree.

    Args:
        place: The project.
        changes: What is reviewed.
        version: The project around it.
    """
    looked = Looked()
    paths = [file.path for file in changes.files if not file.aside and file.new_text is not None]
    if place.restricted or not concerned(paths) or not _lies_there(place, changes):
        return looked
    read = Files(place.root).read if version.by_git else version.read  # the same bytes, without a git for each
    answers = {each.command: each.answer for each in named_commands(place, version.paths(), read)}
    found = [*configured(answers, paths)]
    trusted = [each for each in found if answers[each.command] == "yes"]
    asked = [each.linter.name for each in found if answers[each.command] == "ask"]
    if asked:
        names = ", ".join(asked)
        looked.said.append(f"Not run, as you did not say yet whether they may: {names} (`vivek trust commands`).")
    if trusted:
        looked.passing = True
        asyncio.run(_run(place, trusted, looked))
    return looked


def _lies_there(place: Place, changes: Changes) -> bool:
    """Tell whether the version that is reviewed is the one in the working tree, where linters can see it."""
    scope = changes.scope
    if scope.kind in ("worktree", "files", "lines"):
        return True
    if not scope.head:
        return False
    revisions = Revisions(place.root)
    return revisions.head == scope.head and revisions.is_clean()


async def _run(place: Place, linters: Sequence[Configured], looked: Looked) -> None:
    from vivek.session.doors.run import CommandDoor

    door = CommandDoor(place, Choices())
    for linter in linters:
        try:
            await _run_one(place, door, linter, looked)
        except VivekError as error:
            looked.said.append(f"{linter.linter.name} was not run: {error.message}")


async def _run_one(place: Place, door: "CommandDoor", linter: Configured, looked: Looked) -> None:
    name = linter.linter.name
    judged = (await door.explain(linter.argv)).judged
    if judged.rule == "sandbox-required":  # all else was answered when the user trusted the command
        looked.said.append(f"{name} was not run. {judged.reason}")
        return
    ran = (await door.run(linter.argv, timeout=_SECONDS, keep=_LARGEST)).ran
    text = readable(ran.output)
    raw = ran.output.decode("utf-8", "replace")
    told = read_output(name, raw, str(place.root))
    status, why = outcome(linter.argv, ran, text)
    if status == "skipped":
        looked.said.append(f"{name} was not run: {why}.")
    elif status == "failed" and not told:
        looked.said.append(f"{name} found nothing that can be read. {why}{_last(text)}")
    else:
        looked.told += told
        aside = passed_by(name, raw, str(place.root))
        looked.read[name] = tuple(path for path in linter.paths if path not in aside)


def _last(text: str) -> str:
    """Return the first line in which a linter speaks of an error, else its last one."""
    lines = [" ".join(line.split()) for line in text.split("\n") if line.strip()]
    said = next((line for line in lines if "error" in line.lower()), lines[-1] if lines else "")
    return f" It says: {said[:_SHOWN]}" if said else ""
