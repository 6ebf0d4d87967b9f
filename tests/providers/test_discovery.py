import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from tests.engine.tiny_model import TinyModel
from tests.providers.raw_server import RawServer, Seen, json_reply, raw_server
from vivek.errors import ConfigError
from vivek.providers.discovery import FAR_SECONDS, NEAR_SECONDS, Server, rank, survey, usual_servers
from vivek.providers.spec import ModelSpec
from vivek.schema.models import ModelInfo

GB = 1_000_000_000
NOBODY = "http://127.0.0.1:1"


def no_environment(name: str) -> str | None:
    return None


@asynccontextmanager
async def answering(answers: Mapping[str, bytes]) -> AsyncIterator[RawServer]:
    async def answer(request: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(answers.get(request.path, json_reply({"error": "no"}, "404 Not Found")))

    async with raw_server(answer) as server:
        yield server


def tags(*models: tuple[str, str, int]) -> bytes:
    return json_reply(
        {"models": [{"name": name, "size": size, "details": {"parameter_size": count}} for name, count, size in models]}
    )


def running(*names: str) -> bytes:
    return json_reply({"models": [{"name": name, "context_length": 8192} for name in names]})


CHATS = json_reply({"capabilities": ["completion"]})
EMBEDS = json_reply({"capabilities": ["embedding"]})


async def picked(
    listed: bytes, loaded: bytes = running(), shown: bytes = CHATS, free_memory: int | None = None
) -> tuple[str | None, tuple[str, ...]]:
    """Return the name chosen of an Ollama server's models, and what is said of the others."""
    async with answering({"/api/tags": listed, "/api/ps": loaded, "/api/show": shown}) as server:
        servers = [Server("ollama", "Ollama", server.url, 30)]
        seen = await survey(no_environment, servers=servers, free_memory=free_memory, engine=False)
    return (seen.found.spec.model if seen.found else None), seen.skipped


async def test_the_loaded_model_comes_first() -> None:
    listed = tags(("qwen2.5-coder:32b", "32B", 20 * GB), ("llama3.2:3b", "3.2B", 2 * GB))
    name, _ = await picked(listed, running("llama3.2:3b"))
    assert name == "llama3.2:3b"


async def test_a_loaded_embedding_model_never_does() -> None:
    listed = tags(("nomic-embed-text:latest", "137M", GB), ("llama3.2:3b", "3.2B", 2 * GB))
    name, skipped = await picked(listed, running("nomic-embed-text:latest"))
    assert name == "llama3.2:3b"
    assert "ollama/nomic-embed-text:latest: an embedding model." in skipped


async def test_a_coder_counts_double() -> None:
    listed = tags(("llama3.1:8b", "8.0B", 5 * GB), ("qwen2.5-coder:7b", "7.6B", 5 * GB), ("phi:2.7b", "2.7B", GB))
    assert (await picked(listed))[0] == "qwen2.5-coder:7b"


async def test_what_does_not_fit_the_memory_is_left_with_both_numbers() -> None:
    listed = tags(("qwen2.5-coder:32b", "32B", 20 * GB), ("qwen2.5-coder:1.5b", "1.5B", GB))
    name, skipped = await picked(listed, free_memory=8 * GB)
    assert name == "qwen2.5-coder:1.5b"
    assert skipped == ("ollama/qwen2.5-coder:32b: needs about 21.1 GB of memory, 8.0 GB are free.",)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("bge-m3:latest", "an embedding model"),
        ("qwen3-reranker:4b", "a reranker"),
        ("qwen2.5-coder:7b-base", "a base model"),
        ("starcoder2-base:3b", "a base model"),
        ("llava-mmproj:f16", "a projector"),
        ("qwen3-draft:0.6b", "a draft model"),
        ("gpt-oss:120b-cloud", "in the cloud"),
        ("kimi-k2:cloud", "in the cloud"),
    ],
)
async def test_what_cannot_chat_here_is_never_chosen(name: str, reason: str) -> None:
    chosen, skipped = await picked(tags((name, "7B", GB)))
    assert chosen is None
    assert any(line.startswith(f"ollama/{name}: {reason}") for line in skipped)


@pytest.mark.parametrize("name", ["codebase-helper:7b", "granite-code:8b-instruct", "airdraft:7b", "cloudy:7b"])
async def test_names_that_only_look_alike_are_chosen(name: str) -> None:
    assert (await picked(tags((name, "7B", GB))))[0] == name


async def test_a_model_that_only_its_server_knows_to_embed_is_left() -> None:
    name, skipped = await picked(tags(("innocent:1b", "1B", GB)), shown=EMBEDS)
    assert name is None
    assert "ollama/innocent:1b: an embedding model." in skipped


async def test_a_model_that_runs_on_another_machine_is_left_whatever_its_name() -> None:
    listed = json_reply({"models": [{"name": "innocent:1b", "size": GB, "remote_host": "https://ollama.com:443"}]})
    name, skipped = await picked(listed)
    assert name is None
    assert "ollama/innocent:1b: in the cloud, not on this machine." in skipped


async def test_a_server_without_models_is_told() -> None:
    name, skipped = await picked(tags())
    assert name is None
    assert "Ollama runs, but has no model." in skipped


async def test_a_loaded_model_of_a_later_server_wins_over_one_that_is_not_loaded() -> None:
    ollama = {"/api/tags": tags(("qwen2.5-coder:7b", "7B", GB)), "/api/ps": running(), "/api/show": CHATS}
    llama = {
        "/props": json_reply({"default_generation_settings": {"n_ctx": 4096}, "model_alias": "house"}),
        "/v1/models": json_reply({"data": []}),
    }
    async with answering(ollama) as first, answering(llama) as second:
        servers = [Server("ollama", "Ollama", first.url, 30), Server("llamacpp", "llama-server", second.url, 30)]
        found = (await survey(no_environment, servers=servers)).found

    assert found is not None
    assert (found.spec, found.base_url) == (ModelSpec("llamacpp", "house"), second.url)
    assert found.why == "loaded now in llama-server"
    assert found.info.window_loaded == 4096
    assert found.skipped == ("ollama/qwen2.5-coder:7b: llamacpp/house came first.",)


async def test_the_first_server_wins_when_none_has_a_model_loaded() -> None:
    lists = {"/v1/models": json_reply({"data": [{"id": "qwen-7b"}]})}
    ollama = {"/api/tags": tags(("m:1b", "1B", GB)), "/api/ps": running(), "/api/show": CHATS}
    async with answering(ollama) as first, answering(lists) as second:
        servers = [Server("ollama", "Ollama", first.url, 30), Server("lmstudio", "LM Studio", second.url, 30)]
        found = (await survey(no_environment, servers=servers)).found

    assert found is not None
    assert str(found.spec) == "ollama/m:1b"
    assert "lmstudio/qwen-7b: ollama/m:1b came first." in found.skipped


async def test_a_model_that_lm_studio_has_loaded_is_found_with_its_window() -> None:
    own = [
        {"key": "qwen2.5-coder-7b", "type": "llm", "loaded_instances": []},
        {
            "key": "nomic",
            "type": "embedding",
            "loaded_instances": [{"id": "nomic", "config": {"context_length": 2048}}],
        },
        {"key": "llama-3b", "type": "llm", "loaded_instances": [{"id": "mine", "config": {"context_length": 8192}}]},
    ]
    async with answering({"/api/v1/models": json_reply({"models": own})}) as server:
        servers = [Server("lmstudio", "LM Studio", server.url, 30)]
        found = (await survey(no_environment, servers=servers)).found

    assert found is not None
    assert str(found.spec) == "lmstudio/llama-3b"
    assert (found.info.window_loaded, found.why) == (8192, "loaded now in LM Studio")
    assert "lmstudio/nomic: an embedding model." in found.skipped


async def test_servers_are_asked_at_once_and_a_silent_one_is_not_waited_for_long() -> None:
    meeting = asyncio.Barrier(2)

    async def answer(request: Seen, writer: asyncio.StreamWriter) -> None:
        if request.path in {"/api/tags", "/api/v1/models"}:
            await meeting.wait()  # opens only if both servers are asked before either has answered
        writer.write(json_reply({}))

    async def silent(request: Seen, writer: asyncio.StreamWriter) -> None:
        await asyncio.Event().wait()

    async with AsyncExitStack() as stack:
        one, two, three = [await stack.enter_async_context(raw_server(each)) for each in (answer, answer, silent)]
        servers = [
            Server("ollama", "Ollama", one.url, 30),
            Server("lmstudio", "LM Studio", two.url, 30),
            Server("llamacpp", "llama-server", three.url, 0.05),
        ]
        seen = await survey(no_environment, servers=servers, engine=False)

    assert seen.found is None
    assert seen.skipped[:3] == (
        "Ollama runs, but has no model.",
        "LM Studio runs, but has no model.",
        "llama-server: no answer within 0.05 s.",
    )
    assert seen.skipped[-1] == "Model files: the embedded engine is not installed."


async def test_nothing_at_all_is_told_line_by_line() -> None:
    servers = [Server("ollama", "Ollama", NOBODY), Server("llamacpp", "llama-server", NOBODY)]
    seen = await survey(no_environment, servers=servers)

    assert seen.found is None
    assert len(seen.skipped) == 3
    assert "does not answer" in seen.skipped[0]
    assert seen.skipped[-1] == "Model files: none found."
    assert (await survey(no_environment, servers=servers)).found is None


async def found_on_disk(folders: Sequence[Path], free_memory: int | None = None) -> tuple[str | None, tuple[str, ...]]:
    seen = await survey(no_environment, servers=[], folders=folders, free_memory=free_memory)
    return (str(seen.found.spec) if seen.found else None), seen.skipped


async def test_a_model_file_is_taken_when_no_server_runs(tiny_model: TinyModel, tmp_path: Path) -> None:
    good, bad = tmp_path / "tiny-coder.gguf", tmp_path / "broken.gguf"
    good.write_bytes(tiny_model.q8_0.read_bytes())
    bad.write_bytes(b"no model")
    base = tmp_path / "tiny-base.gguf"
    base.write_bytes(tiny_model.q8_0.read_bytes())

    spec, skipped = await found_on_disk([tmp_path])

    assert spec == f"local/{good}"
    assert any(line.startswith(f"{bad}: ") for line in skipped)
    assert any(line.startswith(f"{base}: a base model") for line in skipped)
    assert (await found_on_disk([tmp_path], free_memory=1))[0] is None


@pytest.mark.parametrize(
    ("value", "address", "seconds"),
    [
        (None, "http://127.0.0.1:11434", NEAR_SECONDS),
        ("0.0.0.0:9999", "http://127.0.0.1:9999", NEAR_SECONDS),
        ("gpu-box", "http://gpu-box:11434", FAR_SECONDS),
    ],
)
def test_ollama_host_says_where_ollama_is(value: str | None, address: str, seconds: float) -> None:
    first, *others = usual_servers({"OLLAMA_HOST": value}.get)
    assert (first.provider, first.base_url, first.seconds) == ("ollama", address, seconds)
    assert [server.base_url for server in others] == ["http://127.0.0.1:1234", "http://127.0.0.1:8080"]


@pytest.mark.covers("N10")
def test_only_this_machine_is_looked_through() -> None:
    assert [server.base_url.split(":")[1] for server in usual_servers(lambda name: None) if server.base_url] == [
        "//127.0.0.1"
    ] * 3


def test_an_ollama_host_that_is_no_address_is_refused() -> None:
    with pytest.raises(ConfigError):
        usual_servers(lambda name: "http://two words")


def test_an_unknown_size_ranks_last() -> None:
    infos = [ModelInfo("mystery"), ModelInfo("mystery-instruct"), ModelInfo("small:1b")]
    assert [info.name for info in sorted(infos, key=rank, reverse=True)] == ["small:1b", "mystery-instruct", "mystery"]
