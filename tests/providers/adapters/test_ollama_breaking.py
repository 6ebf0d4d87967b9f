"""Replies of Ollama that do not end well, and refusals: the text is kept, the reason told."""

import pytest

from tests.providers.adapters.ollama_doubles import MODEL, conversation, fake_ollama
from tests.providers.conversation import ask, collect
from vivek.errors import ModelAPIError, ProviderUnavailableError, RequestInvalidError, StreamInterruptedError
from vivek.providers.adapters.ollama import OllamaProvider


@pytest.mark.parametrize(
    ("name", "partial", "words"),
    [
        ("error_in_stream", "The first half", "unexpected EOF"),
        ("repeats_itself", "Then " + " so" * 31, "repeated itself more than 30 times, and there Ollama gives up"),
        ("cut", "The first half", "broke off"),
    ],
)
async def test_a_reply_that_does_not_end_well_keeps_its_text(name: str, partial: str, words: str) -> None:
    async with conversation(name) as (provider, _):
        with pytest.raises(StreamInterruptedError) as caught:
            await collect(provider, ask(model=MODEL))

    assert caught.value.partial == partial
    assert words in caught.value.message
    assert ("end mark" in caught.value.message) == (name == "repeats_itself"), "only an end without one needs a reason"
    assert ("Ollama does so" in caught.value.message) is False
    assert caught.value.hint


@pytest.mark.parametrize("field", ["content", "thinking"])
async def test_an_end_without_a_mark_is_explained_by_what_came_before(field: str) -> None:
    def said(*tokens: str) -> list[dict[str, object]]:
        return [{"message": {"role": "assistant", field: token}, "done": False} for token in tokens]

    async with fake_ollama(lines=said("b", *["a"] * 30)) as (provider, fake):
        with pytest.raises(StreamInterruptedError, match="when a model repeats itself, or when its runner dies") as one:
            await collect(provider, ask(model=MODEL))
        fake.lines = said(*["a", "\n a"] * 16)
        with pytest.raises(StreamInterruptedError, match="repeated itself more than 30 times") as other:
            await collect(provider, ask(model=MODEL))

    assert one.value.partial == ("b" + "a" * 30 if field == "content" else "")
    assert "larger model" in other.value.hint


@pytest.mark.parametrize(
    ("status", "kind"), [(500, ProviderUnavailableError), (400, RequestInvalidError), ("x", ModelAPIError)]
)
async def test_an_error_in_the_stream_has_the_status_that_stands_beside_it(
    status: object, kind: type[ModelAPIError]
) -> None:
    async with fake_ollama(lines=[{"error": "the runner stopped", "status": status}]) as (provider, _):
        with pytest.raises(kind, match="the runner stopped") as caught:
            await collect(provider, ask(model=MODEL))

    assert type(caught.value) is kind


@pytest.mark.parametrize(
    ("name", "kind", "words"),
    [
        ("busy", ProviderUnavailableError, "server busy"),
        ("out_of_memory", ProviderUnavailableError, "9.1 GiB"),
    ],
)
async def test_a_refusal_carries_the_address_and_the_servers_words(
    name: str, kind: type[Exception], words: str
) -> None:
    async with conversation(name) as (provider, server):
        with pytest.raises(kind) as caught:
            await collect(provider, ask(model=MODEL))

    assert server.url in str(caught.value)
    assert words in str(caught.value)


async def test_a_server_that_does_not_run_is_told_with_the_command_that_starts_it() -> None:
    provider = OllamaProvider("127.0.0.1:1")
    with pytest.raises(ProviderUnavailableError) as caught:
        await collect(provider)
    health = await provider.health()
    await provider.close()

    assert "http://127.0.0.1:1" in caught.value.message
    assert "`ollama serve`" in caught.value.hint
    assert (health.ok, health.detail) == (False, caught.value.message)
