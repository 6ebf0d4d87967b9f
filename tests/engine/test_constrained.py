"""Replies by schema from the real engine, whose weights mean nothing: none that is invalid may be accepted."""

import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from benchmarks.constrained import CASES, Case, judge, run
from tests.engine.asking import ask, request, text_of
from tests.engine.forced import RIVALS, Body, ForcedEngine
from tests.engine.server import EngineServer
from vivek.errors import JSONParsingError
from vivek.prompts.parse import PLAN_SCHEMA, ascii_only, parse_plan
from vivek.prompts.schema_probe import PROBE_REQUEST, PROBE_ROOM, PROBE_SCHEMA, judge_probe
from vivek.providers.adapters.llamacpp import LlamaCppProvider
from vivek.providers.adapters.openai_compat import OpenAICompatProvider
from vivek.schema.chunk import FinishReason
from vivek.schema.request import Request, Sampling

pytestmark = pytest.mark.engine

CALLS = 500


class Ignoring(ForcedEngine):
    """The real engine behind a server that knows no `response_format` and says nothing about it."""

    def force(self, body: Body) -> Body:
        self.requests.append(body)
        return {name: value for name, value in body.items() if name not in RIVALS}


@pytest.fixture
async def provider(engine_server: EngineServer) -> AsyncIterator[LlamaCppProvider]:
    provider = LlamaCppProvider(engine_server.url, engine_server.key)
    yield provider
    await provider.close()


async def test_no_invalid_object_of_five_hundred_is_accepted(provider: LlamaCppProvider) -> None:
    seen, _ = await run(provider, CALLS, None)

    assert seen["invalid"] == 0
    assert seen["valid"] + seen["refused"] == CALLS
    assert seen["refused"] <= 5, seen  # cut off by the limit of the reply
    assert all(seen[f"{name}: valid"] >= 60 for name in CASES), seen


async def test_a_run_goes_on_where_it_was_interrupted(provider: LlamaCppProvider, tmp_path: Path) -> None:
    state = tmp_path / "state.json"

    first, spent = await run(provider, 4, state)
    again, more = await run(provider, 9, state)

    assert (first["valid"], again["valid"]) == (4, 9)
    assert 0 < spent < more
    assert json.loads(state.read_text())["next"] == 9


def accept(text: str, finish: FinishReason | None) -> object:
    return json.loads(text)


@pytest.mark.parametrize(
    ("read", "text", "finish", "outcome"),
    [
        (
            parse_plan,
            '{"kind": "answer", "steps": ["a"], "files": [], "mode": "peer", "question": "", "choices": []}',
            "stop",
            "valid",
        ),
        (parse_plan, '{"kind": "answer", "steps": ["a"], "files": [], "mode": "peer", "quest', "length", "refused"),
        (
            parse_plan,
            '{"kind": "maybe", "steps": ["a"], "files": [], "mode": "peer", "question": ""}',
            "stop",
            "refused",
        ),
        (accept, '{"kind": "maybe", "steps": ["a"], "files": [], "mode": "peer", "question": ""}', "stop", "invalid"),
        (accept, '{"kind": "answer", "steps": [], "files": [], "mode": "peer", "question": ""}', "stop", "invalid"),
    ],
)
def test_the_judge_sees_what_was_accepted_wrongly(
    read: Callable[[str, FinishReason | None], object], text: str, finish: FinishReason, outcome: str
) -> None:
    assert judge(Case(ascii_only(PLAN_SCHEMA), read), text, finish) == outcome


def probe(seed: int, temperature: float = 1.0) -> Request:
    sampling = Sampling(temperature=temperature, seed=seed)
    return request(PROBE_REQUEST, max_tokens=PROBE_ROOM, schema=PROBE_SCHEMA, sampling=sampling)


async def test_probe_shows_that_the_engine_enforces_a_schema(provider: LlamaCppProvider) -> None:
    for seed in range(20):
        chunks = await ask(provider, probe(seed, temperature=seed % 4 / 2))

        assert judge_probe(text_of(chunks), chunks[-1].finish) == "enforced"


async def test_probe_shows_that_a_server_ignores_a_schema(engine_server: EngineServer) -> None:
    with Ignoring(engine_server) as ignoring:
        provider = OpenAICompatProvider(f"{ignoring.url}/v1", ignoring.key)
        try:
            for seed in range(5):
                chunks = await ask(provider, probe(seed))

                assert judge_probe(text_of(chunks), chunks[-1].finish) == "ignored"
        finally:
            await provider.close()

    assert all(body["response_format"]["json_schema"]["schema"] == PROBE_SCHEMA for body in ignoring.requests)


@pytest.mark.parametrize("reply", ["Hello there!", '{"greeting": "Hello!"}', '```json\n{"kettle": "oboe-17"}\n```'])
async def test_probe_is_not_fooled_by_what_a_willing_model_says(forced_engine: ForcedEngine, reply: str) -> None:
    forced_engine.script([reply])
    provider = LlamaCppProvider(forced_engine.url, forced_engine.key)
    try:
        chunks = await ask(provider, probe(1))
    finally:
        await provider.close()

    assert judge_probe(text_of(chunks), chunks[-1].finish) == "ignored"


async def test_nonsense_from_a_server_that_ignores_the_schema_is_no_plan(engine_server: EngineServer) -> None:
    with Ignoring(engine_server) as ignoring:
        provider = LlamaCppProvider(ignoring.url, ignoring.key)
        try:
            for seed in range(10):
                chunks = await ask(
                    provider, request("Plan.", max_tokens=200, schema=PLAN_SCHEMA, sampling=Sampling(seed=seed))
                )

                with pytest.raises(JSONParsingError):
                    parse_plan(text_of(chunks), chunks[-1].finish)
        finally:
            await provider.close()
