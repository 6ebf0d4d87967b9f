"""Runs the linters that a project's own commands call, in the sandbox, where the user trusts those commands."""

import asyncio
import shlex
from collections.abc import Sequence
from typing import TYPE_CHECKING

from vivek.analysis.findings.linter_outputs import read_output
from vivek.errors import VivekError
from vivek.project.changes.versions import Version
from vivek.project.checks.output import readable
from vivek.project.checks.verdicts import outcome
from vivek.project.tooling.definitions import definition_of
from vivek.project.tooling.finding import detect_tooling
from vivek.project.tooling.linters import Configured, configured
from vivek.schema.changes import Changes
from vivek.session.options import Choices
from vivek.session.place import Place
from vivek.session.reviewing.static import Looked
from vivek.session.trust import Trust

if TYPE_CHECKING:
    from vivek.session.doors.run import CommandDoor

_SECONDS = 300.0


def run_own_linters(place: Place, changes: Changes, version: Version) -> Looked:
    """Run what the project names and the user trusts; nothing where the change is not what lies in the tree.

    Args:
        place: The project.
        changes: What is reviewed.
        version: The project around it.
    """
    looked = Looked()
    if place.restricted or changes.scope.kind not in ("worktree", "files", "lines"):
        return looked
    trust = Trust.open()
    if not trust.folders:
        return looked
    paths = [file.path for file in changes.files if not file.aside and file.new_text is not None]
    found = [*configured(detect_tooling(version.paths(), version.read).commands, paths)]
    trusted = [each for each in found if _is_trusted(place, trust, each, version)]
    if trusted:
        asyncio.run(_run(place, trusted, looked))
    return looked


def _is_trusted(place: Place, trust: Trust, linter: Configured, version: Version) -> bool:
    command = linter.command
    defined = definition_of(command.source, version.read)
    return trust.decision(place.root, "test", shlex.join(command.argv), command.source, definition=defined) == "yes"


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
    ran = (await door.run(linter.argv, timeout=_SECONDS)).ran
    text = readable(ran.output)
    told = read_output(name, text, str(place.root))
    status, why = outcome(linter.argv, ran, text)
    if status == "skipped":
        looked.said.append(f"{name} was not run: {why}.")
    elif status == "failed" and not told:
        looked.said.append(f"{name} said nothing that can be read. {why}")
    else:
        looked.told += told
        looked.read[name] = linter.paths
