"""What Ollama loaded, and what it loads in its place: told in the turn in which it happens."""

import pytest

from tests.providers.adapters.ollama_doubles import DIGEST, MODEL, conversation, fake_ollama
from tests.providers.conversation import ask, collect, text_of
from vivek.schema.chunk import Chunk


def notes(chunks: list[Chunk]) -> list[str]:
    return [chunk.note for chunk in chunks if chunk.note]


@pytest.mark.parametrize(
    ("name", "window", "phase"),
    [("chat", 16384, "prefill"), ("chat", None, "prefill"), ("chat", 4096, "load"), ("cold", 16384, "load")],
    ids=["loaded", "any window will do", "another window loads it again", "not loaded"],
)
async def test_the_first_phase_says_what_the_silence_is(name: str, window: int | None, phase: str) -> None:
    async with conversation(name) as (provider, _):
        chunks = await collect(provider, ask(model=MODEL, window=window))

    assert [chunk.phase for chunk in chunks if chunk.phase] == [phase, "decode"]


async def test_a_smaller_window_than_was_asked_for_is_told_before_the_text() -> None:
    async with fake_ollama(loads=4096) as (provider, _):
        chunks = await collect(provider, ask(model=MODEL, window=16384))

    [note] = notes(chunks)
    assert "with a window of 4,096 tokens, not with the 16,384 that were asked for" in note
    assert [bool(chunk.text) for chunk in chunks if chunk.note or chunk.text] == [False, True]
    assert (text_of(chunks), chunks[-1].finish) == ("yes", "stop")


@pytest.mark.parametrize(
    ("state", "window"),
    [({}, 16384), ({"loads": 32768}, 16384), ({"loads": 4096}, None), ({"loaded": 16384}, 16384)],
    ids=["as asked", "larger", "nothing asked", "loaded before"],
)
async def test_a_window_that_is_large_enough_is_no_news(state: dict[str, int], window: int | None) -> None:
    async with fake_ollama(**state) as (provider, _):
        assert notes(await collect(provider, ask(model=MODEL, window=window))) == []


async def test_a_model_that_is_there_is_looked_at_once_and_one_that_is_loaded_twice() -> None:
    async with fake_ollama() as (provider, fake):
        await collect(provider, ask(model=MODEL, window=16384))
        looks = [len([each for each in fake.seen if each.path == "/api/ps"])]
        await collect(provider, ask(model=MODEL, window=16384))
        looks.append(len([each for each in fake.seen if each.path == "/api/ps"]))

    assert looks == [2, 3]


async def test_a_window_that_cannot_be_looked_at_does_not_stop_the_reply() -> None:
    async with fake_ollama(broken=True, loads=4096) as (provider, _):
        chunks = await collect(provider, ask(model=MODEL, window=16384))

    assert (text_of(chunks), notes(chunks)) == ("yes", [])
    assert chunks[0].phase == "load"


async def test_other_weights_behind_the_same_name_are_told_once() -> None:
    request = ask(model=MODEL, window=16384)
    async with fake_ollama(loaded=16384) as (provider, fake):
        assert notes(await collect(provider, request)) == []
        fake.digest = "f" * 64
        changed = await collect(provider, request)
        assert notes(await collect(provider, request)) == []

    [note] = notes(changed)
    assert MODEL in note
    assert "its weights were replaced" in note


async def test_a_model_that_was_unloaded_and_replaced_meanwhile_is_told_when_it_is_loaded() -> None:
    request = ask(model=MODEL, window=16384)
    async with fake_ollama(loaded=16384) as (provider, fake):
        await collect(provider, request)
        fake.loaded, fake.digest = None, "f" * 64
        chunks = await collect(provider, request)

    assert "load" in {chunk.phase for chunk in chunks}
    assert "its weights were replaced" in notes(chunks)[0]


async def test_what_was_described_counts_as_seen() -> None:
    async with fake_ollama() as (provider, fake):
        assert (await provider.describe(MODEL)).digest == DIGEST
        fake.digest = "f" * 64
        chunks = await collect(provider, ask(model=MODEL))
        assert (await provider.describe(MODEL)).digest == fake.digest

    assert "its weights were replaced" in notes(chunks)[0]
