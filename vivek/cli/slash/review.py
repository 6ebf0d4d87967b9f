"""`/review`: what tools and vivek's own rules find in what changed, at once; then what the model of the chat finds."""

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from vivek.cli.render.review import Limits, choose
from vivek.cli.render.review_text import short_lines
from vivek.cli.render.safe_text import problem
from vivek.cli.reviewing.asking import Asked, Asking
from vivek.cli.reviewing.forms import MOST
from vivek.cli.slash.desk import Desk
from vivek.errors import ConfigError, TurnCancelledError
from vivek.schema.changes import Changes, ScopeWish
from vivek.schema.findings import ReviewReport
from vivek.schema.reviewing import EFFORTS, ReviewEffort

if TYPE_CHECKING:
    from vivek.session.options import Choices
    from vivek.session.place import Place

_OWN_ENGINES = ("local/", "mlx/")
_HINT = "hint: `vivek review --all` shows them with their code, `vivek review --fix` goes through their fixes"


@dataclass(frozen=True, slots=True)
class _Words:
    """What was typed behind `/review`."""

    paths: tuple[str, ...]
    effort: ReviewEffort | None


async def review(desk: Desk, words: str) -> None:
    """Review the working tree, or the paths that are named; where nothing is changed there, the branch.

    The model is asked last; Esc and Ctrl-C end it, and what was found by then is told.

    Raises:
        ConfigError: If there is nothing to compare with, or the words make no sense.
        ModelAPIError: If the model of the chat cannot be used.
        WorkspaceError: If git or a file cannot be read.
    """
    wanted = _read(words)
    try:
        changes, static = await desk.stoppable(asyncio.to_thread(_looked, desk.place, wanted.paths))
    except TurnCancelledError:
        desk.tell("stopped")
        return
    _tell(desk, changes, static)
    if wanted.effort is None or not any(receipt.read_by for receipt in static.receipts):
        return
    asked = await _ask(desk, changes, static, wanted.effort)
    if asked.report is not static:
        _tell(desk, changes, asked.report)


def _read(words: str) -> _Words:
    """Return what was typed: `[--no-model | --effort EFFORT] [PATH...]`.

    Raises:
        ConfigError: If it is none of that.
    """
    effort: ReviewEffort | None = "quick"
    paths: list[str] = []
    given = iter(words.split())
    for word in given:
        if word == "--no-model":
            effort = None
        elif word == "--effort":
            said = next(given, "")
            if said not in EFFORTS:
                msg = f"`--effort` is one of {', '.join(EFFORTS)}."
                raise ConfigError(msg, hint="Such as `/review --effort normal`.")
            effort = said
        elif word.startswith("--"):
            msg = f"`/review` knows no `{word}`."
            raise ConfigError(msg, hint="`vivek review --help` shows what the command outside of the chat knows.")
        else:
            paths.append(word)
    return _Words(tuple(paths), effort)


async def _ask(desk: Desk, changes: Changes, static: ReviewReport, effort: ReviewEffort) -> Asked:
    """Let the model of the chat review; one that vivek itself runs is not loaded twice."""
    from vivek.session.doors.review_kept import kept_review
    from vivek.session.piecewise.review import open_review

    choices = await asyncio.to_thread(_choices, desk)
    named = choices.model or choices.found
    kept = await asyncio.to_thread(kept_review, desk.place, changes, static, effort=effort, model=named)
    if kept is not None:
        return Asked(kept, changes)
    conversation = desk.opened()
    if conversation is not None and conversation.model.startswith(_OWN_ENGINES):
        await desk.release()
    asking = Asking(effort, choices, named=False, live=True, tell=desk.tell, opener=open_review)
    return await asking.review(desk.place, changes, static, desk.stoppable)


def _choices(desk: Desk) -> "Choices":
    """Return what opens the model that the chat talks to, where it has one already."""
    from vivek.session.threads.index import ThreadIndex

    choices = replace(desk.choices, thread=None, latest=False, interactive=False)
    conversation = desk.opened()
    if conversation is None or choices.model or desk.thread is None:
        return choices
    with ThreadIndex.open() as index:
        address = index.base_url(desk.thread, desk.place.root)
    return replace(choices, found=conversation.model, found_at=address)


def _tell(desk: Desk, changes: Changes, found: ReviewReport) -> None:
    from vivek.session.doors.review_settling import settle

    report = settle(desk.place, changes, found)
    told = [problem(each) for each in report.told]
    lines = short_lines(report, choose(report, Limits("medium", most=MOST)))
    desk.tell("\n".join([*told, *lines, *([_HINT] if report.findings else [])]))


def _looked(place: "Place", paths: tuple[str, ...]) -> tuple[Changes, ReviewReport]:
    from vivek.session.doors.review import collect_changes, review_static

    changes = collect_changes(place, ScopeWish(paths=paths))
    return changes, review_static(place, changes)
