"""`vivek metrics`: what turns and model calls took here. Needs no model."""

import sys
from typing import Annotated, Literal, cast

import typer

from vivek.cli.options import Invocation, ThreadOption, choice, look_at_terminal

By = Literal["model", "node", "thread", "day"]
Form = Literal["text", "json", "csv"]

SinceOption = Annotated[
    str | None, typer.Option("--since", metavar="TIME", help="Begin so long ago (12h, 7d, 2w) or at a date.")
]
ByOption = Annotated[str, choice("--by", By, "What the figures are grouped by.")]
MetricsFormatOption = Annotated[str, choice("--format", Form, "What is printed.")]


def metrics(
    ctx: typer.Context,
    since: SinceOption = None,
    by: ByOption = "model",
    thread: ThreadOption = None,
    form: MetricsFormatOption = "text",
) -> None:
    """Show what turns and model calls took in this project."""
    ctx.ensure_object(Invocation).action = lambda: _metrics(since, cast(By, by), thread, form)


def _metrics(since: str | None, by: By, thread: str | None, form: str) -> int:
    from vivek.session.doors.metrics import parse_since, read_metrics
    from vivek.session.place import open_place
    from vivek.session.threads.index import ThreadIndex

    place = open_place()
    begin = None if since is None else parse_since(since)
    if thread is not None:
        with ThreadIndex.open() as index:
            thread = index.find(thread, place.root).id
    report = read_metrics(place, since=begin, thread=thread, by=by)
    if form == "json":
        from vivek.cli.render.jsonl import VERSION, dump
        from vivek.schema.plain import as_plain

        sys.stdout.write(dump({"version": VERSION, "metrics": as_plain(report)}) + "\n")
        return 0
    from shutil import get_terminal_size

    from vivek.cli.render.metrics import metrics_csv, metrics_text

    width = get_terminal_size().columns if look_at_terminal().draws else None
    sys.stdout.write((metrics_csv(report) if form == "csv" else metrics_text(report, width)) + "\n")
    return 0
