"""`vivek threads search` and `export`: what was said, found again and handed on. Needs no model."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from vivek.cli.options import Invocation, ListFormatOption, choice
from vivek.errors import ConfigError, WorkspaceError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vivek.schema.threads import Found

_MOST = 50

IdArgument = Annotated[str, typer.Argument(metavar="ID", help="Id of a thread, or a unique prefix.")]
WordsArgument = Annotated[list[str], typer.Argument(metavar="WORD...", help="Words that one message has, all of them.")]
AllOption = Annotated[bool, typer.Option("--all", help="The threads of all projects.")]
LimitOption = Annotated[str | None, typer.Option("--limit", "-n", metavar="N", help="Only N places, 0 for all.")]
ExportFormatOption = Annotated[str, choice("--format", Literal["markdown", "json"], "What is written.")]
OutputOption = Annotated[
    str | None, typer.Option("--output", "-o", metavar="FILE", help="Write to a new file, not to standard output.")
]
ForceOption = Annotated[bool, typer.Option("--force", help="Replace a file that is there.")]


def search(
    ctx: typer.Context,
    words: WordsArgument,
    everywhere: AllOption = False,
    limit: LimitOption = None,
    form: ListFormatOption = "text",
) -> None:
    """Find words in what was said."""
    ctx.ensure_object(Invocation).action = lambda: _search(words, limit, form, everywhere=everywhere)


def export(
    ctx: typer.Context,
    id_: IdArgument,
    form: ExportFormatOption = "markdown",
    output: OutputOption = None,
    force: ForceOption = False,
) -> None:
    """Write a thread as Markdown or JSON, secrets masked."""
    ctx.ensure_object(Invocation).action = lambda: _export(id_, form, output, force=force)


def _search(words: list[str], limit: str | None, form: str, *, everywhere: bool) -> int:
    from vivek.session.doors.searching import search_threads
    from vivek.session.place import open_place

    found = search_threads(None if everywhere else open_place(), words, most=_number(limit) or None)
    if form == "json":
        from dataclasses import asdict

        from vivek.cli.render.jsonl import VERSION, dump

        sys.stdout.write(dump({"version": VERSION, **asdict(found)}) + "\n")
        return 0 if found.total else 1
    return _tell(found, everywhere=everywhere)


def _tell(found: "Found", *, everywhere: bool) -> int:
    from vivek.cli.render.tables import hit_lines

    sys.stdout.writelines(f"{line}\n" for line in hit_lines(found.hits, directories=everywhere))
    sys.stdout.flush()
    told = [f"{directory} cannot be read" for directory in found.unread]
    if not found.total:
        told.append(f"Nothing of that kind was said in {found.searched:,} threads.")
        told += [] if everywhere else ["hint: `--all` searches the threads of all projects"]
    elif found.total > len(found.hits):
        told.append(f"{found.total - len(found.hits):,} more places; `--limit 0` shows all.")
    sys.stderr.write("".join(f"{line}\n" for line in told))
    return 0 if found.total else 1


def _export(given: str, form: str, output: str | None, *, force: bool) -> int:
    from vivek.session.doors.exporting import export_thread
    from vivek.session.place import open_place

    exported = export_thread(open_place(), given)
    pieces: Iterable[str]
    if form == "json":
        from dataclasses import asdict

        from vivek.cli.render.jsonl import VERSION, dump

        pieces = [dump({"version": VERSION, **asdict(exported)}) + "\n"]
    else:
        from vivek.cli.render.exported import thread_markdown

        pieces = thread_markdown(exported)
    if output is None:
        sys.stdout.writelines(pieces)
        return 0
    path = Path(output)
    try:
        with path.open("w" if force else "x", encoding="utf-8", errors="replace") as file:
            file.writelines(pieces)
    except FileExistsError as error:
        msg = f"{output} is there already."
        raise ConfigError(msg, hint="Name another file, or add `--force`.") from error
    except OSError as error:
        msg = f"{output} cannot be written: {error.strerror}."
        raise WorkspaceError(msg, hint="Look at its folder and the free disk space.") from error
    sys.stderr.write(f"wrote {exported.thread.id} to {output}\n")
    return 0


def _number(text: str | None) -> int:
    if text is None:
        return _MOST
    if text.isascii() and text.isdigit():
        return int(text)
    msg = f"{text!r} is no number of places."
    raise ConfigError(msg, hint="`--limit 20` shows 20 places, `--limit 0` all.")
