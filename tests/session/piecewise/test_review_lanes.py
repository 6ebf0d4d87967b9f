"""A review asks several questions at a time where the server has slots; nothing but the time it takes tells."""

import asyncio
import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.session.reviewers import (
    DEFECT,
    QUOTE,
    Reviewed,
    Slotted,
    asks,
    is_second_look,
    is_summary,
    opened,
    resumed,
    spoil,
)
from vivek.config.folders import cache_folder
from vivek.errors import ProviderUnavailableError
from vivek.flows.piecewise import pack
from vivek.providers.adapters.scripted import ScriptedReply
from vivek.schema.events import Notice
from vivek.schema.findings import ReviewReport
from vivek.schema.reviewing import FindingVerified, ReviewEffort
from vivek.session.reviewing.answers import open_answers

OTHER = DEFECT | {
    "quote": '    """Sum up prices after their discount."""',
    "scenario": "A caller that passes no prices gets zero in place of an error.",
    "title": "An empty list is not refused.",
    "matter": "crash",
}
INVENTED = DEFECT | {"quote": "    return nothing_of_that_sort(prices)"}


def several(asked: str) -> str | None:
    """Claim another thing with each question, so that order shows; one reply cannot be read."""
    if is_second_look(asked) or f"+{QUOTE}" not in asked:
        return None
    claims = {"lines": [INVENTED, DEFECT], "removed": [OTHER], "boundaries": [DEFECT, OTHER], "tests": [INVENTED]}
    if asks("errors", asked):
        return "I would rather not say."
    return next((json.dumps({"findings": each}) for name, each in claims.items() if asks(name, asked)), None)


async def read_by(
    slots: int, root: Path, *, effort: ReviewEffort = "deep", thread: str = ""
) -> tuple[Slotted, Reviewed]:
    model = Slotted(slots)
    model.says = several
    async with opened(root, model, effort=effort, thread=thread or f"review-with-{slots}") as review:
        return model, Reviewed(review, [event async for event in review.run()])


def told(report: ReviewReport, *, cost: bool = True) -> str:
    """Return a report byte by byte, but for the time it took and the name of its thread, and without its cost."""
    report = replace(report, seconds=0.0, thread_id="")
    return pack(report if cost else replace(report, calls=0, tokens=(0, 0)))


def kept() -> list[tuple[object, ...]]:
    """Return all replies that are kept."""
    with open_answers() as answers:
        return answers._do("SELECT key, text FROM answers ORDER BY key")


async def test_a_report_is_the_same_byte_for_byte_whether_questions_are_asked_side_by_side(workspace: Path) -> None:
    spoil(workspace)

    alone, one = await read_by(1, workspace)
    answered = kept()
    (cache_folder() / "reviews.db").unlink()
    slotted, four = await read_by(4, workspace)

    assert (alone.most, slotted.most) == (1, 3), "a fourth at a time would save nothing"
    assert told(four.report) == told(one.report)
    assert one.report.dropped
    assert len(one.report.findings) == 2
    assert [each.skipped for each in one.report.receipts if each.skipped], "and one question that was not answered"
    assert four.of(FindingVerified) == one.of(FindingVerified), "in the same order"
    assert kept() == answered
    assert slotted.asked != alone.asked, "in another order"
    assert sorted(slotted.asked) == sorted(alone.asked)


async def test_the_first_question_about_a_piece_is_asked_alone(workspace: Path) -> None:
    spoil(workspace)
    model = Slotted(4)
    began: list[tuple[str, int]] = []

    def note(asked: str) -> None:
        if not is_second_look(asked) and not is_summary(asked):
            began.append((asked[: asked.index("```\n\n", asked.index("```diff"))], model.running))

    model.says = note
    async with opened(workspace, model, effort="deep") as review:
        assert [event async for event in review.run()]

    first = dict(reversed(began))
    assert list(first.values()) == [1, 1], "one question about each of the two files"
    assert max(running for _, running in began) > 1


async def test_only_what_fits_the_window_together_is_asked_together(workspace: Path) -> None:
    spoil(workspace)
    model = Slotted(4, window=4_096)

    async with opened(workspace, model, effort="deep") as review:
        assert [event async for event in review.run()]

    assert model.most == 1, "slots may share one window"


async def test_a_stop_breaks_off_all_that_run_and_what_was_answered_is_not_asked_again(workspace: Path) -> None:
    spoil(workspace)
    _, whole = await read_by(1, workspace, thread="whole")
    (cache_folder() / "reviews.db").unlink()
    model = Slotted(4)
    model.says = lambda asked: ScriptedReply("{", delay=600.0) if model.running > 1 else several(asked)
    loop = asyncio.get_running_loop()

    async with asyncio.timeout(30), opened(workspace, model, effort="deep", thread="stopped-once") as review:

        async def stop() -> float:
            while model.running < 3:
                await asyncio.sleep(0.01)
            review.stop()
            return loop.time()

        stopping = asyncio.create_task(stop())
        heard = Reviewed(review, [event async for event in review.run()])
        took = loop.time() - await stopping

    assert (model.running, model.stopped, heard.report.status) == (0, 3, "incomplete")
    assert took < 5  # milliseconds on a quiet machine
    answered = len(kept())
    assert answered
    again = Slotted(4)
    again.says = several
    rest = await resumed(workspace, again, "stopped-once")
    assert told(rest.report, cost=False) == told(whole.report, cost=False)
    assert len(again.asked) == whole.report.calls - answered


async def test_when_one_of_several_fails_what_the_others_are_answered_is_kept(workspace: Path) -> None:
    spoil(workspace)
    model = Slotted(4)
    failed: list[int] = []

    def fail_once(asked: str) -> str | None:
        if model.running > 2 and not failed:
            failed.append(len(kept()))
            raise ProviderUnavailableError("It fell over.", hint="Start it.")
        return several(asked)

    model.says = fail_once
    async with opened(workspace, model, effort="deep", thread="fell-over") as review:
        heard = Reviewed(review, [event async for event in review.run()])

    assert failed
    assert heard.report.status == "incomplete"
    assert review.failure is not None
    assert review.failure.message == "It fell over."
    assert len(kept()) > failed[0], "those that ran beside it were waited for"
    assert not model.stopped


async def test_calls_side_by_side_teach_nothing_of_how_fast_one_is(workspace: Path) -> None:
    spoil(workspace)
    model = Slotted(4)
    model.slower_together = 2.0

    async with opened(workspace, model, effort="deep") as review:
        heard = [event async for event in review.run()]
        speed = review.desk.known().decode_rate

    assert model.most > 1
    assert speed == pytest.approx(20.0), "forty tokens in two seconds, when it had nothing else to do"
    assert not [event for event in heard if isinstance(event, Notice)], "nor did it fall"
