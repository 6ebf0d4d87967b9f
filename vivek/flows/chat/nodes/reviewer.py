"""Judges a staged change: evidence first, a model only where evidence is missing, red, or the change is large."""

from vivek.errors import JSONParsingError, ModelOutputInvalidError
from vivek.flows.chat.packing import pack_review, pack_usage, unpack_change_set, unpack_checks, unpack_usage
from vivek.flows.chat.state import ChatState, StateUpdate
from vivek.flows.context import Correction, NodeContext, Question
from vivek.prompts.build import reviewer_sections
from vivek.prompts.parse import REVIEW_SCHEMA, parse_review, reask_text
from vivek.providers.profiles import planning_sampling
from vivek.schema.chunk import FinishReason
from vivek.schema.events import Notice, ReviewDone
from vivek.schema.review import Review

REVIEW_ROOM = 384
"""Tokens of the longest verdict that `REVIEW_SCHEMA` admits, with room to spare."""

LARGE = 80
"""Changed lines from which evidence alone is not enough."""


async def review_change(state: ChatState, ctx: NodeContext) -> StateUpdate:
    """Give a verdict, or none when the evidence speaks for itself."""
    if not _asks_model(state):
        return {"review": None}
    reviewed: StateUpdate = {}
    try:
        asked = await ctx.ask(
            Question(
                node="reviewer",
                head=state["head"],
                sections=reviewer_sections(
                    diff=ctx.store.get_text(state["diff"]),
                    checks=unpack_checks(state.get("checks") or []),
                    count=ctx.count,
                ),
                reply_room=REVIEW_ROOM,
                sampling=planning_sampling(ctx.profile_of("reviewer")),
                schema=dict(REVIEW_SCHEMA),
            ),
            _read_review,
            unpack_usage(state.get("usage")),
            ctx.emit,
        )
    except ModelOutputInvalidError as error:
        # Never a pass: an unreadable verdict is no verdict, it is told, and it cannot loop.
        ctx.emit(Notice(f"The review could not be read: {error.message}", hint="Read the diff with care."))
        review = Review(score=None, needs_work=False, feedback="The review could not be read.")
    else:
        review = asked.value
        reviewed = {"head": asked.head, "usage": pack_usage(asked.usage)}
    iteration = state.get("iteration", 0) + 1
    ctx.emit(ReviewDone(review, iteration))
    notices = [f"A reviewer of your change says: {review.feedback}"] if review.needs_work else []
    return {**reviewed, "review": pack_review(review), "iteration": iteration, "notices": notices}


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
