"""Asks one question of a narrative and checks the answer; what was answered before is not asked again."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass

from vivek.analysis.citations.checking import Evidence, check
from vivek.errors import ContextWindowExceededError, ModelOutputInvalidError
from vivek.flows.analyze.desk import NODE, Desk
from vivek.flows.analyze.packing import Part, Told
from vivek.flows.context import NodeContext, Question
from vivek.prompts.narrative import PART_ROOM, WHOLE_ROOM, Shown, part_question, whole_question
from vivek.providers.profiles import planning_sampling
from vivek.schema.budget import Section
from vivek.schema.chunk import FinishReason
from vivek.schema.events import BudgetSpent, Event, TextDelta, ThinkingDelta
from vivek.schema.narrative import PASSAGES, Passage
from vivek.schema.report import TurnUsage

UNREADABLE = "the model gave no answer"
NO_ROOM = "the question does not fit the window of the model"

_FIRST = 100  # priority of what is never left out


@dataclass(frozen=True, slots=True)
class Inquiry:
    """A question with what is shown before it.

    Attributes:
        about: What the answer is about: the name of a part, or one of `PASSAGES`.
        title: Its heading.
        shown: The facts.
        question: The question itself.
        room: Tokens that the reply may take.
    """

    about: str
    title: str
    shown: Shown
    question: Section
    room: int


def part_inquiry(part: Part, ctx: NodeContext) -> Inquiry:
    """Return what asks about a part."""
    question = part_question(part.name, count=ctx.count, templates=ctx.templates)
    return Inquiry(part.name, part.name, Shown(part.shown, part.tokens, part.facts), question, PART_ROOM)


def whole_inquiry(about: str, shown: Shown, ctx: NodeContext) -> Inquiry:
    """Return what asks about the whole."""
    question = whole_question(about, count=ctx.count, templates=ctx.templates)
    return Inquiry(about, PASSAGES[about], shown, question, WHOLE_ROOM)


def key_of(desk: Desk, inquiry: Inquiry) -> str:
    """Return what tells a reply from every other: who was asked, what was shown, and what was asked."""
    said = json.dumps(["narrative", desk.model, desk.prompts, inquiry.shown.text, inquiry.question.text])
    return hashlib.sha256(said.encode()).hexdigest()


async def ask(desk: Desk, ctx: NodeContext, head: str, inquiry: Inquiry) -> Told:
    """Return what a model tells, without what could not be proved; from earlier where it is kept.

    Raises:
        ModelAPIError: If the server fails.
        LimitReachedError: If the run may make no more calls.
    """
    if not inquiry.shown.facts:
        return Told(Passage(inquiry.about, inquiry.title))
    key = key_of(desk, inquiry)
    text = desk.answers.get(key)
    if text is None:
        facts = Section("facts", inquiry.shown.text, inquiry.shown.tokens, _FIRST, required=True)
        question = Question(
            node=NODE,
            head=head,
            sections=(facts, inquiry.question),
            reply_room=inquiry.room,
            sampling=planning_sampling(ctx.profile_of(NODE)),
            aside=True,
        )
        try:
            answer = await ctx.ask(question, _as_it_is, TurnUsage(), _without_words(ctx.emit))
        except ModelOutputInvalidError:
            return Told(Passage(inquiry.about, inquiry.title), UNREADABLE)
        except ContextWindowExceededError:
            return Told(Passage(inquiry.about, inquiry.title), NO_ROOM)
        text = answer.text
        desk.answers.put(key, text)
    checked = check(text, Evidence(inquiry.shown.facts))
    return Told(Passage(inquiry.about, inquiry.title, checked.sentences, checked.removed))


def _as_it_is(text: str, finish: FinishReason) -> str:
    """Take every reply: what is wrong with it shows when it is checked."""
    return text


def _without_words(emit: Callable[[Event], None]) -> Callable[[Event], None]:
    """Return who passes on all but the words, which nobody is to read before they were checked."""

    def take(event: Event) -> None:
        if not isinstance(event, TextDelta | ThinkingDelta | BudgetSpent):
            emit(event)

    return take
