"""Judges a staged change: evidence first, a model only where evidence is missing, red, or the change is large."""

from collections.abc import Sequence

from vivek.errors import ContextWindowExceededError, JSONParsingError, ModelOutputInvalidError
from vivek.flows.chat.packing import pack_review, pack_usage, unpack_change_set, unpack_checks, unpack_usage
from vivek.flows.chat.state import ChatState, StateUpdate
from vivek.flows.context import Answer, Correction, NodeContext, Question
from vivek.prompts.build import reviewer_sections
from vivek.prompts.diffs import cut_diff
from vivek.prompts.parse import REVIEW_SCHEMA, parse_review, reask_text
from vivek.providers.profiles import planning_sampling
from vivek.schema.chunk import FinishReason
from vivek.schema.events import Notice, ReviewDone
from vivek.schema.review import Review

REVIEW_ROOM = 384
"""Tokens of the longest verdict that `REVIEW_SCHEMA` admits, with room to spare."""

LARGE = 80
"""Changed lines from which evidence alone is not enough."""

BESIDE = 512
"""Tokens left for what is said beside the change: the instruction and the ends of outputs."""

LEAST_PART = 256
"""Tokens of a part of the change that is worth a call of its own."""

MOST_PARTS = 6
"""Calls that the review of one change may take."""


async def review_change(state: ChatState, ctx: NodeContext) -> StateUpdate:
    """Give a verdict, or none when the evidence speaks for itself."""
    if not _asks_model(state):
        return {"review": None}
    reviewed: StateUpdate = {}
    try:
        review, reviewed = await _judged(state, ctx)
    except (ModelOutputInvalidError, ContextWindowExceededError) as error:
        # Never a pass: an unreadable verdict is no verdict, it is told, and it cannot loop. Nor is a change lost
        # because there is no room left to judge it.
        unread = isinstance(error, ModelOutputInvalidError)
        what = "The review could not be read" if unread else "The change is too large to be judged"
        ctx.emit(Notice(f"{what}: {error.message}", hint="Read the diff with care."))
        review = Review(score=None, needs_work=False, feedback=f"{what}.")
    iteration = state.get("iteration", 0) + 1
    ctx.emit(ReviewDone(review, iteration))
    notices = [f"A reviewer of your change says: {review.feedback}"] if review.needs_work else []
    return {**reviewed, "review": pack_review(review), "iteration": iteration, "notices": notices}


async def _judged(state: ChatState, ctx: NodeContext) -> tuple[Review, StateUpdate]:
    """Return the verdict on the whole change, in several calls when it does not fit into one.

    The verdicts on parts stay beside the conversation: together they would fill the window that was too small.
    """
    diff = ctx.store.get_text(state["diff"])
    room = ctx.window - ctx.transcript.tokens(state["head"]) - REVIEW_ROOM - BESIDE
    parts = cut_diff(diff, max(LEAST_PART, room), ctx.count)
    asked = await _ask(parts, state, ctx, aside=False)
    shown = _shown(parts, asked)
    if len(shown) == len(parts):
        return asked.value, {"head": asked.head, "usage": pack_usage(asked.usage)}
    ctx.emit(Notice("The change is larger than the room for it in the window: it is reviewed in parts."))
    verdicts = [asked.value]
    while (left := [part for part in parts if part[0] not in shown]) and len(verdicts) < MOST_PARTS:
        asked = await _ask(left, {**state, "usage": pack_usage(asked.usage)}, ctx, aside=True)
        shown |= _shown(left, asked)
        verdicts.append(asked.value)
    unseen = [name.removeprefix("diff:") for name, _ in left]
    if unseen:
        ctx.emit(Notice(f"Too large to be judged: {', '.join(unseen)}.", hint="Read this part of the diff with care."))
    return _together(verdicts, unseen), {"usage": pack_usage(asked.usage)}


async def _ask(parts: Sequence[tuple[str, str]], state: ChatState, ctx: NodeContext, *, aside: bool) -> Answer[Review]:
    return await ctx.ask(
        Question(
            node="reviewer",
            head=state["head"],
            sections=reviewer_sections(
                diff=parts,
                checks=unpack_checks(state.get("checks") or []),
                whole=not aside,
                count=ctx.count,
                templates=ctx.templates,
            ),
            reply_room=REVIEW_ROOM,
            sampling=planning_sampling(ctx.profile_of("reviewer")),
            schema=dict(REVIEW_SCHEMA),
            aside=aside,
        ),
        _read_review,
        unpack_usage(state.get("usage")),
        ctx.emit,
    )


def _shown(parts: Sequence[tuple[str, str]], asked: Answer[Review]) -> set[str]:
    """Return the parts of the change that the model was shown."""
    return {name for name, _ in parts if name not in asked.dropped}


def _together(verdicts: Sequence[Review], unseen: Sequence[str]) -> Review:
    """Return one verdict: the worst of them, and none as long as something was not judged."""
    worst = [verdict for verdict in verdicts if verdict.needs_work]
    scores = [verdict.score for verdict in verdicts if verdict.score is not None]
    said = [verdict.feedback for verdict in worst or verdicts]
    if unseen:
        said.append(f"Too large to be judged: {', '.join(unseen)}.")
    judged = not unseen and len(scores) == len(verdicts)
    score = min(scores) if scores and (judged or worst) else None
    return Review(score=score, needs_work=bool(worst), feedback=" ".join(said))


def _asks_model(state: ChatState) -> bool:
    if state["depth"] != "auto":
        return state["depth"] == "full"
    checks = unpack_checks(state.get("checks") or [])
    ran = [check for check in checks if check.status != "skipped"]
    if not ran or any(check.status == "failed" for check in ran):
        return True
    edits = unpack_change_set(state["change_set"] or {}).edits
    return sum(edit.added + edit.removed for edit in edits) >= LARGE


def _read_review(reply: str, finish: FinishReason) -> Review | Correction:
    try:
        return parse_review(reply, finish)
    except (JSONParsingError, ModelOutputInvalidError) as error:
        return Correction(reask_text(error))
