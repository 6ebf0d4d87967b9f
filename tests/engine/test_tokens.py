"""Tokens against the real engine: its count is exact, and without it estimates are near and what fits is accepted."""

import random
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.engine.mixed import code, mixed, prose
from tests.engine.server import EngineServer, serve
from tests.engine.tiny_model import TinyModel
from tests.engine.wide_words import write_wide
from tests.flows.doubles import ask, question, section
from vivek.flows.asking import Asker
from vivek.flows.calling import Caller
from vivek.prompts import tokens
from vivek.prompts.estimate import bound
from vivek.prompts.transcript import Transcript
from vivek.providers.adapters.llamacpp import LlamaCppProvider
from vivek.schema.budget import Section
from vivek.schema.chunk import Usage
from vivek.schema.messages import Message
from vivek.schema.request import Request, Sampling
from vivek.workspace.store import Store

pytestmark = pytest.mark.engine

WINDOW = 2_048
PROMPTS = 20
FAMILIES: dict[str, tokens.Family] = {"tiny": "", "qwen2": "qwen"}


class Mute(LlamaCppProvider):
    """An engine that does not count beforehand, as most servers do not."""

    async def count_tokens(self, request: Request) -> int | None:
        """Return that nobody counts."""
        return None


@pytest.fixture(scope="module", params=FAMILIES)
def engine(
    request: pytest.FixtureRequest, tiny_model: TinyModel, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[EngineServer]:
    """An engine with a small window and a vocabulary of its own, or that of a family."""
    model = tiny_model.q8_0
    if request.param != "tiny":
        model = write_wide(model, tmp_path_factory.mktemp("wide") / "qwen2.gguf", "qwen2")
    with serve(model, window=WINDOW) as server:
        yield server


@pytest.fixture
async def live(engine: EngineServer) -> AsyncIterator[LlamaCppProvider]:
    """A provider that counts."""
    provider = LlamaCppProvider(engine.url, engine.key)
    yield provider
    await provider.close()


@pytest.fixture
async def asker(engine: EngineServer, tmp_path: Path) -> AsyncIterator[Asker]:
    """One who asks an engine that does not count."""
    provider = Mute(engine.url, engine.key)
    family = FAMILIES[engine.model.stem.removesuffix("-q8_0")]
    caller = Caller(provider, "m", WINDOW, bound, lambda text: tokens.count(text, family), family)
    with Store.open(tmp_path) as store:
        yield Asker(caller, Transcript(store))
    await provider.close()


async def read_by(provider: LlamaCppProvider, messages: tuple[Message, ...]) -> int | None:
    """Return how many tokens the engine says it read of a prompt."""
    usage = Usage()
    async for chunk in provider.stream(Request("m", messages, 1, sampling=Sampling(temperature=0.0))):
        usage = chunk.usage or usage
    return usage.prompt_tokens


async def test_the_engine_counts_what_it_reads(live: LlamaCppProvider) -> None:
    source = random.Random(1)
    for turns in range(6):
        said = [Message("system", "Be brief. <|im_end|>"), Message("user", mixed(source, 300))]
        for _ in range(turns):
            said += [Message("assistant", prose(source, 60)), Message("user", mixed(source, 100))]
        counted = await live.count_tokens(Request("m", tuple(said), 1))
        assert await read_by(live, tuple(said)) == counted


async def test_after_five_turns_of_code_and_english_an_estimate_is_within_two_per_cent(
    asker: Asker, live: LlamaCppProvider
) -> None:
    source = random.Random(2)
    head = asker.transcript.begin_generation("You are a coding assistant. Answer briefly.")
    for turn in range(5):
        said = section("request", f"{code(source, 350)}\n\n{prose(source, 150)}\n{turn}")
        head = (await ask(asker, question(head, said, room=8)))[0].head
    messages = asker.transcript.request(head, code(source, 600) + prose(source, 200))

    about, _ = asker.caller.estimator.prompt([message.content for message in messages])

    true = await live.count_tokens(Request("m", messages, 1))
    assert about == pytest.approx(true, rel=0.02)


async def test_no_prompt_that_is_believed_to_fit_is_refused(asker: Asker) -> None:
    source = random.Random(3)
    filled = []
    for number in range(PROMPTS):
        head = asker.transcript.begin_generation(f"Rules {number}.")
        await ask(asker, question(head, *pieces(source), section("request", "Why?"), room=8, aside=True))
        filled.append((asker.caller.prompt.prompt or 0) / WINDOW)

    # Of a vocabulary that is nobody's, more is kept free: what one kind of text teaches is wrong for another.
    assert sorted(filled)[PROMPTS // 2] > (0.75 if asker.caller.tables else 0.4)


def pieces(source: random.Random) -> list[Section]:
    """Return more than fits, in random texts that may be left out."""
    made: list[Section] = []
    size = 0
    while size < 3 * WINDOW * 3:
        text = mixed(source, source.choice([60, 200, 600]))
        made.append(section(f"found:{len(made)}", text, priority=source.randrange(9), required=False))
        size += len(text.encode())
    return made
