"""`vivek apply`: brings a reply from any chat into the project's files. Needs no model."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from vivek.cli.options import Invocation, ListFormatOption, look_at_terminal, one_of
from vivek.errors import ConfigError

_LARGEST = 4 * 2**20
_REFUSED = 1
_DIALECTS = ("auto", "whole", "region", "search_replace", "udiff", "begin_patch")


def apply(
    ctx: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE|-", help="The reply; - is standard input.")],
    dialect: Annotated[
        str,
        typer.Option(
            "--dialect", metavar="|".join(_DIALECTS), callback=one_of(*_DIALECTS), help="The only form to read."
        ),
    ] = "auto",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the diff and change nothing.")] = False,
    form: ListFormatOption = "text",
) -> None:
    """Apply the edits of a chat's reply to your files: all of them or, when one is refused, none.

    A reply may hold whole files or functions in fences below their path, SEARCH/REPLACE blocks, unified diffs and
    patches. Exits with 0 when all of it was applied (or would be), with 1 when something was refused or there is
    nothing to apply, with 2 when the reply cannot be read. `vivek undo` takes it back.

    JSON is one object: version, applied, files (path, status, kind, added, removed, notes, look_twice), refused
    (path, reason, feedback), asked, left, diff, concerns. A status is applied, would_apply, held_back or unchanged.
    """
    ctx.ensure_object(Invocation).action = lambda: _run(file, dialect, form, dry_run=dry_run)


def _run(file: str, dialect: str, form: str, *, dry_run: bool) -> int:
    from vivek.cli.render.applying import apply_object, remark_lines, result_lines
    from vivek.cli.render.jsonl import dump
    from vivek.session.doors.apply import apply_reply
    from vivek.session.place import open_place

    report = apply_reply(open_place(), _reply(file), dialect=dialect, dry_run=dry_run)
    if form == "json":
        sys.stdout.write(dump(apply_object(report)) + "\n")
    else:
        if dry_run:
            _show(report.diff)
        (sys.stderr if dry_run else sys.stdout).write(result_lines(report))
        sys.stderr.write(remark_lines(report))
    return _REFUSED if report.refusals or not report.files else 0


def _show(diff: str) -> None:
    """Show a diff: in colours where there is somebody to see them, else as `git apply` takes it."""
    from vivek.cli.render.safe_text import visible

    if not look_at_terminal().draws:
        sys.stdout.write(visible(diff))
        return
    from rich.console import Console

    from vivek.cli.render.diff import diff_text
    from vivek.session.doors.editing import mark_words

    Console(highlight=False).print(diff_text(mark_words(diff)))
    sys.stdout.flush()


def _reply(file: str) -> str:
    """Return the text of a reply.

    Raises:
        ConfigError: If it cannot be read, is empty, too large or no valid UTF-8.
    """
    name = "Standard input" if file == "-" else file
    try:
        data = _read(file)
    except OSError as error:
        msg = f"{file} cannot be read: {error.strerror}."
        raise ConfigError(msg, hint="Name a file that holds the reply, or pipe it in: `vivek apply -`.") from error
    if len(data) > _LARGEST:
        msg = f"{name} is larger than {_LARGEST // 2**20} MiB, the most a reply may have."
        raise ConfigError(msg, hint="Cut it into several replies.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        msg = f"{name} is not valid UTF-8 (byte {error.start + 1})."
        raise ConfigError(msg, hint="Convert it first, for example with `iconv -f LATIN1 -t UTF-8`.") from error
    if not text.strip():
        msg = f"{name} is empty." if file != "-" else "The reply is empty."
        raise ConfigError(msg, hint="Pipe a chat's reply in: `vivek apply - < reply.md`.")
    return text


def _read(file: str) -> bytes:
    if file != "-":
        with Path(file).expanduser().open("rb") as stream:
            return stream.read(_LARGEST + 1)
    if sys.stdin is None:
        return b""
    if sys.stdin.isatty():
        sys.stderr.write("Paste the reply, then press Ctrl-D on a line of its own.\n")
    return sys.stdin.buffer.read(_LARGEST + 1)
