"""`vivek index ask`: a question about a known name, answered as the chat does, without a model."""

import sys
from contextlib import closing
from typing import Annotated

import typer

from vivek.cli.options import Invocation, ListFormatOption

_NOTHING = 1
_PATIENCE = 600.0
"""Seconds that a command waits for the index to be brought up to date."""

_FORMS = "Ask `where is NAME`, `who calls NAME`, `what imports NAME` or `what is in FILE`; `vivek ask` asks the model."


def ask(
    ctx: typer.Context,
    question: Annotated[str, typer.Argument(metavar="QUESTION", help="Such as `where is Till.total`.")],
    form: ListFormatOption = "text",
) -> None:
    """Answer where something is, who calls or imports it, or what is in a file.

    Exits with 1 where the index has no answer; no model is asked.
    """
    ctx.ensure_object(Invocation).action = lambda: _ask(question, form)


def _ask(question: str, form: str) -> int:
    from vivek.cli.render.answers import place_lines, remarks_of
    from vivek.cli.render.jsonl import VERSION, dump
    from vivek.cli.render.safe_text import problem
    from vivek.schema.plain import as_plain
    from vivek.session.doors.answers import IndexAnswers
    from vivek.session.options import Choices
    from vivek.session.place import open_place

    # Who asks here means the index: how sure that is does not matter.
    with closing(IndexAnswers(open_place(), Choices(), patience=_PATIENCE, least=0.0)) as index:
        found = index.answer(question)
        news = index.take_news()
    for notice in news:
        sys.stderr.write(problem(notice.text, notice.hint) + "\n")
    if form == "json":
        sys.stdout.write(dump({"version": VERSION, "answer": as_plain(found)}) + "\n")
    elif found is not None:
        sys.stdout.write("".join(f"{line}\n" for line in place_lines(found)))
        sys.stderr.write("".join(f"{line}\n" for line in remarks_of(found)))
    if found is None:
        sys.stderr.write(problem("The index has no answer to this.", _FORMS) + "\n")
        return _NOTHING
    return 0
