import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace

import pytest

from tests.flows.probe.replies import EDITS
from vivek.edits.registry import DIALECTS
from vivek.flows.probe.cases import TOOL_PATH
from vivek.flows.probe.measure import Ear
from vivek.flows.probe.sequence import Prober
from vivek.prompts.estimate import bound
from vivek.providers.adapters.scripted import ScriptedProvider
from vivek.providers.profiles import profile_for
from vivek.schema.chunk import Chunk, Usage
from vivek.schema.known import Known
from vivek.schema.models import ModelInfo
from vivek.schema.probe import Step
from vivek.schema.request import Request
from vivek.schema.tools import ToolCallPiece

BEFORE_EDITS = ["1 2 3", "1 2 3", "16", '{"kettle": "oboe-17", "levels": [4093, 9173]}', "none"]
AFTER_EDITS = ["heron-41 and walnut-73"]
WELL = [*BEFORE_EDITS, *EDITS["whole"], *AFTER_EDITS]
WELL_IN_ALL = [*BEFORE_EDITS, *(reply for dialect in DIALECTS for reply in EDITS[dialect]), *AFTER_EDITS]
Answer = Callable[[Request], Sequence[Chunk]]


class Answering(ScriptedProvider):
    """Gives the chunks that a function makes of each request."""

    def __init__(self, answer: Answer) -> None:
        super().__init__([])
        self._answer = answer

    async def stream(self, request: Request) -> AsyncIterator[Chunk]:
        self.requests.append(request)
        chunks = self._answer(request)
        for chunk in chunks:
            yield chunk
        if not any(chunk.finish for chunk in chunks):
            yield Chunk(finish="stop")


def prober(provider: ScriptedProvider, seconds: float = 100.0, window: int = 4096, **more: object) -> Prober:
    given = {
        "ear": Ear(provider, "m", window, seconds),
        "profile": profile_for(ModelInfo("m")),
        "known": Known("scripted/m", probed="2026-11-21"),
        "dialects": ("whole",),
        "mark": "abcd",
        "count": bound,
    }
    return Prober(**given | more)  # type: ignore[arg-type]  # a test's own fields


async def probed(wanted: Prober) -> dict[str, Step]:
    return {step.name: step async for step in wanted.run()}


async def test_a_model_that_does_all_well_is_known_for_it() -> None:
    steps = await probed(prober(ScriptedProvider(WELL)))

    known = list(steps.values())[-1].known
    assert (known.schema, known.tools, known.thinking, known.needles) == (True, "none", "none", (True, True))
    assert known.edits == {"whole": (3, 3)}
    assert steps["edits: whole"].verdict == "3 of 3 right"
    assert all(step.measured for step in steps.values())


async def test_the_time_of_loading_is_told_and_kept() -> None:
    def answer(request: Request) -> Sequence[Chunk]:
        first = not provider.requests[1:]
        return [Chunk(text="1 2 3"), Chunk(usage=Usage(load_seconds=4.25 if first else None), finish="stop")]

    provider = Answering(answer)
    steps = await probed(prober(provider))

    assert "loaded in 4.2 s" in steps["speed"].verdict
    assert list(steps.values())[-1].known.load_seconds == 4.25
    assert "loaded" not in (await probed(prober(ScriptedProvider(WELL))))["speed"].verdict


async def test_every_dialect_is_tried_with_its_own_instruction() -> None:
    provider = ScriptedProvider(WELL_IN_ALL)

    steps = await probed(prober(provider, dialects=DIALECTS))

    assert list(steps.values())[-1].known.edits == dict.fromkeys(DIALECTS, (3, 3))
    systems = [request.messages[0].content for request in provider.requests if request.messages[0].role == "system"]
    assert ["SEARCH" in system for system in systems] == [False] * 6 + [True] * 3
    assert ["Till.total" in system for system in systems] == [False] * 3 + [True] * 3 + [False] * 3


async def test_a_model_that_does_all_badly_is_known_for_that() -> None:
    steps = await probed(prober(ScriptedProvider(["Hello, how nice to meet you!"] * 9)))

    known = list(steps.values())[-1].known
    assert (known.schema, known.needles, known.edits) == (False, (False, False), {"whole": (0, 3)})


async def test_every_edit_is_asked_as_a_turn_would_ask_it() -> None:
    provider = ScriptedProvider(WELL)

    await probed(prober(provider))

    edits = [request for request in provider.requests if "till.py" in request.messages[-1].content]
    assert len(edits) == 3
    for request in edits:
        assert "path alone on a line" in request.messages[0].content
        assert "REBATE = 10" in request.messages[-1].content
        assert request.sampling.repeat_penalty == 1.0


async def test_an_edit_that_is_right_but_cut_off_counts_as_wrong() -> None:
    def answer(request: Request) -> Sequence[Chunk]:
        return (
            [Chunk(text=EDITS["whole"][0]), Chunk(finish="length")] if "till.py" in request.messages[-1].content else []
        )

    steps = await probed(prober(Answering(answer)))

    assert steps["edits: whole"].verdict == "0 of 3 right"


async def test_rates_are_the_servers_and_unknown_where_it_gives_none() -> None:
    told = Usage(prompt_tokens=2000, cached_tokens=0, completion_tokens=60, prefill_seconds=4.0, decode_seconds=6.0)

    with_figures = await probed(prober(Answering(lambda request: [Chunk(text="1 2"), Chunk(usage=told)])))
    without = await probed(prober(Answering(lambda request: [Chunk(text="1 2")])))

    known = with_figures["speed"].known
    assert (known.prefill_rate, known.decode_rate) == (500.0, 10.0)
    assert "reads 500 tok/s, writes 10 tok/s" in with_figures["speed"].verdict
    assert (without["speed"].known.prefill_rate, without["speed"].known.decode_rate) == (None, None)
    assert "reads unknown, writes unknown" in without["speed"].verdict


@pytest.mark.parametrize(("obeys", "way"), [(True, "switchable"), (False, "always")])
async def test_a_model_that_thinks_is_asked_to_stop_it(obeys: bool, way: str) -> None:
    def answer(request: Request) -> Sequence[Chunk]:
        thinks = not (obeys and request.think is False)
        return [Chunk(thinking="hm, legs")] if thinks and "legs" in request.messages[-1].content else [Chunk(text="16")]

    steps = await probed(prober(Answering(answer)))

    assert steps["thinking"].known.thinking == way


async def test_a_model_that_can_be_kept_from_thinking_is_when_a_schema_is_tried() -> None:
    provider = Answering(
        lambda request: [Chunk(text="x")] if request.think is False or request.schema else [Chunk(thinking="hm")]
    )

    await probed(prober(provider))

    assert [request.think for request in provider.requests if request.schema] == [False]


async def test_an_empty_reply_says_nothing_of_schemas() -> None:
    steps = await probed(prober(Answering(lambda request: [] if request.schema else [Chunk(text="16")])))

    assert steps["JSON by schema"].verdict == "not told: the reply was empty or cut off"
    assert steps["JSON by schema"].known.schema is None


async def test_calls_of_tools_are_native_text_or_none() -> None:
    piece = ToolCallPiece(0, "t1", "read_file", f'{{"path": "{TOOL_PATH}"}}')

    native = await probed(prober(Answering(lambda request: [Chunk(tool_calls=(piece,))] if request.tools else [])))
    said = f'<tool_call>{{"name": "read_file", "arguments": {{"path": "{TOOL_PATH}"}}}}</tool_call>'
    as_text = await probed(prober(ScriptedProvider([said] * 9)))

    assert native["calls of tools"].known.tools == "native"
    assert as_text["calls of tools"].known.tools == "text"


async def test_a_window_that_takes_too_long_to_fill_is_filled_less_and_that_is_said() -> None:
    slow = Usage(prompt_tokens=1500, cached_tokens=0, completion_tokens=20, prefill_seconds=30.0, decode_seconds=1.0)
    provider = Answering(lambda request: [Chunk(text="heron-41"), Chunk(usage=slow)])

    steps = await probed(prober(provider, window=32768))

    assert "for want of time" in steps["both ends of the window"].verdict
    assert steps["both ends of the window"].known.needles == (True, False)
    assert bound(provider.requests[-1].messages[-1].content) < 20_000


async def test_when_the_time_is_over_what_is_left_is_not_measured_and_what_was_stays() -> None:
    now = 0.0

    def answer(request: Request) -> Sequence[Chunk]:
        nonlocal now
        now += 30.0
        return [Chunk(text="1 2 3")]

    wanted = prober(Answering(answer), seconds=100.0)
    wanted.ear.clock = lambda: now
    steps = await probed(wanted)

    assert [step.measured for step in steps.values()] == [True, True, True, False, False, False]
    assert steps["edits: whole"].verdict == "not measured: the time for the probe was over"
    assert steps["both ends of the window"].known.thinking == "none"


async def test_a_call_that_hangs_ends_with_the_time() -> None:
    class Hanging(ScriptedProvider):
        async def stream(self, request: Request) -> AsyncIterator[Chunk]:
            yield Chunk(phase="load")
            await asyncio.Event().wait()

    steps = await probed(prober(Hanging([]), seconds=0.05))

    assert not any(step.measured for step in steps.values())


async def test_a_step_that_fails_does_not_end_the_others() -> None:
    script = ScriptedProvider(["1 2 3", "1 2 3"])  # nothing is left for the other steps

    steps = await probed(prober(script))

    assert steps["speed"].measured
    assert [step.measured for step in steps.values()].count(False) == 5
    assert replace(steps["speed"].known, edits={}) == steps["both ends of the window"].known
