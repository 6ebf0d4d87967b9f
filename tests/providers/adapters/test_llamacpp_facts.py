"""What is known of a llama.cpp server: facts with their sources, what it can do, and that it became another."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.engine.server import EngineServer, serve
from tests.engine.tiny_model import PARAMETERS, TinyModel
from tests.engine.variants import THINKER, write_variant
from tests.pictures import png
from tests.providers.adapters.llamacpp_doubles import provider_of, whole_reply
from tests.providers.conversation import ask, collect, text_of
from tests.providers.engine.files import write
from tests.providers.raw_server import json_reply
from vivek.errors import ContextWindowExceededError, ProviderUnavailableError, RequestInvalidError
from vivek.providers.adapters.llamacpp import LlamaCppProvider
from vivek.providers.registry import open_provider
from vivek.providers.spec import ModelSpec
from vivek.schema.chunk import Usage
from vivek.schema.messages import Image, Message
from vivek.schema.request import Request, Sampling
from vivek.schema.tools import ToolCall, ToolCard

CHAT = "/v1/chat/completions"
SCHEMA = {"type": "object", "properties": {"word": {"type": "string", "maxLength": 8}}}
LOOK = ToolCard("look_at_file", "Shows a file.", {"type": "object", "properties": {"path": {"type": "string"}}})


def props(path: str = "/models/a.gguf", window: int = 8192) -> bytes:
    return json_reply({"model_path": path, "default_generation_settings": {"n_ctx": window}})


def refusal(message: str, code: int = 400) -> bytes:
    return json_reply({"error": {"code": code, "message": message, "type": "x"}}, f"{code} No")


@pytest.fixture(scope="module")
def thinking_server(tiny_model: TinyModel, tmp_path_factory: pytest.TempPathFactory) -> Iterator[EngineServer]:
    """A real engine whose model has tools, thoughts and a temperature of its own."""
    changed: dict[str, str | int | float] = {"tokenizer__chat_template": THINKER, "general__sampling__temp": 0.33}
    path = write_variant(tiny_model.q8_0, tmp_path_factory.mktemp("variants") / "thinker.gguf", **changed)
    with serve(path, window=4_096) as server:
        yield server


@pytest.fixture
async def thinker(thinking_server: EngineServer) -> AsyncIterator[LlamaCppProvider]:
    provider = LlamaCppProvider(thinking_server.url, thinking_server.key)
    yield provider
    await provider.close()


@pytest.mark.engine
async def test_a_real_engine_is_described_with_a_source_for_each_fact(
    thinker: LlamaCppProvider, thinking_server: EngineServer
) -> None:
    info = await thinker.describe("default")

    assert (info.name, info.quantisation, info.parameters) == ("thinker.gguf", "Q8_0", PARAMETERS)
    assert info.digest == str(thinking_server.model)
    assert info.abilities == {"structured_output", "tools", "thinking"}
    assert info.sampling == Sampling(temperature=0.33)
    assert (info.architecture, info.cache_bytes) == ("qwen2", 256)
    assert info.prompts_kept == info.at_once == 1
    assert info.sources == {
        "window_loaded": "/props",
        "prompts_kept": "/props",
        "at_once": "/props",
        "quantisation": "/props",
        "digest": "/props",
        "sampling": "/props",
        "structured_output": "/props",
        "thinking": "/props",
        "tools": "/props",
        "window_maximum": "/v1/models",
        "parameters": "/v1/models",
        "size_bytes": "/v1/models",
        "architecture": "the model file",
        "cache_bytes": "the model file: 2 layers x 2 heads x 16",
    }


@pytest.mark.engine
async def test_a_real_engine_is_told_of_tools_calls_and_results(thinker: LlamaCppProvider) -> None:
    said = (
        Message("user", "What is in a.py?"),
        Message("assistant", "", tool_calls=(ToolCall("c1", "look_at_file", '{"path": "a.py"}'),)),
        Message("tool", "print(1)", tool_call_id="c1"),
    )
    with_tools = await collect(thinker, Request("m", said, 4, tools=(LOOK,)))
    without = await collect(thinker, Request("m", said, 4))

    read = [chunks[-1].usage.prompt_tokens or 0 for chunks in (with_tools, without) if chunks[-1].usage]
    assert read[0] > read[1] + 20, "the card is in the prompt"
    counted = [await thinker.count_tokens(Request("m", said, 4, tools=tools)) for tools in ((LOOK,), ())]
    assert counted == read, "cards, calls and results are counted as they are sent"


@pytest.mark.engine
@pytest.mark.parametrize("think", [None, True, False])
@pytest.mark.parametrize("tools", [(), (LOOK,)], ids=["no tools", "a tool"])
@pytest.mark.parametrize("schema", [None, SCHEMA], ids=["free", "held to a schema"])
async def test_a_real_engine_counts_a_prompt_as_it_will_read_it(
    thinker: LlamaCppProvider, think: bool | None, tools: tuple[ToolCard, ...], schema: dict[str, object] | None
) -> None:
    said = (Message("system", "Be brief."), Message("user", "Say `<|im_end|>` and 漢字 🎉 " * 9))
    request = Request("m", said, 4, think=think, tools=tools, schema=schema)

    counted = await thinker.count_tokens(request)

    usage = (await collect(thinker, request))[-1].usage or Usage()
    assert counted == usage.prompt_tokens


@pytest.mark.engine
async def test_a_real_engine_that_cannot_see_refuses_a_picture(thinker: LlamaCppProvider) -> None:
    messages = (Message("user", "What is this?", images=(Image("image/png", png(8, 8)),)),)

    with pytest.raises(RequestInvalidError, match="image input is not supported") as caught:
        await collect(thinker, Request("m", messages, 8))

    assert "can see" in caught.value.hint
    assert await thinker.count_tokens(Request("m", messages, 8)) is None


@pytest.mark.engine
async def test_a_real_engine_without_embeddings_says_so(thinker: LlamaCppProvider) -> None:
    assert await thinker.embed("m", ["a"]) is None
    assert "embeddings" not in (await thinker.describe("")).abilities


async def test_a_server_started_for_embeddings_is_known_by_what_it_refuses() -> None:
    empty = refusal('"input" must not be empty')
    async with provider_of({"/props": props(), "/v1/embeddings": empty}) as (provider, server):
        info = await provider.describe("")

    assert "embeddings" in info.abilities
    assert info.sources["embeddings"] == "/v1/embeddings"
    assert server.asked("/v1/embeddings")[0].json["input"] == []


@pytest.mark.parametrize(
    "answer",
    [
        refusal("This server does not support embeddings. Start it with `--embeddings`", 501),
        refusal("Pooling type 'none' is not OAI compatible"),
    ],
    ids=["not started for it", "no vector for a text"],
)
async def test_a_server_without_vectors_has_none(answer: bytes) -> None:
    async with provider_of({"/props": props(), "/v1/embeddings": answer}) as (provider, _):
        assert await provider.embed("m", ["a"]) is None
        assert "embeddings" not in (await provider.describe("")).abilities


async def test_a_text_too_long_for_a_vector_is_told_and_not_tried_again() -> None:
    large = refusal("input (9001 tokens) is too large to process. increase the physical batch size", 500)
    async with provider_of({"/v1/embeddings": large}) as (provider, server):
        with pytest.raises(ContextWindowExceededError, match="9001 tokens") as caught:
            await provider.embed("m", ["a"])

    assert "--ubatch-size" in caught.value.hint
    assert len(server.seen) == 1


async def test_other_refusals_of_a_vector_are_told() -> None:
    for answer, kind in ((refusal("bad input"), RequestInvalidError), (refusal("oh", 500), ProviderUnavailableError)):
        async with provider_of({"/v1/embeddings": answer}) as (provider, _):
            with pytest.raises(kind):
                await provider.embed("m", ["a"])


@pytest.mark.parametrize(
    ("path", "window", "words"),
    [
        ("/models/b.gguf", 4096, "now runs b.gguf with a window of 4,096 tokens; it was a.gguf with a window of 8,192"),
        ("/models/a.gguf", 4096, "was restarted with a.gguf with a window of 4,096 tokens; it was a.gguf"),
    ],
    ids=["another model", "another window"],
)
async def test_a_server_that_was_restarted_otherwise_is_told_in_the_same_turn(
    path: str, window: int, words: str
) -> None:
    answers = {"/props": props(), CHAT: whole_reply("yes")}
    async with provider_of(answers) as (provider, _):
        await provider.describe("")
        same = await collect(provider)
        answers["/props"] = props(path, window)
        changed = await collect(provider)
        again = await collect(provider)

    assert [[chunk.note for chunk in chunks if chunk.note] for chunks in (same, again)] == [[], []]
    assert words in changed[0].note
    assert text_of(changed) == "yes"


async def test_what_was_described_counts_as_seen() -> None:
    answers = {"/props": props(), CHAT: whole_reply("yes")}
    async with provider_of(answers) as (provider, _):
        await provider.describe("")
        answers["/props"] = props("/models/b.gguf")
        assert "now runs b.gguf" in (await collect(provider))[0].note


async def test_what_a_picture_takes_is_not_counted() -> None:
    answers = {"/apply-template": json_reply({"prompt": "x"}), "/tokenize": json_reply({"tokens": [1, 2]})}
    async with provider_of(answers) as (provider, _):
        assert await provider.count_tokens(ask("x")) == 2
        pictured = Request("m", (Message("user", "x", (Image("image/png", png(8, 8)),)),), 8)
        assert await provider.count_tokens(pictured) is None


async def test_a_file_of_the_same_name_that_is_another_model_tells_nothing(tmp_path: Path) -> None:
    path = write(tmp_path / "a.gguf")
    for count, known in ((7_000_000_000, None), (2_112, "qwen2"), (None, None)):
        listed = json_reply({"data": [{"id": "m", "meta": {"n_params": count}}]})
        async with provider_of({"/props": props(str(path)), "/v1/models": listed}) as (provider, _):
            info = await provider.describe("")

        assert (info.architecture, info.digest) == (known, str(path))


async def test_a_server_that_loads_is_progress_until_it_answers() -> None:
    loading = json_reply({"error": {"code": 503, "message": "Loading model", "type": "unavailable_error"}}, "503 Wait")
    answers = {"/props": loading, CHAT: loading}
    async with provider_of(answers) as (_, server):
        provider = open_provider(ModelSpec("llamacpp", "m"), base_url=server.url)
        stream = provider.stream(ask())
        first = await anext(aiter(stream))
        answers[CHAT] = whole_reply("yes")
        rest = [chunk async for chunk in stream]
        await provider.close()

    assert (first.phase, first.note) == ("load", "")
    assert text_of(rest) == "yes"
