"""A provider that is shown no secrets."""

from collections.abc import Sequence

import pytest

from vivek.config.veil import Veil
from vivek.providers.adapters.scripted import ScriptedProvider
from vivek.providers.veiled import VeiledProvider
from vivek.schema.messages import Message
from vivek.schema.request import Request
from vivek.schema.tools import ToolCall

KEY = "ghp_" + "a1B2" * 9
TEXT = f"Deploy with {KEY}, please."
HIDDEN = "Deploy with ghp_⟦secret:1⟧, please."


class Counting(ScriptedProvider):
    """Counts characters, and keeps what it is asked to embed."""

    embedded: Sequence[str] = ()

    async def count_tokens(self, request: Request) -> int | None:
        return sum(len(message.content) for message in request.messages)

    async def embed(self, model: str, texts: Sequence[str]) -> Sequence[Sequence[float]] | None:
        self.embedded = texts
        return None


@pytest.mark.covers("K04")
async def test_what_is_sent_holds_placeholders_and_that_is_told_once() -> None:
    inner = Counting(["Done: ⟦secret:1⟧.", "Again."])
    provider = VeiledProvider(inner, Veil().hide)
    call = ToolCall("1", "run", f'{{"command": "login {KEY}"}}')
    messages = (
        Message("system", "Rules."),
        Message("user", TEXT),
        Message("assistant", "", tool_calls=(call,)),
        Message("tool", f"logged in as {KEY}", tool_call_id="1"),
    )

    first = [chunk async for chunk in provider.stream(Request("far", messages, 100))]
    second = [chunk async for chunk in provider.stream(Request("far", (*messages, Message("user", "And?")), 100))]

    sent = [[message.content for message in request.messages] for request in inner.requests]
    assert sent[0] == ["Rules.", HIDDEN, "", "logged in as ghp_⟦secret:1⟧"]
    assert sent[1] == [*sent[0], "And?"]
    assert KEY[4:] not in repr(inner.requests)
    assert [chunk.note for chunk in first if chunk.note] == [
        "What looks like a secret is hidden from far, which is not on this machine."
    ]
    assert not any(chunk.note for chunk in second)
    assert "".join(chunk.text for chunk in first) == "Done: ⟦secret:1⟧."


async def test_counting_and_embedding_see_what_is_sent() -> None:
    inner = Counting([])
    provider = VeiledProvider(inner, Veil().hide)

    assert await provider.count_tokens(Request("far", (Message("user", TEXT),), 100)) == len(HIDDEN)
    await provider.embed("m", [TEXT])
    assert list(inner.embedded) == [HIDDEN]


async def test_a_text_without_secrets_is_sent_as_it_is_and_nothing_is_told() -> None:
    inner = Counting(["Hello."])
    provider = VeiledProvider(inner, Veil().hide)
    request = Request("far", (Message("user", "Hello?"),), 100)

    assert not any([chunk.note async for chunk in provider.stream(request)])
    assert inner.requests == [request]
