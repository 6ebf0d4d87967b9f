"""`vivek explain`: what is known of a message of vivek's, and what to do. Needs no model, no project, no network."""

import re
import shutil
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from vivek.cli.options import Invocation, ListFormatOption

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vivek.schema.trouble import Trouble

WordsArgument = Annotated[
    list[str] | None,
    typer.Argument(metavar="[TOPIC|MESSAGE]...", help="What an error named, or its words; everything by default."),
]
_LINK = re.compile(r"\[(.+?)\]\(.+?\)")


def explain(ctx: typer.Context, words: WordsArgument = None, form: ListFormatOption = "text") -> None:
    """Say more about an error: why it is told, and what to do."""
    ctx.ensure_object(Invocation).action = lambda: _explain(" ".join(words or ()), form)


def _explain(asked: str, form: str) -> int:
    from vivek.cli.render.safe_text import problem
    from vivek.cli.troubles import load_troubles

    troubles = load_troubles()
    known = _meant(troubles, asked) if asked else troubles
    if form == "json":
        from dataclasses import asdict

        from vivek.cli.render.jsonl import VERSION, dump

        sys.stdout.write(dump({"version": VERSION, "troubles": [asdict(each) for each in known]}) + "\n")
    elif known:
        sys.stdout.write(_text(known))
    if known:
        return 0
    topics = ", ".join(dict.fromkeys(each.topic for each in troubles))
    sys.stderr.write(problem(f"Nothing is known of {asked!r}.", f"Topics: {topics}.") + "\n")
    return 1


def _meant(troubles: "Sequence[Trouble]", asked: str) -> "list[Trouble]":
    """Return a whole topic, else the message that was pasted, else the messages that hold all of the words."""
    from vivek.cli.troubles import says

    words = re.findall(r"\w+", asked.lower())
    return (
        [each for each in troubles if each.topic == asked]
        or [each for each in troubles if says(each, asked)]
        or [each for each in troubles if words and all(word in each.message.lower() for word in words)]
    )


def _text(troubles: "Sequence[Trouble]") -> str:
    from vivek.cli.render.safe_text import wrapped

    lines: list[str] = []
    heading = ""
    for each in troubles:
        if each.heading != heading:
            heading = each.heading
            lines += ["", f"{heading} ({each.topic})"]
        why = _LINK.sub(r"\1", each.why)
        lines += ["", f"  {each.message}", f"    {why}"]
    return wrapped("\n".join(lines[1:]), shutil.get_terminal_size().columns) + "\n"
