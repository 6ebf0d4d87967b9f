import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager

import pytest

from tests.providers.conversation import ask, collect, text_of
from tests.providers.raw_server import RawServer, Seen, in_chunks, json_reply, raw_server, stream_head
from vivek.errors import AuthenticationError, ModelAPIError, ModelNotFoundError, ProviderUnavailableError
from vivek.providers.adapters.lmstudio import LMStudioProvider
from vivek.schema.chunk import Usage
from vivek.schema.request import Sampling

CHAT, LIST, LOAD = "/v1/chat/completions", "/api/v1/models", "/api/v1/models/load"
REPLY = stream_head("text/event-stream") + in_chunks(
    b'data: {"choices": [{"delta": {"content": "yes"}, "finish_reason": "stop"}]}\n\n'
    b'data: {"choices": [], "usage": {"prompt_tokens": 5, "completion_tokens": 1}}\n\ndata: [DONE]\n\n'
)
UNKNOWN = json_reply({"error": "Unexpected endpoint or method. (GET /api/v1/models)"})
Answers = Mapping[str, bytes | Callable[[Seen], bytes]]


def model(key: str, *instances: tuple[str, int], **more: object) -> dict[str, object]:
    loaded = [{"id": instance, "config": {"context_length": window}} for instance, window in instances]
    return {"key": key, "type": "llm", "max_context_length": 32768, "loaded_instances": loaded, **more}


def listed(*models: dict[str, object]) -> bytes:
    return json_reply({"models": list(models)})


def loaded_with(window: int | None, **more: object) -> bytes:
    settings = {} if window is None else {"load_config": {"context_length": window}}
    return json_reply(
        {"type": "llm", "instance_id": "m", "load_time_seconds": 7.25, "status": "loaded", **settings, **more}
    )


@asynccontextmanager
async def lm_studio(answers: Answers) -> AsyncIterator[tuple[LMStudioProvider, RawServer]]:
    async def answer(request: Seen, writer: asyncio.StreamWriter) -> None:
        found = answers.get(request.path, UNKNOWN)
        writer.write(found if isinstance(found, bytes) else found(request))

    async with raw_server(answer) as server:
        provider = LMStudioProvider(f"{server.url}/v1")
        try:
            yield provider, server
        finally:
            await provider.close()


async def test_a_loaded_model_is_asked_as_it_is() -> None:
    async with lm_studio({LIST: listed(model("m", ("m", 8192))), CHAT: REPLY}) as (provider, server):
        chunks = await collect(provider, ask(window=16384))

    assert text_of(chunks) == "yes"
    assert [chunk.phase for chunk in chunks if chunk.phase] == ["prefill", "decode"]
    assert not any(chunk.note for chunk in chunks)
    assert server.asked(LOAD) == []
    assert chunks[-1].usage == Usage(5, None, 1)


async def test_a_model_that_is_not_loaded_is_loaded_with_the_window_budgeted_for() -> None:
    answers = {LIST: listed(model("m")), LOAD: loaded_with(16384), CHAT: REPLY}
    async with lm_studio(answers) as (provider, server):
        chunks = await collect(provider, ask(window=16384))

    assert server.asked(LOAD)[0].json == {"model": "m", "context_length": 16384, "echo_load_config": True}
    assert [chunk.note for chunk in chunks if chunk.note] == ["LM Studio loads `m` with a window of 16,384 tokens."]
    assert [chunk.phase for chunk in chunks if chunk.phase] == ["load", "decode"]
    assert chunks[-1].usage == Usage(5, None, 1, load_seconds=7.25)
    assert server.asked(CHAT)[0].json["model"] == "m"


async def test_a_window_that_the_server_chose_itself_is_told() -> None:
    answers = {LIST: listed(model("m")), LOAD: loaded_with(131072), CHAT: REPLY}
    async with lm_studio(answers) as (provider, _):
        chunks = await collect(provider, ask(window=16384))
    assert [chunk.note for chunk in chunks if chunk.note][1] == (
        "LM Studio loaded `m` with a window of 131,072 tokens, not the 16,384 asked for."
    )


async def test_a_server_that_does_not_say_the_window_is_believed() -> None:
    answers = {LIST: listed(model("m")), LOAD: loaded_with(None), CHAT: REPLY}
    async with lm_studio(answers) as (provider, _):
        chunks = await collect(provider, ask(window=16384))
    assert len([chunk for chunk in chunks if chunk.note]) == 1


async def test_the_instance_that_was_loaded_is_asked() -> None:
    answers = {LIST: listed(model("m")), LOAD: loaded_with(4096, instance_id="m:2"), CHAT: REPLY}
    async with lm_studio(answers) as (provider, server):
        await collect(provider, ask(window=4096))
    assert server.asked(CHAT)[0].json["model"] == "m:2"


async def test_a_model_loaded_under_a_name_of_the_users_is_asked_by_it() -> None:
    answers = {LIST: listed(model("m", ("mine", 8192))), CHAT: REPLY}
    async with lm_studio(answers) as (provider, server):
        await collect(provider, ask(model="m"))
        await collect(provider, ask(model="mine"))
    assert [request.json["model"] for request in server.asked(CHAT)] == ["mine", "mine"]


async def test_two_calls_at_once_load_a_model_once() -> None:
    loads: list[str] = []

    def load(request: Seen) -> bytes:
        loads.append(request.path)
        return loaded_with(4096)

    def state(request: Seen) -> bytes:
        return listed(model("m", ("m", 4096)) if loads else model("m"))

    async with lm_studio({LIST: state, LOAD: load, CHAT: REPLY}) as (provider, server):
        replies = await asyncio.gather(*(collect(provider, ask(window=4096)) for _ in range(2)))

    assert [text_of(chunks) for chunks in replies] == ["yes", "yes"]
    assert len(server.asked(LOAD)) == 1


async def test_a_model_that_does_not_fit_is_told_with_what_helps_and_not_tried_again() -> None:
    broken = json_reply({"error": {"type": "internal", "message": "insufficient system resources"}}, "500 Internal")
    async with lm_studio({LIST: listed(model("m")), LOAD: broken, CHAT: REPLY}) as (provider, server):
        with pytest.raises(ModelAPIError, match="insufficient system resources") as caught:
            await collect(provider, ask(window=32768))
    assert type(caught.value) is ModelAPIError
    assert "--window" in caught.value.hint
    assert server.asked(CHAT) == []


async def test_without_a_window_or_the_means_to_load_it_is_said_what_happens() -> None:
    older = json_reply({"data": [{"id": "m", "type": "llm", "state": "not-loaded"}]})
    async with lm_studio({"/api/v0/models": older, CHAT: REPLY}) as (provider, server):
        chunks = await collect(provider, ask(window=16384))
    assert chunks[0].phase == "load"
    assert "often 4,096 tokens" in chunks[0].note
    assert "`lms load m --context-length 16384`" in chunks[0].note
    assert server.asked(LOAD) == []

    async with lm_studio({LIST: listed(model("m")), CHAT: REPLY}) as (provider, server):
        chunks = await collect(provider, ask(window=None))
    assert "`lms load m`" in chunks[0].note
    assert server.asked(LOAD) == []


async def test_a_model_for_vectors_is_not_loaded_for_a_chat() -> None:
    vectors = model("nomic") | {"type": "embedding"}
    async with lm_studio({LIST: listed(vectors), CHAT: json_reply({"error": "not an llm"}, "400 No")}) as (
        provider,
        server,
    ):
        with pytest.raises(ModelAPIError, match="not an llm"):
            await collect(provider, ask(model="nomic"))
    assert server.asked(LOAD) == []


async def test_the_default_is_the_loaded_model_and_never_one_for_vectors() -> None:
    vectors = model("nomic", ("nomic", 2048)) | {"type": "embedding"}
    answers = {LIST: listed(model("a"), vectors, model("b", ("b", 8192))), CHAT: REPLY}
    async with lm_studio(answers) as (provider, server):
        info = await provider.describe("default")
        await collect(provider, ask(model="default"))
    assert (info.name, info.window_loaded) == ("b", 8192)
    assert server.asked(CHAT)[0].json["model"] == "b"


async def test_the_models_come_loaded_first_with_what_the_server_says_of_them() -> None:
    answers = {LIST: listed(model("small"), model("big", ("big", 8192)))}
    async with lm_studio(answers) as (provider, _):
        infos = await provider.models()
        health = await provider.health()
    assert [(info.name, info.window_loaded, info.loaded) for info in infos] == [
        ("big", 8192, True),
        ("small", None, False),
    ]
    assert health.detail == "LM Studio, 1 of 2 models loaded"


async def test_an_older_server_is_asked_its_older_question_and_one_without_either_openais() -> None:
    older = json_reply({"data": [{"id": "a", "state": "loaded", "loaded_context_length": 4096}]})
    async with lm_studio({"/api/v0/models": older}) as (provider, _):
        info = await provider.describe("a")
    assert (info.window_loaded, info.sources["window_loaded"]) == (4096, "/api/v0/models")

    async with lm_studio({"/v1/models": json_reply({"data": [{"id": "a"}]})}) as (provider, _):
        assert [info.name for info in await provider.models()] == ["a"]


async def test_no_list_at_all_is_an_empty_one() -> None:
    async with lm_studio({CHAT: REPLY}) as (provider, _):
        assert await provider.models() == []
        assert text_of(await collect(provider)) == "yes", "the chat itself says what is wrong, if anything is"


async def test_an_unknown_model_comes_with_the_nearest() -> None:
    async with lm_studio({LIST: listed(model("qwen2.5-coder-7b"), model("llama"))}) as (provider, _):
        with pytest.raises(ModelNotFoundError) as caught:
            await provider.describe("qwen2.5-codr-7b")
    assert "`lmstudio/qwen2.5-coder-7b`" in caught.value.hint


async def test_a_refused_token_is_not_taken_for_an_empty_list() -> None:
    async with lm_studio({LIST: json_reply({"error": "no"}, "401 Unauthorized")}) as (provider, _):
        health = await provider.health()
        with pytest.raises(AuthenticationError):
            await provider.models()
    assert not health.ok


async def test_a_server_that_is_gone_is_told_with_how_to_start_it() -> None:
    provider = LMStudioProvider("http://127.0.0.1:1")
    with pytest.raises(ProviderUnavailableError) as caught:
        await provider.models()
    await provider.close()
    assert "lms server start" in caught.value.hint


@pytest.mark.parametrize(
    ("reasoning", "think", "effort"),
    [(True, True, "medium"), (True, False, "none"), (True, None, None), (False, False, None)],
)
async def test_thinking_is_switched_for_models_that_think(
    reasoning: bool, think: bool | None, effort: str | None
) -> None:
    entry = model("m", ("m", 8192), capabilities={"reasoning": reasoning})
    async with lm_studio({LIST: listed(entry), CHAT: REPLY}) as (provider, server):
        await collect(provider, ask(think=think))
    assert server.asked(CHAT)[0].json.get("reasoning_effort") == effort


async def test_the_sampling_that_only_local_servers_know_is_sent() -> None:
    async with lm_studio({LIST: listed(model("m", ("m", 8192))), CHAT: REPLY}) as (provider, server):
        await collect(provider, ask(sampling=Sampling(top_k=40, repeat_penalty=1.1)))
        await collect(provider, ask())
    with_them, without = (request.json for request in server.asked(CHAT))
    assert (with_them["top_k"], with_them["repeat_penalty"]) == (40, 1.1)
    assert not {"top_k", "repeat_penalty"} & without.keys()
