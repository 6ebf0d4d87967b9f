"""Lets the model itself note what a conversation came to, right before it is cut; bounded, and never needed.

It is asked behind the very messages that the server holds computed: that costs nothing but its words, and takes
the place of no other prompt, not even on an engine that keeps only one.
"""

from collections.abc import Callable, Collection

from vivek.errors import ContextWindowExceededError, ModelAPIError, ModelOutputInvalidError
from vivek.flows.context import Answer, Correction, NodeContext, Question
from vivek.prompts.noted import summary_sections, taken_of
from vivek.providers.profiles import planning_sampling
from vivek.schema.chunk import FinishReason
from vivek.schema.events import BudgetSpent, Event, Notice, TextDelta, ThinkingDelta
from vivek.schema.report import TurnUsage

NODE = "summary"
"""Who asks; nothing of the call is shown as an answer, or kept when it breaks off."""

LEAST = 64
"""Tokens below which a summary is not worth its call."""

MOST = 400
"""Tokens that a summary takes at most."""

SECONDS = 25.0
"""What writing one may take, by the model's measured speed."""


def summary_room(window: int, rate: float | None) -> int:
    """Return the tokens that a model's summary may take, 0 where it is not worth waiting for.

    Args:
        window: Tokens the model holds.
        rate: Tokens it writes in a second, None when unknown.
    """
    room = min(MOST, window // 16, MOST if rate is None else int(rate * SECONDS))
    return room if room >= LEAST else 0


async def sum_up(head: str, usage: TurnUsage, ctx: NodeContext, *, keep: str = "") -> tuple[str, TurnUsage]:
    """Return what the model notes of the conversation up to `head`, "" if nothing of use, and the turn's figures.

    Args:
        head: The transcript.
        usage: The figures so far.
        ctx: What the node may touch.
        keep: What the user wants kept above all, or "".
    """
    if not ctx.summary_room:
        return "", usage
    said = "\n".join(message.content for message in ctx.transcript.messages(head))
    ctx.emit(Notice("Making room: the model notes what it must still know of the conversation."))
    question = Question(
        node=NODE,
        head=head,
        sections=summary_sections(ctx.summary_room, keep, ctx.count, ctx.templates),
        reply_room=ctx.summary_room,
        sampling=planning_sampling(ctx.profile),
        corrections=0,
        aside=True,
    )
    try:
        noted: Answer[str] = await ctx.ask(
            question, _reader(said, frozenset(ctx.list_files())), usage, _without_words(ctx.emit)
        )
    except (ContextWindowExceededError, ModelAPIError, ModelOutputInvalidError) as error:
        ctx.emit(Notice(f"The model gave no summary: {error.message} It goes on from one made without it."))
        return "", usage
    return noted.value, noted.usage


def _reader(said: str, files: Collection[str]) -> Callable[[str, FinishReason], str | Correction]:
    """Return who takes the lines of use from a reply."""
    names = {path.rpartition("/")[2] for path in files}

    def known(path: str) -> bool:
        return path in files or path in names or path in said

    def read(reply: str, finish: FinishReason) -> str | Correction:
        return taken_of(reply, finish, known)

    return read


def _without_words(emit: Callable[[Event], None]) -> Callable[[Event], None]:
    """Return who tells all but the words, which are no answer, and what they fill, which is not the conversation's."""

    def tell(event: Event) -> None:
        if not isinstance(event, TextDelta | ThinkingDelta | BudgetSpent):
            emit(event)

    return tell
