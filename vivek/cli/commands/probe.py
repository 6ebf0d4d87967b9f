"""`vivek models probe`: what a model really can, measured and kept."""

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vivek.cli.options import (
    BaseUrlOption,
    Invocation,
    ListFormatOption,
    ModelOptions,
    WindowOption,
    build_choices,
)
from vivek.errors import ConfigError

if TYPE_CHECKING:
    from vivek.schema.probe import Probed, Step
    from vivek.session.options import Choices

_WIDTH = 24


def probe(
    ctx: typer.Context,
    name: Annotated[
        str | None, typer.Argument(metavar="PROVIDER/NAME", help="The model; the one in use when left out.")
    ] = None,
    base_url: BaseUrlOption = None,
    window: WindowOption = None,
    export: Annotated[
        str | None, typer.Option("--export", metavar="FILE", help="Measure nothing: write what is known to a file.")
    ] = None,
    import_: Annotated[
        str | None, typer.Option("--import", metavar="FILE", help="Measure nothing: take what such a file says.")
    ] = None,
    form: ListFormatOption = "text",
) -> None:
    """Measure in under two minutes what a model really can; later turns use it.

    Speed, thinking, JSON by schema, calls of tools, small edits, and whether it finds what stands at both ends of its
    window.
    """

    def act() -> int:
        if export is not None and import_ is not None:
            msg = "`--export` and `--import` exclude each other."
            raise ConfigError(msg, hint="Do the one, then the other.")
        choices = build_choices(models=ModelOptions(name, base_url, window), interactive=False)
        if export is not None or import_ is not None:
            return _share(choices, export, import_)
        return asyncio.run(_probe(choices, form))

    ctx.ensure_object(Invocation).action = act


def _share(choices: "Choices", export: str | None, import_: str | None) -> int:
    from vivek.session.models.probing import export_known, import_known
    from vivek.session.place import open_place

    if export is not None:
        model = asyncio.run(export_known(open_place(), choices, Path(export)))
        sys.stdout.write(f"wrote what is known of {model} to {export}\n")
    elif import_ is not None:
        model = asyncio.run(import_known(open_place(), choices, Path(import_)))
        sys.stdout.write(f"took what {import_} says of {model}\n")
    return 0


async def _probe(choices: "Choices", form: str) -> int:
    """Measure, telling every step as it is done; what was measured before a stop is kept."""
    from contextlib import aclosing
    from datetime import UTC, datetime

    from vivek.schema.probe import Step
    from vivek.session.models.probing import probe_model
    from vivek.session.place import open_place

    today = datetime.now(UTC).strftime("%Y-%m-%d")
    done: list[Step] = []
    async with aclosing(probe_model(open_place(), choices, today=today)) as told:
        async for event in told:
            if isinstance(event, Step):
                done.append(event)
            if form == "text":
                sys.stdout.write(_line(event) + "\n")
                sys.stdout.flush()
    if form == "json":
        from vivek.cli.render.jsonl import dump
        from vivek.schema.plain import as_plain

        steps = [{"name": step.name, "verdict": step.verdict, "measured": step.measured} for step in done]
        sys.stdout.write(dump({"version": 1, "steps": steps, "known": as_plain(done[-1].known)}) + "\n")
    return 0 if any(step.measured for step in done) else 4


def _line(event: "Probed | Step") -> str:
    from vivek.cli.render.safe_text import one_line
    from vivek.schema.probe import Step

    if isinstance(event, Step):
        return f"  {event.name:<{_WIDTH}}  {one_line(event.verdict)}"
    return f"{one_line(event.model)} · {event.window:,} tokens of window ({one_line(event.window_source)})"
