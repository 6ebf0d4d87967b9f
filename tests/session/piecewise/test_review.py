"""A review by a model: what it asks, what it believes, what it keeps, and how it ends."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from tests.conftest import PRICES
from tests.session.reviewers import (
    DEFECT,
    HOLDS,
    Reviewer,
    asks,
    is_second_look,
    is_summary,
    opened,
    resumed,
    reviewed,
    spoil,
)
from vivek.config.folders import cache_folder
from vivek.errors import ProviderUnavailableError, ThreadError
from vivek.flows.review.costing import NO_TIME
from vivek.flows.review.work import UNREADABLE
from vivek.providers.adapters.scripted import ScriptedReply
from vivek.schema.chunk import Chunk, Usage
from vivek.schema.events import CallDone, NodeStarted
from vivek.schema.findings import Receipt
from vivek.schema.known import Known
from vivek.schema.request import Request
from vivek.schema.reviewing import ChunkRead, FindingVerified, ReviewEnded, ReviewPlanned
from vivek.session.doors.history import show_thread
from vivek.session.doors.review_kept import finished_review
from vivek.session.opening import open_session
from vivek.session.options import Choices
from vivek.session.place import open_place
from vivek.session.reviewing.answers import open_answers
from vivek.session.threads.index import ThreadIndex


def model_receipts(receipts: tuple[Receipt, ...]) -> dict[str, list[str]]:
    """Return which questions read each file."""
    return {each.path: [reader for reader in each.read_by if reader.startswith("finder:")] for each in receipts}


async def test_a_finding_is_located_verified_told_at_once_and_reported(workspace: Path) -> None:
    spoil(workspace)

    heard = await reviewed(workspace, Reviewer())

    [told] = heard.of(FindingVerified)
    assert isinstance(told, FindingVerified)
    [finding] = heard.report.findings
    assert (finding.path, finding.line, finding.rule) == ("till/report.py", 8, "review/wrong-result")
    assert finding.confidence == "high", "the second look confirmed it"
    assert finding.origins == ("finder:lines", "finder:removed"), "found twice, told once"
    assert finding.fix is not None
    assert finding.fix.text == f"{DEFECT['fix']}\n"
    assert replace(finding, fingerprint="") == told.finding
    at = heard.events.index(told)
    assert any(isinstance(event, ChunkRead) for event in heard.events[at:]), "before the piece's receipt"
    assert heard.report.status == "done"
    assert heard.report.tools["scripted/default"].startswith("questions ")
    assert model_receipts(heard.report.receipts) == {
        "till/prices.py": ["finder:lines", "finder:removed"],
        "till/report.py": ["finder:lines", "finder:removed"],
    }
    assert heard.report.calls == len(heard.of(CallDone)) == 5
    assert show_thread(open_place(workspace), heard.report.thread_id)[1][1].startswith("1 findings, done.")


class Uncounted(Reviewer):
    """Counts no tokens, as some servers do not."""

    async def stream(self, request: Request) -> AsyncIterator[Chunk]:
        """Yield the reply without figures."""
        async for piece in super().stream(request):
            yield piece if piece.usage is None else replace(piece, usage=Usage())


async def test_tokens_that_no_server_counted_are_unknown_and_not_zero(workspace: Path) -> None:
    spoil(workspace)

    counted = await reviewed(workspace, Reviewer())
    (cache_folder() / "reviews.db").unlink()
    uncounted = await reviewed(workspace, Uncounted())

    assert uncounted.report.calls == counted.report.calls
    assert uncounted.report.tokens == (None, None)
    usages = [event.usage for event in counted.events if isinstance(event, CallDone)]
    assert counted.report.tokens == (
        sum(usage.prompt_tokens or 0 for usage in usages),
        sum(usage.completion_tokens or 0 for usage in usages),
    )


async def test_all_questions_about_a_piece_begin_with_the_same_words_and_so_does_the_second_look(
    workspace: Path,
) -> None:
    spoil(workspace)
    model = Reviewer()

    await reviewed(workspace, model, effort="deep")

    asked = model.requests[:-1]  # the last one asks what the whole change does
    assert len({request.messages[0] for request in asked}) == 1, "the system text"
    pieces: dict[str, list[str]] = {}
    for request in asked:
        text = request.messages[-1].content
        end = text.index("```\n\n", text.index("```diff")) + 5
        pieces.setdefault(text[:end], []).append(text[end:])
    assert [piece.count("The change:") for piece in pieces] == [1, 1], "all before the question, byte for byte"
    assert min(map(len, pieces.values())) >= 6
    assert [request for request in asked if is_second_look(request.messages[-1].content)]


async def test_a_refuted_finding_is_dropped_and_counted_and_an_unsure_one_is_low(workspace: Path) -> None:
    spoil(workspace)
    refuting, unsure = Reviewer(), Reviewer()
    refuting.verdict = HOLDS | {"verdict": "refuted", "counter": "def total(prices: list[int], percent: int = 0)"}
    unsure.verdict = HOLDS | {"verdict": "unsure"}

    refuted = (await reviewed(workspace, refuting)).report
    with open_answers() as answers:
        answers._do("DELETE FROM answers")
    doubted = await reviewed(workspace, unsure, effort="deep")

    assert (refuted.findings, refuted.dropped, refuted.status) == ((), {"refuted": 1}, "done")
    assert [finding.confidence for finding in doubted.report.findings] == ["low"]
    assert sum(map(is_second_look, unsure.asked)) == 2, "at the deepest effort what is uncertain is traced twice"


async def test_what_a_tool_found_is_not_traced_again_but_names_the_model(workspace: Path) -> None:
    (workspace / "till/prices.py").write_text(PRICES.replace("price * percent // 100", "eval(percent)"))
    model = Reviewer()
    quote = "    return price - eval(percent)"
    same = {**DEFECT, "quote": quote, "matter": "security", "severity": "critical", "fix": ""}
    model.says = lambda asked: json.dumps({"findings": [same]})

    report = (await reviewed(workspace, model)).report

    [finding] = [each for each in report.findings if each.rule == "vivek/code-execution"]
    assert finding.origins[-2:] == ("finder:lines", "finder:removed")
    assert finding.severity != "critical", "what a model thinks of it adds nothing"
    assert not any(map(is_second_look, model.asked))


async def test_nothing_that_was_answered_is_asked_again_after_a_rebase(workspace: Path) -> None:
    spoil(workspace)
    first = await reviewed(workspace, Reviewer(), effort="normal")
    lines = (workspace / "till/prices.py").read_text()
    (workspace / "till/prices.py").write_text(f"{lines}\n\ndef free() -> int:\n    return 0\n")
    model = Reviewer()

    async with opened(workspace, model, effort="normal") as review:
        cost = review.cost
        events = [event async for event in review.run()]

    last = events[-1]
    assert isinstance(last, ReviewEnded)
    again = [asked for asked in model.asked if not is_summary(asked)]
    assert not any("The change: till/report.py" in asked for asked in again), "that piece is as it was"
    assert last.report.findings == first.report.findings
    assert cost.kept == sum(len(readers) for readers in model_receipts(first.report.receipts).values()) - cost.calls
    assert last.report.calls == cost.calls + 1, "and the summary"


async def test_a_reply_that_cannot_be_read_is_unread_by_that_question_and_not_clean(workspace: Path) -> None:
    spoil(workspace)
    model = Reviewer()
    model.says = lambda asked: "I think it is fine." if asks("removed", asked) else None

    report = (await reviewed(workspace, model)).report

    assert report.status == "incomplete"
    assert {each.skipped for each in report.receipts} == {f"removed: {UNREADABLE}"}
    assert model_receipts(report.receipts)["till/report.py"] == ["finder:lines"]
    assert len(report.findings) == 1
    assert sum(asks("removed", asked) for asked in model.asked) == 4, "each was asked once more"
    assert {file.score for file in report.files} == {None}


async def test_a_model_that_dies_half_way_leaves_a_valid_report_and_the_thread_goes_on(workspace: Path) -> None:
    spoil(workspace)
    model = Reviewer()

    def die(asked: str) -> None:
        if "The change: till/prices.py" in asked:
            msg = "Connection refused."
            raise ProviderUnavailableError(msg)

    model.says = die
    broken = await reviewed(workspace, model)
    asked = len(model.asked)
    model.says = lambda asked: None
    thread = broken.report.thread_id
    again = await resumed(workspace, model, thread)

    assert broken.report.status == "incomplete"
    assert len(broken.report.findings) == 1, "what was read by then"
    skipped = {each.path: each.skipped for each in broken.report.receipts}
    assert skipped == {"till/report.py": "", "till/prices.py": "the model failed: Connection refused"}
    assert any(thread in line for line in broken.report.told)
    assert isinstance(broken.review.failure, ProviderUnavailableError)
    assert again.report.status == "done"
    assert len(model.asked) == asked + 2, "only what was missing"
    assert again.report.findings == broken.report.findings
    with ThreadIndex.open() as index:
        [row] = index.list(workspace)
    assert (row.id, row.kind, row.status, row.turns) == (thread, "review", "finished", 1)
    assert row.title == "review of the working tree against HEAD"


async def test_a_review_that_is_stopped_or_cancelled_ends_with_what_was_read(workspace: Path) -> None:
    spoil(workspace)
    model = Reviewer()
    model.says = lambda asked: ScriptedReply("{}", delay=30) if "The change: till/prices.py" in asked else None

    async with opened(workspace, model) as review:
        heard = []
        async for event in review.run():
            heard.append(event)
            if heard.count(NodeStarted("find")) == 2:
                review.stop()
        stopped = heard[-1]

    async with opened(workspace, model) as review:
        second = asyncio.Event()

        async def follow() -> None:
            async for event in review.run():
                if event == NodeStarted("verify"):
                    second.set()

        task = asyncio.create_task(follow())
        await second.wait()
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        cancelled = await review.so_far("you stopped it")

    assert isinstance(stopped, ReviewEnded)
    assert stopped.report.status == cancelled.status == "incomplete"
    assert [finding.path for finding in stopped.report.findings] == ["till/report.py"]
    skipped = {each.path: each.skipped for each in stopped.report.receipts}
    assert skipped == {"till/report.py": "", "till/prices.py": "the review was stopped"}
    assert {each.skipped for each in cancelled.receipts} <= {"", "you stopped it"}


async def test_a_finding_that_was_told_is_in_the_report_although_its_piece_was_not_read_to_the_end(
    workspace: Path,
) -> None:
    spoil(workspace)
    other = {
        **DEFECT,
        "quote": '    """Sum up prices after their discount."""',
        "matter": "contract",
        "title": "It lies.",
    }
    model = Reviewer()

    def two(asked: str) -> str | ScriptedReply | None:
        if is_second_look(asked):
            return ScriptedReply("{}", delay=30) if "It lies." in asked else None
        return json.dumps({"findings": [DEFECT, other]}) if "The change: till/report.py" in asked else None

    model.says = two

    async with opened(workspace, model) as review:
        heard = []
        async for event in review.run():
            heard.append(event)
            if isinstance(event, FindingVerified):
                review.stop()
        last = heard[-1]

    assert isinstance(last, ReviewEnded)
    assert [finding.title for finding in last.report.findings] == ["The first price is left out."]
    assert {each.skipped for each in last.report.receipts} == {"the review was stopped"}


async def test_a_review_goes_on_with_what_it_began_with_whatever_the_tree_says_by_then(workspace: Path) -> None:
    spoil(workspace)
    model = Reviewer()

    async with opened(workspace, model, thread="calm-owl-1"):
        pass
    with pytest.raises(ThreadError, match="no thread"):
        await resumed(workspace, model, "calm")  # it never ran, so there is nothing to go on with
    async with opened(workspace, model, thread="calm-owl-1") as review:
        async for event in review.run():
            if isinstance(event, ReviewPlanned):
                break
    (workspace / "till/report.py").write_text("nothing\n")
    heard = await resumed(workspace, model, "calm")

    assert [finding.quote for finding in heard.report.findings] == [DEFECT["quote"]]
    assert heard.report.status == "done"
    found = finished_review(open_place(workspace), "calm-owl-1")
    assert found is not None
    assert found == (heard.review.changes, heard.report)


@pytest.mark.parametrize("step", ["plan", "find", "verify"])
async def test_a_review_whose_next_step_was_lost_as_it_was_cancelled_goes_on(workspace: Path, step: str) -> None:
    spoil(workspace)
    model = Reviewer()
    follows = {"plan": "find", "find": "verify", "verify": "find"}[step]
    async with opened(workspace, model, thread="calm-owl-1") as review:
        seen: list[str] = []
        async for event in review.run():
            seen += [event.node] if isinstance(event, NodeStarted) else []
            if seen[-2:] == [step, follows]:
                break
        await review.close()
        # What the graph library saves of a step that is cancelled between its work and the choice of the next one.
        at = (await review.runner.look()).values["at"]
        await review.runner.go_behind("report", {"at": at})
        assert (await review.runner.look()).standing == "finished"

    heard = await resumed(workspace, model, "calm-owl-1")

    assert heard.report.status == "done"
    assert len(heard.report.findings) == 1


async def test_threads_of_other_kinds_are_refused_both_ways(workspace: Path) -> None:
    spoil(workspace)
    thread = (await reviewed(workspace, Reviewer())).report.thread_id

    with pytest.raises(ThreadError, match="no chat"):
        async with open_session(open_place(workspace), Choices(thread=thread), provider=Reviewer()):
            pass
    with pytest.raises(ThreadError, match="no thread to continue"):
        async with open_session(open_place(workspace), Choices(latest=True), provider=Reviewer()):
            pass
    async with open_session(open_place(workspace), Choices(thread="old-talk-1"), provider=Reviewer()) as session:
        assert session.thread_id == "old-talk-1"
    with pytest.raises(ThreadError, match="no thread"):
        await resumed(workspace, Reviewer(), "old-talk-1")
    with pytest.raises(ThreadError, match="already"):
        await reviewed(workspace, Reviewer(), thread=thread)


async def test_the_least_effort_reads_the_riskiest_within_its_promise_and_counts_the_rest_as_unread(
    workspace: Path,
) -> None:
    spoil(workspace)
    model = Reviewer()

    async with opened(workspace, model) as review:
        assert (review.cost.seconds, review.cost.left_out, review.cost.speed) == (None, 0, None)
        slow = Known("", prefill_rate=8.0, decode_rate=2.0)
        object.__setattr__(review.desk, "known", lambda: slow)
        heard = [event async for event in review.run()]

    last = heard[-1]
    assert isinstance(last, ReviewEnded)
    cost = next(event.cost for event in heard if isinstance(event, ReviewPlanned))
    assert cost.left_out == 1
    assert cost.seconds is not None
    assert cost.seconds > 60
    assert last.report.status == "incomplete"
    skipped = {each.path: each.skipped for each in last.report.receipts}
    assert skipped == {"till/report.py": "", "till/prices.py": NO_TIME}
