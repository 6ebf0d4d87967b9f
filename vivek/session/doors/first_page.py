"""What a first page of notes needs beyond files: measures of the code, and commands that were tried. No model.

Commands run behind the same gate and in the same sandbox as with `vivek run`.
"""

from collections.abc import Awaitable, Callable, Sequence

from vivek.analysis.structure.insight import insight_of
from vivek.errors import WorkspaceError
from vivek.project.tooling.commands import ProjectCommand
from vivek.schema.first_page import Insight, Outcome
from vivek.session.doors.analyze import analyze
from vivek.session.doors.run import CommandDoor, Explained
from vivek.session.place import Place

SECONDS = 600.0
"""How long one of them may take."""

Argv = tuple[str, ...]

Ask = Callable[[Explained], Awaitable[bool]]
"""Asks whether a command may run."""


def measure(place: Place, *, on_progress: Callable[[int, int], None] | None = None) -> Insight:
    """Return what a newcomer should know first; takes and raises what `analyze` does."""
    return insight_of(analyze(place, on_progress=on_progress))


async def try_commands(
    door: CommandDoor,
    commands: Sequence[ProjectCommand],
    ask: Ask | None,
    tell: Callable[[Argv], None],
    *,
    timeout: float = SECONDS,
) -> dict[Argv, Outcome]:
    """Run commands on a view of the project, one after the other; return what became of each.

    What they change in that view is gone with it.

    Args:
        door: Judges and runs them.
        commands: What the project names.
        ask: Asks about those that must be asked for; None where nobody can be asked: then they do not run.
        tell: Hears of a command right before it runs.
        timeout: Seconds each of them may take.
    """
    return {command.argv: await _tried(door, command, ask, tell, timeout) for command in commands}


async def _tried(
    door: CommandDoor,
    command: ProjectCommand,
    ask: Ask | None,
    tell: Callable[[Argv], None],
    timeout: float,
) -> Outcome:
    if command.kind == "format":
        return Outcome(worked=False, told="not run: it changes files")
    said = await door.explain(command.argv)
    if said.judged.verdict == "refuse":
        return Outcome(worked=False, told=f"not run: {said.judged.reason}")
    if said.judged.verdict == "ask" and (ask is None or not await ask(said)):
        return Outcome(worked=False, told="not run: nobody allowed it")
    tell(command.argv)
    try:
        ran = (await door.run(command.argv, timeout=timeout)).ran
    except WorkspaceError as error:
        return Outcome(worked=False, told=f"not run: {error.message}")
    if ran.timed_out:
        return Outcome(worked=False, told=f"did not end here within {timeout:g} seconds")
    if ran.returncode != 0:
        return Outcome(worked=False, told=f"failed here with exit code {ran.returncode}")
    return Outcome(worked=True, told="worked")
