"""`vivek threads replay`: recorded turns run again without a model; the first node that differs is named."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from vivek.cli.options import Invocation, ListFormatOption

if TYPE_CHECKING:
    from vivek.schema.replayed import Difference, Replayed

_INCOMPLETE = 5

IdArgument = Annotated[str, typer.Argument(metavar="ID", help="Id of a thread, or a unique prefix.")]
TurnOption = Annotated[str | None, typer.Option("--turn", metavar="N", help="This turn only; all by default.")]

_KINDS = {
    "prompt": "asks the model something else",
    "output": "returns something else",
    "way": "comes where another node came",
    "calls": "asks the model another number of times",
}


def replay(ctx: typer.Context, id_: IdArgument, turn: TurnOption = None, form: ListFormatOption = "text") -> None:
    """Run a thread's recorded turns again, without a model, and name the first node that differs."""
    ctx.ensure_object(Invocation).action = lambda: _replay(id_, turn, form)


def _replay(id_: str, turn: str | None, form: str) -> int:
    from vivek.errors import ConfigError
    from vivek.session.place import open_place
    from vivek.session.recording.replay import replay_thread

    if turn is not None and not (turn.isascii() and turn.isdigit()):
        msg = f"{turn!r} is no number of a turn."
        raise ConfigError(msg, hint="Count the turns of the thread from 1.")
    replayed = replay_thread(open_place(), id_, turn=None if turn is None else int(turn))
    if form == "json":
        from dataclasses import asdict

        from vivek.cli.render.jsonl import VERSION, dump

        sys.stdout.write(dump({"version": VERSION, **asdict(replayed)}) + "\n")
    else:
        from vivek.cli.render.safe_text import visible

        sys.stdout.write("".join(f"{visible(line)}\n" for line in _lines(replayed)))
    if replayed.difference is not None:
        return 1
    return _INCOMPLETE if len(replayed.skipped) == len(replayed.turns) else 0


def _lines(replayed: "Replayed") -> list[str]:
    ran = len(replayed.turns) - len(replayed.skipped)
    why = "it waits, was cut off, or is of another form"
    lines = [f"The recording of turn {turn} ends early: {why}." for turn in replayed.skipped]
    if replayed.difference is not None:
        return [*lines, *_told(replayed.difference)]
    same = f"{replayed.steps} nodes of {ran} turn{'s' if ran != 1 else ''} do what they did."
    return [*lines, same] if ran else lines


def _told(found: "Difference") -> list[str]:
    where = f"Turn {found.turn}, step {found.step}: `{found.node}` {_KINDS[found.kind]}, at {found.place}."
    return [where, f"- {found.recorded}", f"+ {found.now}"]
