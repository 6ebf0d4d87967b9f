"""`vivek doctor`: what works here, what does not, and what would make it faster."""

import asyncio
import shutil
import sys

import typer

from vivek.cli.options import BaseUrlOption, Invocation, ListFormatOption, ModelOption, Terminal, look_at_terminal
from vivek.schema.doctor import Examination, Finding

_BROKEN, _SETTINGS, _NO_MODEL = 1, 2, 4
_NARROW = 60


def doctor(
    ctx: typer.Context, model: ModelOption = None, base_url: BaseUrlOption = None, format_: ListFormatOption = "text"
) -> None:
    """Look at servers, model, folders, sandbox and terminal; changes nothing.

    Exits with 0 when a model can answer and nothing is broken, with 2 when the settings cannot be read, with 1 when
    something else is broken, with 4 when only a model is missing.
    """
    ctx.ensure_object(Invocation).action = lambda: _run(model, base_url, format_)


def exit_code(found: Examination) -> int:
    """Return the exit code for what was found, the worst first."""
    if not found.settings_readable:
        return _SETTINGS
    if any(finding.mark == "broken" and finding.topic != "model" for finding in found.findings):
        return _BROKEN
    return 0 if found.model_usable else _NO_MODEL


def look_at_screen(terminal: Terminal, columns: int, encoding: str) -> list[Finding]:
    """Return what the terminal can do.

    Args:
        terminal: Facts of the streams.
        columns: How wide it is.
        encoding: Of standard output.
    """
    if not terminal.asks:
        return [Finding("terminal", "screen", "note", "no terminal: nobody can be asked, output is plain")]
    told = f"{columns} columns, {'drawn with colours' if terminal.draws else 'plain text'}, {encoding}"
    if columns < _NARROW:
        return [Finding("terminal", "screen", "poor", told, "diffs read better in a wider terminal")]
    if encoding.replace("-", "").lower() != "utf8":
        return [Finding("terminal", "screen", "poor", told, "set a UTF-8 locale, such as `LANG=C.UTF-8`")]
    return [Finding("terminal", "screen", "good", told)]


def _run(model: str | None, base_url: str | None, form: str) -> int:
    from dataclasses import replace

    from vivek.cli.render.doctor import examination_object, examination_text
    from vivek.cli.render.jsonl import dump
    from vivek.session.doctor.examine import examine
    from vivek.session.options import Choices

    found = asyncio.run(examine(Choices(model=model, base_url=base_url)))
    columns = shutil.get_terminal_size().columns
    screen = look_at_screen(look_at_terminal(), columns, sys.stdout.encoding)
    found = replace(found, findings=(*found.findings, *screen))
    text = dump(examination_object(found)) if form == "json" else examination_text(found)
    sys.stdout.write(text + "\n")
    return exit_code(found)
