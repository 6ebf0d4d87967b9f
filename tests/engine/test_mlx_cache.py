"""What MLX keeps of a thread's prompt: nothing is computed twice, and threads do not disturb each other."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tokenizers import Tokenizer

from tests.engine.asking import ask, request, text_of, usage_of
from vivek.providers.adapters.mlx import MlxProvider
from vivek.providers.engine.mlx.caches import common_length
from vivek.schema.request import Request

pytestmark = pytest.mark.engine

TOPIC = "Explain how a list of names is sorted in Python, step by step, with an example of every step."


@pytest.fixture
async def provider(mlx_folder: Path) -> AsyncIterator[MlxProvider]:
    provider = MlxProvider(mlx_folder)
    yield provider
    await provider.close()


@pytest.fixture
def tokenizer(mlx_folder: Path) -> Tokenizer:
    return Tokenizer.from_file(str(mlx_folder / "tokenizer.json"))


def tokens_of(tokenizer: Tokenizer, asked: Request) -> list[int]:
    """Return the tokens of a prompt, reckoned apart from vivek."""
    said = "".join(f"<|im_start|>{message.role}\n{message.content}<|im_end|>\n" for message in asked.messages)
    return list(tokenizer.encode(f"{said}<|im_start|>assistant\n", add_special_tokens=False).ids)


async def cached(provider: MlxProvider, asked: Request) -> int:
    return usage_of(await ask(provider, asked)).cached_tokens or 0


async def test_second_prompt_costs_only_what_differs(provider: MlxProvider, tokenizer: Tokenizer) -> None:
    first = request(TOPIC + " Begin.", max_tokens=5, thread_id="a")
    second = request(TOPIC + " Go on with the second one.", max_tokens=5, thread_id="a")

    assert await cached(provider, first) == 0
    chunks = await ask(provider, second)

    one, other = tokens_of(tokenizer, first), tokens_of(tokenizer, second)
    usage = usage_of(chunks)
    assert (usage.prompt_tokens, usage.cached_tokens) == (len(other), common_length(one, other))
    told = [chunk.progress for chunk in chunks if chunk.progress]
    assert told[0].processed == told[0].cached == usage.cached_tokens
    assert told[-1].processed == told[-1].total == len(other)


async def test_next_turn_begins_behind_the_whole_prompt_before(provider: MlxProvider, tokenizer: Tokenizer) -> None:
    first = request(TOPIC, max_tokens=12, thread_id="a")
    said = text_of(await ask(provider, first))

    second = request(TOPIC, said, "Go on.", max_tokens=4, thread_id="a")

    assert await cached(provider, second) >= len(tokens_of(tokenizer, first))


async def test_what_is_cached_changes_no_word(provider: MlxProvider, mlx_folder: Path) -> None:
    warm = [request(TOPIC + text, max_tokens=20, thread_id="a") for text in (" One.", " Two, please.", " One.")]
    fresh = MlxProvider(mlx_folder)

    said = [text_of(await ask(provider, each)) for each in warm]

    assert said[2] == said[0]
    assert text_of(await ask(fresh, warm[1])) == said[1]
    await fresh.close()


async def test_two_threads_in_turn_keep_a_cache_each(provider: MlxProvider, tokenizer: Tokenizer) -> None:
    one = request(TOPIC, system="You teach.", max_tokens=4, thread_id="a")
    other = request("Write a poem about rain.", system="You write.", max_tokens=4, thread_id="b")

    assert [await cached(provider, asked) for asked in (one, other)] == [0, 0]
    assert [await cached(provider, asked) for asked in (one, other, one)] == [
        len(tokens_of(tokenizer, asked)) - 1 for asked in (one, other, one)
    ]


async def test_a_fifth_thread_makes_the_oldest_forgotten(provider: MlxProvider, tokenizer: Tokenizer) -> None:
    def asked(thread: str) -> Request:
        return request(TOPIC, max_tokens=1, thread_id=thread)

    for thread in ("a", "b", "c", "d", "e"):
        await cached(provider, asked(thread))

    whole = len(tokens_of(tokenizer, asked("e"))) - 1
    assert [await cached(provider, asked(thread)) for thread in ("e", "b", "a")] == [whole, whole, 0]


async def test_a_stopped_reply_leaves_its_prompt_in_the_cache(provider: MlxProvider, tokenizer: Tokenizer) -> None:
    asked = request(TOPIC, max_tokens=5_000, thread_id="a")
    stream = provider.stream(asked)
    async for chunk in stream:
        if chunk.text:
            break
    await stream.aclose()

    again = request(TOPIC, max_tokens=2, thread_id="a")

    assert await cached(provider, again) == len(tokens_of(tokenizer, again)) - 1


async def test_a_schema_uses_the_same_cache(provider: MlxProvider, tokenizer: Tokenizer) -> None:
    schema = {"type": "object", "properties": {"yes": {"type": "boolean"}}, "required": ["yes"]}
    await ask(provider, request(TOPIC, max_tokens=4, thread_id="a"))

    chunks = await ask(provider, request(TOPIC, max_tokens=40, thread_id="a", schema=schema))

    assert usage_of(chunks).cached_tokens == len(tokens_of(tokenizer, request(TOPIC))) - 1
