"""Asks several questions behind the same words, side by side where the server has slots and that is quicker."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import TypeVar

from vivek.errors import VivekError
from vivek.flows.context import NodeContext
from vivek.flows.review.desk import Desk
from vivek.flows.review.packing import Planned
from vivek.flows.review.pricing import lanes
from vivek.flows.review.work import Figures, Inquiry, ask, key_of
from vivek.prompts.estimate import rough

T = TypeVar("T")

Job = Callable[[Figures], Awaitable[T]]
"""Asks one question, or some that follow from each other; adds what its calls came to."""


async def ask_all(
    desk: Desk, ctx: NodeContext, head: str, planned: Planned, inquiries: Sequence[Inquiry[T]], figures: Figures
) -> list[T | str]:
    """Return what a model answers to questions about a piece, in their order, each as `ask` returns it.

    The first one that nobody answered yet is asked alone: with it the server reads the piece, and tells how fast it is.

    Raises:
        ModelAPIError: If the server fails; what was asked at that moment is answered and kept first.
        LimitReachedError: If the run may make no more calls; as above.
    """
    jobs = [partial(ask, desk, ctx, head, planned, inquiry) for inquiry in inquiries]
    alone = len(jobs)
    if desk.slots > 1:
        open_ = [at for at, each in enumerate(inquiries) if desk.answers.get(key_of(desk, planned, each)) is None]
        alone = open_[0] + 1 if open_ else alone
    asked = max((sum(section.tokens for section in each.sections) for each in inquiries[alone:]), default=0)
    first = await in_lanes(jobs[:alone], 1, figures)
    side_by_side = lanes_for(desk, ctx, planned, len(jobs) - alone, asked)
    return [*first, *await in_lanes(jobs[alone:], side_by_side, figures)]


def lanes_for(desk: Desk, ctx: NodeContext, planned: Planned, calls: int, asked: int) -> int:
    """Return how many of the questions about a piece are asked at a time.

    Slots may share one window, and not every server says so: only what fits it together is asked together.

    Args:
        desk: What is shared.
        ctx: What the node may touch.
        planned: The piece.
        calls: How many questions there are.
        asked: Tokens of the longest of them.
    """
    together = ctx.window // max(1, desk.besides + planned.tokens + asked)
    return lanes(calls, rough(planned.shared), desk.known(), min(desk.slots, together))


async def in_lanes(
    jobs: Sequence[Job[T]], side_by_side: int, figures: Figures, ready: Callable[[T], None] = lambda value: None
) -> list[T]:
    """Do jobs, so many at a time, and return what came of them in their order, however they end.

    Once one fails no other is begun, and those that run are waited for: what they are answered is kept.

    Args:
        jobs: The jobs.
        side_by_side: How many run at a time.
        figures: Takes what the calls came to; seconds that passed side by side count once.
        ready: Told each value, in the order of the jobs, as soon as those before it are there.

    Raises:
        VivekError: What the first of the jobs raised that failed.
    """
    waiting = iter(enumerate(jobs))
    done: dict[int, T] = {}
    failed: dict[int, VivekError] = {}
    told = 0

    async def lane(own: Figures) -> None:
        nonlocal told
        for at, job in waiting:
            try:
                done[at] = await job(own)
            except VivekError as error:
                failed[at] = error
            while told in done:
                ready(done[told])
                told += 1
            if failed:
                return

    if side_by_side < 2:
        await lane(figures)
    else:
        owned = [Figures() for _ in range(side_by_side)]
        async with asyncio.TaskGroup() as group:
            for own in owned:
                group.create_task(lane(own))
        figures.join(owned)
    if failed:
        raise failed[min(failed)]
    return [done[at] for at in range(len(jobs))]
