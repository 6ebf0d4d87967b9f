"""Asks about a piece of a change: what was answered before is not asked again, what cannot be read counts as unread."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from vivek.errors import ContextWindowExceededError, JSONParsingError, ModelOutputInvalidError
from vivek.flows.context import Correction, NodeContext, Question
from vivek.flows.review.desk import NODE, Desk
from vivek.flows.review.packing import Planned, Result
from vivek.prompts.claims import read_claims
from vivek.prompts.parse import reask_text
from vivek.prompts.review import FINDINGS_ROOM, finder_sections, findings_schema, form_section
from vivek.providers.profiles import planning_sampling
from vivek.schema.budget import Section
from vivek.schema.chunk import FinishReason
from vivek.schema.events import BudgetSpent, CallDone, Event, TextDelta, ThinkingDelta
from vivek.schema.report import TurnUsage
from vivek.schema.reviewing import Claim, Finder

T = TypeVar("T")

UNREADABLE = "the reply could not be read"
NO_ROOM = "the question does not fit the window of the model"

_FIRST = 100  # priority of what is never left out


@dataclass(slots=True)
class Figures:
    """What the calls of a node came to; grows.

    Attributes:
        calls: How many.
        read: Tokens they read, None once a server did not count them.
        written: Tokens they wrote, None as above.
        seconds: What they took.
    """

    calls: int = 0
    read: int | None = 0
    written: int | None = 0
    seconds: float = 0.0

    @classmethod
    def of(cls, result: Result) -> "Figures":
        """Return the figures that a result begins with."""
        return cls(result.calls, result.read, result.written, result.seconds)

    def join(self, lanes: "Sequence[Figures]") -> None:
        """Add the figures of calls that were made side by side: their seconds passed at the same time."""
        self.calls += sum(each.calls for each in lanes)
        self.read = added(self.read, *(each.read for each in lanes))
        self.written = added(self.written, *(each.written for each in lanes))
        self.seconds += max((each.seconds for each in lanes), default=0.0)


@dataclass(frozen=True, slots=True)
class Inquiry(Generic[T]):
    """A question about a piece.

    Attributes:
        sections: The question itself, as it stands behind the piece.
        version: What tells its text and its reader from every other.
        schema: The schema of the reply.
        room: Tokens the reply may take.
        read: Reads a reply, or raises why it cannot.
    """

    sections: Sequence[Section]
    version: str
    schema: Mapping[str, object]
    room: int
    read: Callable[[str, FinishReason], T]


def inquiry_of(finder: Finder, planned: Planned, ctx: NodeContext) -> Inquiry[tuple[Claim, ...]]:
    """Return what asks a question about a piece."""
    rules = planned.rules_of(finder)
    return Inquiry(
        finder_sections(finder, rules, count=ctx.count, templates=ctx.templates),
        f"{finder.id} {finder.version}",
        findings_schema(rules),
        FINDINGS_ROOM,
        read_claims,
    )


def key_of(desk: Desk, planned: Planned | None, inquiry: Inquiry[T]) -> str:
    """Return what tells a reply from every other: who was asked, what was shown, and what was asked."""
    asked = [section.text for section in inquiry.sections]
    shown = ["", ""] if planned is None else [planned.id, planned.shared]
    said = json.dumps([desk.model, desk.prompts, *shown, inquiry.version, asked])
    return hashlib.sha256(said.encode()).hexdigest()


async def ask(
    desk: Desk, ctx: NodeContext, head: str, planned: Planned | None, inquiry: Inquiry[T], figures: Figures
) -> T | str:
    """Return what a model answers to a question about a piece, from earlier where it is kept; or why nothing is known.

    Args:
        desk: What is shared.
        ctx: What the node may touch.
        head: The system text.
        planned: The piece that is shown before it, None for none.
        inquiry: The question.
        figures: Takes what the calls came to.

    Raises:
        ModelAPIError: If the server fails.
        LimitReachedError: If the run may make no more calls.
    """
    key = key_of(desk, planned, inquiry)
    kept = desk.answers.get(key)
    if kept is not None:
        try:
            return inquiry.read(kept, "stop")
        except (JSONParsingError, ModelOutputInvalidError):
            pass  # of another version, although it says it is not
    sections = tuple(inquiry.sections)
    if planned is not None:
        form = form_section(count=ctx.count, templates=ctx.templates)
        sections = (form, Section("piece", planned.shared, planned.tokens, _FIRST, required=True), *sections)
    question = Question(
        node=NODE,
        head=head,
        sections=sections,
        reply_room=inquiry.room,
        sampling=planning_sampling(ctx.profile_of(NODE)),
        schema=dict(inquiry.schema),
        aside=True,
    )
    heard = _listening(ctx.emit, figures)
    try:
        answer = await ctx.ask(question, _reader(inquiry.read), TurnUsage(), heard)
    except ModelOutputInvalidError:
        return UNREADABLE
    except ContextWindowExceededError:
        return NO_ROOM
    desk.answers.put(key, answer.text)
    return answer.value


def _reader(read: Callable[[str, FinishReason], T]) -> Callable[[str, FinishReason], T | Correction]:
    """Return a reader that says what is wrong with a reply in place of raising it."""

    def attempt(text: str, finish: FinishReason) -> T | Correction:
        try:
            return read(text, finish)
        except (JSONParsingError, ModelOutputInvalidError) as error:
            return Correction(reask_text(error))

    return attempt


def added(*counts: int | None) -> int | None:
    """Return a sum of counts; it is not known where one of them is not."""
    known = [count for count in counts if count is not None]
    return sum(known) if len(known) == len(counts) else None


def _listening(emit: Callable[[Event], None], figures: Figures) -> Callable[[Event], None]:
    """Return who counts the calls and passes on all but the words, which are for nobody to read."""

    def take(event: Event) -> None:
        if isinstance(event, TextDelta | ThinkingDelta | BudgetSpent):
            return
        if isinstance(event, CallDone):
            usage = event.usage
            figures.calls += 1
            figures.read = added(figures.read, usage.prompt_tokens)
            figures.written = added(figures.written, usage.completion_tokens)
            figures.seconds += event.seconds
        emit(event)

    return take
