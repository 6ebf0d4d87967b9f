"""What is known of a model in Ollama, and where from."""

import asyncio

from tests.providers.adapters.ollama_doubles import DIGEST, MODEL, conversation, provider_of
from tests.providers.raw_server import Seen, json_reply
from vivek.schema.request import Sampling


async def test_a_model_is_described_from_three_answers() -> None:
    async with conversation("models") as (provider, server):
        info = await provider.describe(MODEL)

    assert (info.name, info.window_loaded, info.window_maximum) == (MODEL, 16384, 32768)
    assert (info.parameters, info.quantisation, info.architecture) == (7_615_616_512, "Q4_K_M", "qwen2")
    assert (info.size_bytes, info.loaded, info.digest) == (4_683_087_332, True, DIGEST)
    assert info.abilities == {"structured_output", "tools"}
    assert (info.window_default, info.cache_bytes, info.gpu_share) == (24576, 57_344, 0.5)
    assert info.sources == {
        "window_loaded": "/api/ps",
        "gpu_share": "/api/ps",
        "digest": "/api/tags",
        "size_bytes": "/api/tags",
        "window_maximum": "/api/show",
        "window_default": "/api/show",
        "parameters": "/api/show",
        "quantisation": "/api/show",
        "architecture": "/api/show",
        "cache_bytes": "/api/show: 28 layers x 4 heads x 128",
        "sampling": "/api/show",
        "structured_output": "/api/show",
        "tools": "/api/show",
    }
    assert server.asked("/api/show")[0].json == {"model": MODEL}


async def test_what_the_modelfile_leaves_open_is_taken_from_the_weights_own_file() -> None:
    async with conversation("models") as (provider, _):
        info = await provider.describe(MODEL)

    assert info.sampling == Sampling(temperature=0.7, top_p=0.8, top_k=20, repeat_penalty=1.05)


async def test_models_are_listed_with_the_loaded_one_first() -> None:
    async with conversation("models") as (provider, _):
        infos = await provider.models()

    assert [info.name for info in infos] == [
        MODEL,
        "nomic-embed-text:latest",
        "llama3.2:3b",
        "gpt-oss:120b-cloud",
    ]
    assert (infos[0].gpu_share, infos[0].digest, infos[0].window_loaded) == (0.5, DIGEST, 16384)
    assert (infos[1].gpu_share, infos[1].loaded) == (None, False)
    assert infos[2].parameters == 3_200_000_000
    assert infos[3].sources["remote"] == "https://ollama.com:443"


async def test_a_description_does_without_the_lists() -> None:
    async def answer(request: Seen, writer: asyncio.StreamWriter) -> None:
        shown = {"details": {"family": "qwen2", "parameter_size": "odd"}, "model_info": {}, "capabilities": None}
        writer.write(json_reply(shown) if request.path == "/api/show" else json_reply({}, "404 Not Found"))

    async with provider_of(answer) as provider:
        info = await provider.describe("m")

    assert (info.name, info.architecture, info.parameters, info.loaded) == ("m", "qwen2", None, False)
    assert info.sources == {"architecture": "/api/show"}
    assert (info.sampling, info.window_default, info.cache_bytes, info.digest) == (Sampling(), None, None, None)


async def test_a_model_in_the_cloud_is_known_by_its_host() -> None:
    async def answer(request: Seen, writer: asyncio.StreamWriter) -> None:
        shown = {"details": {}, "model_info": {"general.architecture": "gptoss"}, "remote_host": "https://elsewhere"}
        writer.write(json_reply(shown) if request.path == "/api/show" else json_reply({"models": []}))

    async with provider_of(answer) as provider:
        info = await provider.describe("big:cloud")

    assert info.sources["remote"] == "https://elsewhere"
