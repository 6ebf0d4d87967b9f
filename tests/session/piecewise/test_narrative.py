import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from tests.engine.server import EngineServer
from tests.session.narrators import Narrator, ended, tell, telling, two_packages
from vivek.errors import ThreadError
from vivek.flows.analyze.costing import cost_of
from vivek.prompts.narrative import PART_ROOM, WHOLE_ROOM
from vivek.providers.adapters.llamacpp import LlamaCppProvider
from vivek.schema.events import CallDone
from vivek.schema.known import Known
from vivek.schema.narrative import PASSAGES, NarrativePlanned, Passage, PassageWritten
from vivek.session.doors.analyze import analyze
from vivek.session.doors.collecting import collect
from vivek.session.doors.narrative_kept import kept_narrative
from vivek.session.options import Choices
from vivek.session.piecewise.narrative import NarrativeEvent, open_narrative
from vivek.session.place import open_place
from vivek.session.reviewing.answers import open_answers
from vivek.session.threads.index import ThreadIndex

__all__ = ["two_packages"]


def written(events: list[NarrativeEvent]) -> list[str]:
    return [event.passage.about for event in events if isinstance(event, PassageWritten)]


async def test_a_narrative_tells_of_the_parts_then_of_the_whole_and_keeps_only_what_is_proved(workspace: Path) -> None:
    provider = Narrator()

    events = await tell(workspace, provider)

    narrative = ended(events)
    planned = next(event for event in events if isinstance(event, NarrativePlanned))
    assert written(events) == ["counter", "till", *PASSAGES]
    assert planned.cost.calls == len(provider.requests) == 6
    assert planned.cost.seconds is None
    assert narrative.status == "done"
    assert narrative.removed == {"wrong name": 6}
    said = [each.text for passage in (*narrative.whole, *narrative.parts) for each in passage.sentences]
    assert "The module counter/desk.py Serves one customer after the other." in said
    assert "Recommendation: start with the tests." in said
    assert not [text for text in said if "money" in text]
    assert narrative.kept == len(said)
    known = {fact.id for fact in narrative.facts}
    assert {
        cite for passage in (*narrative.whole, *narrative.parts) for each in passage.sentences for cite in each.cites
    } == known


async def test_every_question_about_the_whole_begins_with_the_same_words(workspace: Path) -> None:
    provider = Narrator()
    await tell(workspace, provider)

    asked = [request.messages for request in provider.requests]
    assert len({messages[0] for messages in asked}) == 1
    shared = [messages[-1].content.rpartition("```\n\n")[0] for messages in asked[2:]]
    assert len(set(shared)) == 1
    assert len(shared[0]) > 1_000


async def test_what_was_told_is_not_asked_again_and_a_changed_part_alone_is_asked_anew(workspace: Path) -> None:
    first = ended(await tell(workspace, Narrator()))
    place = open_place(workspace)

    kept = kept_narrative(place, analyze(place), "scripted/default")
    assert kept is not None
    assert (kept.whole, kept.parts, kept.facts, kept.removed) == (first.whole, first.parts, first.facts, first.removed)
    assert kept_narrative(place, analyze(place), "other/model") is None

    again = Narrator()
    async with telling(workspace, again) as narration:
        assert (narration.cost.calls, narration.cost.kept) == (0, 6)
        second = ended([event async for event in narration.run()])
    assert not again.requests
    assert (second.whole, second.parts) == (first.whole, first.parts)

    path = workspace / "counter" / "desk.py"
    path.write_text(path.read_text().replace("one customer after the other", "whoever comes first"))
    assert kept_narrative(place, analyze(place), None) is None
    third = Narrator()
    async with telling(workspace, third) as narration:
        assert narration.cost.kept >= 1
        events = [event async for event in narration.run()]
    assert next(request.messages[-1].content.splitlines()[0] for request in third.requests) == "Facts of `counter`:"
    assert not [request for request in third.requests if "Facts of `till`:" in request.messages[-1].content]
    assert "whoever comes first" in " ".join(each.text for passage in ended(events).parts for each in passage.sentences)


async def test_what_it_takes_is_told_in_seconds_where_the_speed_is_known(workspace: Path) -> None:
    async with telling(workspace, Narrator()) as narration:
        known = Known("scripted/default", prefill_rate=100.0, decode_rate=10.0, load_seconds=7.0)
        cost = cost_of(replace(narration.desk, known=lambda: known), narration.context)
        cold = cost_of(replace(narration.desk, known=lambda: known, loaded=False), narration.context)

    assert cost.seconds == cost.tokens[0] / 100 + cost.tokens[1] / 2 / 10
    assert cost.tokens[1] == 2 * PART_ROOM + 4 * WHOLE_ROOM
    assert cold.seconds == cost.seconds + 7.0


async def test_a_model_that_dies_leaves_what_was_told_and_the_thread_goes_on_where_it_stopped(workspace: Path) -> None:
    dying = Narrator(dies_at=3)
    async with telling(workspace, dying, thread="calm-otter-7") as narration:
        broken = ended([event async for event in narration.run()])
        assert narration.failure is not None
    assert broken.status == "incomplete"
    assert [passage.about for passage in broken.parts] == ["counter", "till"]
    assert not broken.whole
    assert "`vivek threads resume calm-otter-7` goes on." in broken.told[-1]
    with ThreadIndex.open() as index:
        found = index.get("calm-otter-7", workspace)
    assert found is not None
    assert (found.kind, found.status, found.title) == ("analyze", "unfinished", f"how {workspace.name} is built")

    collect(open_place(workspace))  # what an open thread names is not given back
    rest = Narrator()
    events = await tell(workspace, rest, thread="calm-otter-7", new=False)

    assert len(rest.requests) == 4
    assert ended(events).status == "done"
    assert {passage.about for passage in ended(events).whole} == set(PASSAGES)
    with pytest.raises(ThreadError, match="is no open narrative"):
        await tell(workspace, rest, thread="calm-otter-7", new=False)


async def test_a_narrative_that_is_stopped_ends_with_what_was_told(workspace: Path) -> None:
    async with telling(workspace, Narrator()) as narration:
        events = []
        async for event in narration.run():
            events.append(event)
            if isinstance(event, PassageWritten) and event.done == 2:  # the first is saved by then
                narration.stop()

    assert ended(events).status == "incomplete"
    assert "it was stopped before" in ended(events).told[-1]
    assert ended(events).parts[0].about == "counter"
    assert not ended(events).whole


async def test_a_narrative_saved_as_over_without_its_end_goes_on_behind_what_was_told(workspace: Path) -> None:
    async with telling(workspace, Narrator(dies_at=3), thread="calm-otter-7") as narration:
        ended([event async for event in narration.run()])
        await narration.runner.go_behind("report", {"at": 2})  # as a step that is cancelled while it ends leaves it
        assert (await narration.runner.look()).standing == "finished"
    rest = Narrator()

    narrative = ended(await tell(workspace, rest, thread="calm-otter-7", new=False))

    assert (narrative.status, len(rest.requests)) == ("done", 4)
    assert [passage.about for passage in narrative.parts] == ["counter", "till"]


async def test_who_is_cancelled_within_a_narrative_still_gets_what_was_told(workspace: Path) -> None:
    async with telling(workspace, Narrator()) as narration:
        half = asyncio.Event()

        async def follow() -> None:
            async for event in narration.run():
                if isinstance(event, PassageWritten) and event.done == 2:  # the first is saved by then
                    half.set()
                    await asyncio.sleep(60)

        task = asyncio.create_task(follow())
        await half.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        narrative = await narration.so_far()

    assert narrative.status == "incomplete"
    assert "counter" in [passage.about for passage in narrative.parts]


async def test_a_window_that_is_small_is_shown_less_and_says_so_in_nothing_it_did_not_read(workspace: Path) -> None:
    for number in range(40):
        (workspace / "till" / f"rule_{number}.py").write_text(
            f'"""Holds rule number {number} of the shop."""\n\nNAME = {number}\n'
        )
    small = Narrator(window=4_096)

    narrative = ended(await tell(workspace, small))

    assert narrative.status == "done"
    assert all(len(request.messages[-1].content) < 4_096 * 4 for request in small.requests)
    shown = " ".join(request.messages[-1].content for request in small.requests)
    assert all(fact.told in shown for fact in narrative.facts)


@pytest.mark.engine
async def test_of_the_noise_of_a_real_engine_nothing_is_kept_and_that_is_said(
    workspace: Path, engine_server: EngineServer
) -> None:
    provider = LlamaCppProvider(engine_server.url, engine_server.key)

    events = await tell(workspace, provider)

    narrative = ended(events)
    assert narrative.status == "done"
    assert (narrative.kept, narrative.whole, narrative.parts, narrative.facts) == (0, (), (), ())
    assert sum(narrative.removed.values()) >= 1
    assert (
        f"None of the {sum(narrative.removed.values())} sentences that the model wrote could be proved."
        in narrative.told
    )
    calls = [event.usage for event in events if isinstance(event, CallDone)]
    assert len(calls) == 6
    # The first question about the whole reads what all four begin with; the others read their own words only.
    for usage in calls[3:]:
        assert usage.prompt_tokens and usage.cached_tokens
        assert usage.cached_tokens >= 0.85 * usage.prompt_tokens


async def test_a_narrative_goes_on_with_the_model_that_is_named_and_names_both(workspace: Path) -> None:
    other = Narrator()
    other.name = "other"

    broken = ended(await tell(workspace, Narrator(dies_at=3), thread="calm-otter-7"))
    choices = Choices(model="other/default")
    async with open_narrative(open_place(workspace), choices, None, thread="calm-otter-7", provider=other) as narration:
        told = ended([event async for event in narration.run()])

    def texts(passage: Passage) -> list[str]:
        return [sentence.text for sentence in passage.sentences]

    assert broken.model == "scripted/default"
    assert told.model == "scripted/default, other/default"
    assert told.status == "done"
    assert [texts(each) for each in told.parts[:2]] == [texts(each) for each in broken.parts], "what was told stays"
    assert any("goes on with it" in notice.text for notice in narration.notices)
    with open_answers() as answers:
        assert not answers._do("SELECT model FROM reports"), "neither told all of it"
