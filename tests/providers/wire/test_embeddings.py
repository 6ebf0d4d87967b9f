import asyncio

import pytest

from tests.providers.raw_server import Seen, json_reply, raw_server, reply
from vivek.errors import ModelAPIError, ModelNotFoundError, RequestInvalidError
from vivek.providers.wire.embeddings import fetch_embeddings, read_embeddings
from vivek.providers.wire.http import HttpDoor


def vector(*numbers: object, **more: object) -> dict[str, object]:
    return {"object": "embedding", "embedding": list(numbers), **more}


async def fetched(answer: bytes) -> list[list[float]] | None:
    async def give(request: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(answer)

    async with raw_server(give) as server:
        door = HttpDoor(server.url)
        try:
            return await fetch_embeddings(door, "m", ["a"])
        finally:
            await door.close()


def test_vectors_are_put_in_the_order_of_their_numbers() -> None:
    answer = {"data": [vector(3, index=2), vector(1.5, index=0), vector(2, index=1)]}
    assert read_embeddings(answer, 3) == [[1.5], [2.0], [3.0]]


def test_vectors_without_numbers_keep_their_order() -> None:
    assert read_embeddings({"data": [vector(1, 2), vector(3, 4)]}, 2) == [[1.0, 2.0], [3.0, 4.0]]


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        ["x"],
        [vector(1, index=0)],
        [vector(1, index=0), vector(2, index=0)],
        [vector(1, index=0), vector(2, index=2)],
        [vector(1, index=0), vector(2, index=1), vector(3, index=1)],
        [vector(1, index=0), vector(2, index=1), vector(3, index=2)],
        [vector(1, index="0"), vector(2, index="1")],
        [vector(1, index=[0]), vector(2, index=1)],
        [vector(1), vector(2, 3)],
        [vector(), vector()],
        [vector(1), vector("2")],
        [vector(1), vector(True)],
        [vector(1), vector(float("nan"))],
        [vector(1), vector(float("inf"))],
        [vector(1), vector(10**400)],
        [vector(1), {"embedding": "AAAA"}],
        [vector(1), {"index": 1}],
    ],
)
def test_what_is_not_one_sound_vector_for_each_text_is_no_answer(data: object) -> None:
    assert read_embeddings({"data": data}, 2) is None


@pytest.mark.parametrize(
    "answer",
    [
        reply("404 Not Found", "text/plain", b"Not Found"),
        json_reply({"error": {"code": 501, "message": "This server does not support embeddings."}}, "501 No"),
        reply("405 Method Not Allowed", "text/plain", b""),
    ],
)
async def test_a_server_that_cannot_embed_is_no_failure(answer: bytes) -> None:
    assert await fetched(answer) is None


async def test_a_model_that_is_not_there_is_one() -> None:
    with pytest.raises(ModelNotFoundError):
        await fetched(json_reply({"error": {"message": "model 'm' not found"}}, "404 Not Found"))


async def test_a_model_that_cannot_embed_is_told_in_the_servers_words() -> None:
    with pytest.raises(RequestInvalidError, match="not an embedding model"):
        await fetched(json_reply({"error": "m is not an embedding model"}, "400 Bad Request"))


async def test_an_answer_that_is_none_is_told() -> None:
    with pytest.raises(ModelAPIError, match="no usable vectors for 1 texts") as caught:
        await fetched(json_reply({"data": []}))
    assert caught.value.hint == "Is `m` a model for embeddings?"
