"""The replies of a review on the real engine: whatever its grammar lets through is read, however little it means."""

from collections.abc import AsyncIterator, Callable

import pytest

from tests.engine.asking import ask, request, text_of
from tests.engine.server import EngineServer
from vivek.prompts.claims import read_claims, read_second_look, read_summary
from vivek.prompts.parse import ascii_only
from vivek.prompts.review import FINDINGS_SCHEMA, SUMMARY_SCHEMA, VERDICT_SCHEMA, findings_schema
from vivek.providers.adapters.llamacpp import LlamaCppProvider
from vivek.schema.chunk import FinishReason
from vivek.schema.request import Sampling
from vivek.schema.reviewing import Rule

pytestmark = pytest.mark.engine

RULES = (Rule("rules/money.md", "Money is an int."), Rule("rules/names.md", "Names say what a thing is."))
ROOM = 2_600


@pytest.fixture
async def provider(engine_server: EngineServer) -> AsyncIterator[LlamaCppProvider]:
    provider = LlamaCppProvider(engine_server.url, engine_server.key)
    yield provider
    await provider.close()


@pytest.mark.parametrize(
    ("schema", "read"),
    [
        (FINDINGS_SCHEMA, read_claims),
        (findings_schema(RULES), read_claims),
        (VERDICT_SCHEMA, read_second_look),
        (SUMMARY_SCHEMA, read_summary),
    ],
    ids=["findings", "rules", "verdict", "summary"],
)
async def test_what_the_grammar_lets_through_is_read(
    schema: dict[str, object], read: Callable[[str, FinishReason | None], object], provider: LlamaCppProvider
) -> None:
    complete = 0
    for seed in range(4):
        sampling = Sampling(temperature=1.0, seed=seed)
        asked = request("Review the change.", max_tokens=ROOM, schema=ascii_only(schema), sampling=sampling)
        chunks = await ask(provider, asked)
        if chunks[-1].finish == "stop":
            complete += 1
            read(text_of(chunks), "stop")  # it raises for what it cannot read
    assert complete >= 2
