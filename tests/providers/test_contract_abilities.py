"""What every provider must keep of tools, pictures, vectors and descriptions, as far as its server has them."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.providers.conversation import ask, calls_of, collect, text_of
from tests.providers.dialects import DIALECTS, Dialect
from tests.providers.raw_server import RawServer, Seen, json_reply, raw_server
from tests.providers.serving import sends, served
from tests.providers.wording import VECTORS
from vivek.errors import ModelAPIError, ModelNotFoundError, StreamInterruptedError
from vivek.providers.base import Provider
from vivek.schema.chunk import Chunk
from vivek.schema.messages import Image, Message
from vivek.schema.request import Request
from vivek.schema.tools import ToolCall, ToolCard

LOOK = ToolCard("look", "Show a file.", {"type": "object", "properties": {"path": {"type": "string"}}})
RUN = ToolCard("run", "Run it.", {"type": "object", "properties": {"n": {"type": "integer"}}})
CALLS = [ToolCall("c0", "look", '{"path": "a.py"}'), ToolCall("c1", "run", '{"n": 1}')]
SCHEMA = {"type": "object", "properties": {}, "additionalProperties": False}
PICTURE = Image("image/png", b"\x89PNG\r\n\x1a\nnot really")


def able(ability: str) -> list[str]:
    return sorted(name for name, dialect in DIALECTS.items() if getattr(dialect, ability))


@asynccontextmanager
async def answering(dialect: Dialect, answers: Mapping[str, object]) -> AsyncIterator[tuple[Provider, RawServer]]:
    async def answer(request: Seen, writer: asyncio.StreamWriter) -> None:
        found = answers.get(request.path)
        missing = json_reply({"error": {"message": "nothing here"}}, "404 Not Found")
        writer.write(missing if found is None else json_reply(found))

    async with raw_server(answer) as server:
        provider = dialect.open(server.url, None)
        try:
            yield provider, server
        finally:
            await provider.close()


def whole(calls: list[ToolCall]) -> list[tuple[str, object]]:
    return [(call.name, json.loads(call.arguments)) for call in calls]


@pytest.mark.parametrize("name", able("calls"))
async def test_native_calls_arrive_in_pieces_and_whole(name: str) -> None:
    dialect = DIALECTS[name]

    async with served(dialect, sends(dialect, dialect.piece("Let me see."), *dialect.calls)) as (provider, server):
        chunks = await collect(provider, ask(tools=(LOOK, RUN)))

    assert text_of(chunks) == "Let me see."
    assert whole(calls_of(chunks)) == whole(CALLS)
    assert len({call.id for call in calls_of(chunks)}) == 2
    assert chunks[-1].finish == "tool_calls"
    assert dialect.tools(server.asked(dialect.path)[0].json) == ["look", "run"]


@pytest.mark.parametrize("name", able("calls"))
async def test_calls_that_arrive_in_one_read_are_told_apart_too(name: str) -> None:
    dialect = DIALECTS[name]

    async with served(dialect, sends(dialect, b"".join(dialect.calls))) as (provider, _):
        chunks = await collect(provider, ask(tools=(LOOK, RUN)))

    assert whole(calls_of(chunks)) == whole(CALLS)


@pytest.mark.parametrize("name", able("calls"))
@settings(deadline=None, max_examples=25)
@given(cuts=st.lists(st.floats(0, 1), max_size=12))
def test_any_cut_between_reads_gives_the_same_calls(name: str, cuts: list[float]) -> None:
    dialect = DIALECTS[name]
    body = dialect.noise + dialect.piece("naïve 日本") + b"".join(dialect.calls)
    places = sorted({int(cut * len(body)) for cut in cuts} | {0, len(body)})

    async def talk() -> list[Chunk]:
        parts = [body[start:stop] for start, stop in pairwise(places)]
        async with served(dialect, sends(dialect, *parts)) as (provider, _):
            return await collect(provider, ask(tools=(LOOK, RUN)))

    chunks = asyncio.run(talk())
    assert (text_of(chunks), whole(calls_of(chunks))) == ("naïve 日本", whole(CALLS))
    assert chunks[-1].finish == "tool_calls"


@pytest.mark.parametrize("name", able("calls"))
async def test_a_reply_that_breaks_after_a_call_began_is_an_interruption(name: str) -> None:
    dialect = DIALECTS[name]

    async with served(dialect, sends(dialect, *dialect.calls[:-1], dialect.error)) as (provider, _):
        with pytest.raises(StreamInterruptedError, match="the engine stumbled"):
            await collect(provider, ask(tools=(LOOK, RUN)))


@pytest.mark.parametrize("name", able("calls"))
async def test_tools_are_offered_only_when_there_are_some(name: str) -> None:
    dialect = DIALECTS[name]

    async with served(dialect, sends(dialect, dialect.piece("x"), dialect.end)) as (provider, server):
        await collect(provider)

    assert not {"tools", "tool_choice"} & server.asked(dialect.path)[0].json.keys()


@pytest.mark.parametrize("name", able("pictures"))
async def test_pictures_travel_in_the_body(name: str) -> None:
    dialect = DIALECTS[name]
    assert dialect.pictures
    messages = (Message("system", "Be brief."), Message("user", "What is this?", images=(PICTURE,)))

    async with served(dialect, sends(dialect, dialect.piece("x"), dialect.end)) as (provider, server):
        await collect(provider, Request("m", messages, 64, window=4096))

    body = server.asked(dialect.path)[0].json
    assert dialect.pictures(body) == [("image/png", base64.b64encode(PICTURE.data).decode())]
    assert "What is this?" in json.dumps(body["messages"])


@pytest.mark.parametrize("name", able("embeds"))
async def test_vectors_come_in_the_order_of_their_texts(name: str) -> None:
    dialect = DIALECTS[name]
    assert dialect.embeds
    path, answer = dialect.embeds

    async with answering(dialect, {path: answer}) as (provider, server):
        vectors = await provider.embed("m", ["first", "second"])
        nothing = await provider.embed("m", [])

    assert [list(vector) for vector in vectors or ()] == list(VECTORS)
    assert list(nothing or ()) == []
    assert [request.json["input"] for request in server.seen] == [["first", "second"]]


@pytest.mark.parametrize("name", able("embeds"))
async def test_an_answer_with_too_few_vectors_is_no_answer(name: str) -> None:
    dialect = DIALECTS[name]
    assert dialect.embeds
    path, answer = dialect.embeds

    async with answering(dialect, {path: answer}) as (provider, _):
        with pytest.raises(ModelAPIError, match="no usable vectors for 3 texts"):
            await provider.embed("m", ["one", "two", "three"])


@pytest.mark.parametrize("name", able("described"))
async def test_every_fact_of_a_description_names_where_it_was_read(name: str) -> None:
    dialect = DIALECTS[name]

    async with answering(dialect, dialect.described) as (provider, _):
        info = await provider.describe("m")
        listed = await provider.models()

    assert info.name == "m"
    assert [each.name for each in listed] == ["m"]
    assert set(info.sources) == dialect.facts
    assert all(info.sources.values())
    assert info.abilities == dialect.facts & {"tools", "thinking", "vision", "embeddings", "structured_output"}
    assert all(getattr(info, fact) for fact in dialect.facts - info.abilities)


@pytest.mark.parametrize("name", able("described"))
async def test_a_model_that_is_not_there_comes_with_the_nearest(name: str) -> None:
    dialect = DIALECTS[name]

    async with answering(dialect, dialect.described) as (provider, _):
        with pytest.raises(ModelNotFoundError) as caught:
            await provider.describe("mm")

    assert f"`{name}/m`" in caught.value.hint


def test_who_lacks_an_ability_is_known() -> None:
    every = set(DIALECTS)
    assert every - set(able("calls")) == set()
    assert every - set(able("pictures")) == set()
    assert every - set(able("embeds")) <= {"anthropic"}
