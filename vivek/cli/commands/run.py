"""`vivek run`: runs a command exactly as the model's tool would, or says what would become of it. Needs no model."""

import asyncio
import sys
from typing import TYPE_CHECKING, Annotated, cast

import typer

from vivek.cli.options import ApproveOption, Invocation, ListFormatOption, SandboxOption, look_at_terminal
from vivek.errors import ConfigError, ToolDeniedError

if TYPE_CHECKING:
    from vivek.schema.approval import ApprovalPolicy
    from vivek.schema.sandbox import Access
    from vivek.session.doors.run import Command, CommandDoor, Explained, Tried

_WAITING, _TOO_LATE, _SIGNALLED = 6, 124, 128


def run(
    ctx: typer.Context,
    command: Annotated[
        list[str], typer.Argument(metavar="CMD...", help="Program and arguments, or one text for a shell.")
    ],
    explain: Annotated[bool, typer.Option("--explain", help="Say what would become of it; run nothing.")] = False,
    timeout: Annotated[str, typer.Option("--timeout", metavar="SECONDS", help="How long it may take.")] = "120",
    approval: ApproveOption = None,
    sandbox: SandboxOption = None,
    form: ListFormatOption = "text",
) -> None:
    """Run a command as the model's tool would: in the sandbox, without a network, on a view of your project.

    One argument is read as a shell reads it (`vivek run "ls | wc -l"`), several are program and arguments
    (`vivek run -- pytest -q`). What only reads runs at once; else you are asked. What a command changes in its view
    is gone with it. Exits with the command's own status, 124 when it took too long, 1 when it is refused, 6 when it
    would have to be asked for and there is no terminal.

    With `--explain` nothing runs: the verdict is allow, ask or refuse. `--format json` prints one object then:
    verdict, rule, sandbox.
    """
    invocation = ctx.ensure_object(Invocation)
    given: Command = command[0] if len(command) == 1 else tuple(command)
    if explain:
        invocation.action = lambda: _explain(given, approval, sandbox, form)
    else:
        invocation.action = lambda: _run(given, approval, sandbox, form, _seconds(timeout))


def _explain(command: "Command", approval: str | None, sandbox: str | None, form: str) -> int:
    from vivek.cli.render.commands import verdict_object, verdict_text
    from vivek.cli.render.jsonl import VERSION, dump

    said = asyncio.run(_open(approval, sandbox).explain(command))
    if form == "json":
        sys.stdout.write(dump({"version": VERSION, **verdict_object(said.judged, said.sandbox)}) + "\n")
    else:
        sys.stdout.write(verdict_text(said.judged, said.sandbox))
    return 0


def _run(command: "Command", approval: str | None, sandbox: str | None, form: str, timeout: float) -> int:
    from vivek.cli.render.commands import ended_text, ran_object, verdict_object
    from vivek.cli.render.jsonl import VERSION, dump

    door = _open(approval, sandbox)
    said = asyncio.run(door.explain(command))
    if said.judged.verdict == "refuse":
        raise ToolDeniedError(f"`{said.written}` is not run. {said.judged.reason}", hint=f"Rule: {said.judged.rule}.")
    if said.judged.verdict == "ask":
        if not look_at_terminal().asks:
            return _leave_open(said)
        from vivek.cli.turn.permission import ask_to_run

        if not asyncio.run(ask_to_run(said, door)):
            return 1
    tried = asyncio.run(_try(door, command, timeout, live=form != "json"))
    if form == "json":
        found = ran_object(verdict_object(said.judged, said.sandbox), tried.ran, tried.dropped)
        sys.stdout.write(dump({"version": VERSION, **found}) + "\n")
    sys.stdout.flush()
    sys.stderr.write(ended_text(tried.ran, tried.dropped))
    return _status(tried)


def _open(approval: str | None, sandbox: str | None) -> "CommandDoor":
    """Return the door of this project, and tell what there is to tell."""
    from vivek.cli.render.safe_text import problem
    from vivek.session.doors.run import CommandDoor
    from vivek.session.options import Choices
    from vivek.session.place import open_place

    # The parser let only these names through. Whether there is somebody to ask matters later.
    policy, access = cast("ApprovalPolicy | None", approval), cast("Access | None", sandbox)
    door = CommandDoor(open_place(), Choices(approve=policy, sandbox=access, interactive=True))
    for notice in door.notices:
        sys.stderr.write(problem(notice.text, notice.hint) + "\n")
    return door


def _leave_open(said: "Explained") -> int:
    from vivek.cli.render.safe_text import problem

    hint = "Run it in a terminal, where you are asked; `vivek run --explain` says more."
    sys.stderr.write(problem(f"`{said.written}` must be asked for: {said.judged.reason}", hint) + "\n")
    return _WAITING


async def _try(door: "CommandDoor", command: "Command", timeout: float, *, live: bool) -> "Tried":
    """Run the command; on a terminal its output is made visible, elsewhere it passes as it is."""
    if not live:
        return await door.run(command, timeout=timeout)
    if not sys.stdout.isatty():
        tried = await door.run(command, timeout=timeout, on_output=_pass_on)
        sys.stdout.buffer.flush()
        return tried
    from vivek.cli.render.commands import LiveOutput

    shown = LiveOutput()

    def show(piece: bytes) -> None:
        sys.stdout.write(shown.feed(piece))
        sys.stdout.flush()

    tried = await door.run(command, timeout=timeout, on_output=show)
    sys.stdout.write(shown.finish())
    return tried


def _pass_on(piece: bytes) -> None:
    sys.stdout.buffer.write(piece)
    sys.stdout.buffer.flush()


def _status(tried: "Tried") -> int:
    if tried.ran.timed_out:
        return _TOO_LATE
    number = tried.ran.returncode
    return number if number >= 0 else _SIGNALLED - number


def _seconds(text: str) -> float:
    """Return a time limit.

    Raises:
        ConfigError: If it is none.
    """
    if text.isascii() and text.replace(".", "", 1).isdigit() and float(text) > 0:
        return float(text)
    msg = f"`--timeout` takes seconds, not {text!r}."
    raise ConfigError(msg, hint="Such as `--timeout 30`.")
