"""How many prompts an engine keeps: those that share their beginning, and those that take turns."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.engine.asking import ask, request, usage_of
from tests.engine.tiny_model import TinyModel
from vivek.providers.adapters.embedded import EmbeddedProvider
from vivek.schema.chunk import Usage
from vivek.schema.request import Request
from vivek.workspace.process import launch

pytestmark = [pytest.mark.engine, pytest.mark.kill]

SYSTEM = "You help with a till. " + " ".join(f"rule{number}" for number in range(60))
LONG = " ".join(f"name{number}" for number in range(300))


@pytest.fixture
async def provider(tiny_model: TinyModel, tmp_path: Path) -> AsyncIterator[EmbeddedProvider]:
    provider = EmbeddedProvider(
        tiny_model.q8_0, launcher=launch, state=tmp_path / "state", threads=1, window=4_096, linger=0.0
    )
    yield provider
    await provider.close()


def thread(*texts: str) -> Request:
    return request(LONG, *texts, system=SYSTEM, max_tokens=4, thread_id="long")


async def read(provider: EmbeddedProvider, asked: Request) -> Usage:
    return usage_of(await ask(provider, asked))


@pytest.mark.parametrize("system", ["Give a title.", SYSTEM])
async def test_a_short_call_between_two_turns_does_not_cost_the_thread(provider: EmbeddedProvider, system: str) -> None:
    before = await read(provider, thread())

    await read(provider, request("Name this thread.", system=system, max_tokens=4))
    after = await read(provider, thread("So.", "Go on."))

    assert before.prompt_tokens is not None
    assert (after.cached_tokens or 0) >= before.prompt_tokens - 1


async def test_two_threads_that_take_turns_are_each_read_once(provider: EmbeddedProvider, tmp_path: Path) -> None:
    other = request(LONG[::-1], system=SYSTEM, max_tokens=4, thread_id="other")
    first = [await read(provider, asked) for asked in (thread(), other)]

    again = [await read(provider, asked) for asked in (thread("So.", "Go on."), other)]

    for before, after in zip(first, again, strict=True):
        assert (after.cached_tokens or 0) >= (before.prompt_tokens or 0) - 1


async def test_a_call_that_goes_on_with_the_thread_costs_only_what_is_new(provider: EmbeddedProvider) -> None:
    before = await read(provider, thread())

    side = await read(provider, thread("So.", "Sum this up."))
    after = await read(provider, thread("So.", "Go on."))

    for usage in (side, after):
        assert (usage.cached_tokens or 0) >= (before.prompt_tokens or 0)


async def test_how_many_it_keeps_is_known_once_it_runs(provider: EmbeddedProvider) -> None:
    assert (await provider.describe("")).prompts_kept is None

    await read(provider, request("Hello.", max_tokens=1))
    info = await provider.describe("")

    assert info.prompts_kept is not None
    assert info.prompts_kept >= 64 * 2**20 // (4_096 * 256)
    assert info.sources["prompts_kept"]


async def test_whoever_joins_it_knows_as_well(
    provider: EmbeddedProvider, tiny_model: TinyModel, tmp_path: Path
) -> None:
    guest = EmbeddedProvider(tiny_model.q8_0, launcher=launch, state=tmp_path / "state", threads=1, window=4_096)
    for each in (provider, guest):
        await read(each, request("Hello.", max_tokens=1))

    told = await asyncio.gather(provider.describe(""), guest.describe(""))
    await guest.close()

    assert told[0].prompts_kept == told[1].prompts_kept
