"""Runs a command that has been judged and says what came of it: what `run` and `script` share."""

from vivek.errors import ToolDeniedError, WorkspaceError
from vivek.project.checks.output import cut_output, ending, readable
from vivek.tools.base import Command, Desk, ToolResult
from vivek.tools.limits import body_room


async def run_told(command: Command, name: str, desk: Desk) -> ToolResult:
    """Run a command and return its output, cut to what matters.

    Args:
        command: What to run.
        name: What the user and the model are told of it.
        desk: What runs it.
    """
    if not command:
        return ToolResult("There is no command.", "no command", ok=False)
    try:
        ran = await desk.run(command)
    except ToolDeniedError as error:
        return ToolResult(f"`{name}` was not run: {error.message}", f"did not run {name}", ok=False, command=command)
    except WorkspaceError as error:
        return ToolResult(f"`{name}` was not run: {error.message}", f"could not run {name}", ok=False, command=command)
    ended = ending(ran)
    output = cut_output(readable(ran.output), body_room(desk), desk.count)
    return ToolResult(
        output or "(no output)",
        f"ran {name}: {ended}",
        label=f"`{name}` {ended}. Its output:",
        command=command,
    )
