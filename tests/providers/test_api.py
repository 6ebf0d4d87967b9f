"""The public API: what other programs may use."""

import asyncio
import subprocess
import sys
import threading
import traceback
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from queue import SimpleQueue

import pytest

import vivek.providers as api
from tests.providers.dialects import DIALECTS
from tests.providers.raw_server import RawServer, Seen, in_chunks, json_reply, raw_server, stream_head
from tests.providers.tls_server import certificate, tls_server
from vivek.errors import ConfigError, ModelAPIError, ProviderUnavailableError, RequestInvalidError, VivekError
from vivek.providers import Message, Sampling, ToolCard, generate, list_models, open_provider, stream
from vivek.providers.blocking import generate_sync, list_models_sync, stream_sync

OLLAMA = DIALECTS["ollama"]
KEY = "kx19-very-secret-0123456789"
TAGS = {"models": [{"name": "m:latest", "size": 5}, {"name": "n:7b", "size": 9}]}
SHOWN = {"model_info": {"general.architecture": "x", "x.context_length": 8192}, "capabilities": ["completion"]}


async def answer(request: Seen, writer: asyncio.StreamWriter) -> None:
    match request.path:
        case OLLAMA.path:
            pieces = [OLLAMA.piece("hello "), OLLAMA.piece("there"), OLLAMA.end]
            writer.write(stream_head(OLLAMA.kind) + in_chunks(b"".join(pieces)))
        case "/api/tags":
            writer.write(json_reply(TAGS))
        case "/api/show":
            writer.write(json_reply(SHOWN))
        case _:
            writer.write(json_reply({}))


@pytest.fixture
async def ollama(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[RawServer]:
    async with raw_server(answer) as server:
        monkeypatch.setenv("OLLAMA_HOST", server.url)
        yield server


async def test_a_question_is_answered_with_figures(ollama: RawServer) -> None:
    reply = await generate("Say hello.", "ollama/m")

    assert (reply.text, reply.finish, reply.model) == ("hello there", "stop", "ollama/m")
    assert (reply.usage.prompt_tokens, reply.usage.completion_tokens) == (7, 3)
    assert reply.tokens_per_second == pytest.approx(100.0)
    body = ollama.asked(OLLAMA.path)[0].json
    assert body["messages"] == [{"role": "user", "content": "Say hello."}]
    assert body["options"]["num_ctx"] == 8192, "a window is always asked for: Ollama's own default cuts prompts"  # type: ignore[index]  # JSON


async def test_what_is_said_of_a_request_reaches_the_server(ollama: RawServer) -> None:
    said = (Message("user", "a"), Message("assistant", "b"), Message("user", "c"))
    card = ToolCard("read", "Reads.", {"type": "object", "properties": {}})
    schema = {"type": "object", "properties": {"n": {"type": "integer"}}}
    sampling = Sampling(temperature=0.5, seed=3)
    async with open_provider("ollama/m", window=4096) as model:
        await model.generate(said, system="Be brief.", sampling=sampling, max_tokens=9, think=False, tools=[card])
        await model.generate("again", schema=schema)

    first, second = (seen.json for seen in ollama.asked(OLLAMA.path))
    assert [message["role"] for message in first["messages"]] == ["system", "user", "assistant", "user"]  # type: ignore[attr-defined]  # JSON
    options = {"num_ctx": 4096, "num_predict": 9, "temperature": 0.5, "seed": 3}
    assert options.items() <= first["options"].items()  # type: ignore[attr-defined]  # JSON
    assert first["think"] is False
    assert first["tools"][0]["function"]["name"] == "read"  # type: ignore[index]  # JSON
    assert second["format"] == schema
    assert len(ollama.asked("/api/show")) <= 1, "the window was given"


async def test_an_open_model_is_described_once_and_asked_often(ollama: RawServer) -> None:
    async with open_provider("ollama/m") as model:
        texts = [(await generate("x", model)).text for _ in range(3)]
        assert (await model.describe()).window_maximum == 8192
        assert (await model.health()).ok
    assert texts == ["hello there"] * 3
    assert len(ollama.asked("/api/show")) == 2


async def test_a_reply_can_be_read_as_it_comes(ollama: RawServer) -> None:
    chunks = [chunk async for chunk in stream("x", "ollama/m")]
    assert "".join(chunk.text for chunk in chunks) == "hello there"
    assert chunks[-1].finish == "stop"


async def test_leaving_a_stream_closes_its_connection() -> None:
    async def endless(request: Seen, writer: asyncio.StreamWriter) -> None:
        if request.path != OLLAMA.path:
            await answer(request, writer)
            return
        writer.write(stream_head(OLLAMA.kind) + in_chunks(OLLAMA.piece("first"), last=False))
        await asyncio.Event().wait()

    async with raw_server(endless) as server:
        chunks = stream("x", "ollama/m", base_url=server.url)
        async for chunk in chunks:
            if chunk.text:
                break
        server.hung_up.clear()
        await chunks.aclose()
        await asyncio.wait_for(server.hung_up.wait(), 30)


async def test_what_one_call_opened_is_closed_after_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate("good")))
    whole = stream_head("text/event-stream").replace(b"Connection: close\r\n", b"") + in_chunks(b"data: [DONE]\n\n")
    async with tls_server(whole) as server:
        pieces = [chunk async for chunk in stream("x", "openai_compat/m", base_url=server.url)]
        assert pieces[-1].finish
        await asyncio.wait_for(server.hung_up.wait(), 5)


async def test_another_model_answers_when_the_first_cannot(ollama: RawServer) -> None:
    async with open_provider("llamacpp/a", base_url="http://127.0.0.1:1", fallbacks=["ollama/m"]) as model:
        reply = await model.generate("x")

    assert (reply.text, reply.model) == ("hello there", "ollama/m")
    assert "nothing listens there. Asking ollama/m instead." in " ".join(reply.notes)


async def test_models_are_listed_by_the_name_that_opens_them(ollama: RawServer) -> None:
    assert set(await list_models("ollama")) == {"ollama/m:latest", "ollama/n:7b"}
    assert (await list_models("ollama"))["ollama/n:7b"].size_bytes == 9
    assert len(ollama.asked("/api/tags")) == 1, "known from then on"

    api.invalidate_cache(ollama.url)
    await list_models("ollama")
    assert len(ollama.asked("/api/tags")) == 2


@pytest.mark.usefixtures("_nothing_serves")
async def test_the_servers_of_this_machine_are_listed_without_those_that_are_silent(ollama: RawServer) -> None:
    assert set(await list_models()) == {"ollama/m:latest", "ollama/n:7b"}


async def test_a_list_that_cannot_be_had_is_told() -> None:
    with pytest.raises(ProviderUnavailableError):
        await list_models("llamacpp", base_url="http://127.0.0.1:1")
    with pytest.raises(ConfigError, match="no provider `nobody`"):
        await list_models("nobody")
    with pytest.raises(ConfigError, match="`local` has no server"):
        await list_models("local")
    with pytest.raises(ConfigError, match="needs a key"):
        await list_models("openai")


@contextmanager
def served_elsewhere() -> Iterator[str]:
    """Serve in the loop of another thread; yield the address."""
    told: SimpleQueue[str] = SimpleQueue()
    loop = asyncio.new_event_loop()
    end = asyncio.Event()

    async def serve() -> None:
        async with raw_server(answer) as server:
            told.put(server.url)
            await end.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    try:
        yield told.get(timeout=30)
    finally:
        loop.call_soon_threadsafe(end.set)
        thread.join()
        loop.close()


def test_programs_without_an_event_loop_are_served_too(monkeypatch: pytest.MonkeyPatch) -> None:
    with served_elsewhere() as url:
        monkeypatch.setenv("OLLAMA_HOST", url)
        reply = generate_sync("x", "ollama/m")
        pieces = list(stream_sync("x", "ollama/m"))
        assert (reply.text, "".join(piece.text for piece in pieces)) == ("hello there", "hello there")
        assert set(list_models_sync("ollama")) == {"ollama/m:latest", "ollama/n:7b"}

        left = stream_sync("x", "ollama/m")
        next(left)
        left.close()  # type: ignore[attr-defined]  # a generator


async def test_an_event_loop_is_not_stopped_by_a_function_that_waits() -> None:
    calls: list[Callable[[], object]] = [
        lambda: generate_sync("x", "ollama/m"),
        lambda: list(stream_sync("x", "ollama/m")),
        list_models_sync,
    ]
    for call in calls:
        with pytest.raises(ConfigError, match="An event loop runs here") as caught:
            call()
        assert "without `_sync`" in caught.value.hint


@pytest.mark.parametrize(
    ("model", "words"),
    [("qwen", "names no provider"), ("ollama/", "names no model"), ("openai/gpt", "needs a key")],
)
async def test_a_name_that_cannot_be_used_is_told(model: str, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        await generate("x", model)


async def test_a_bad_request_is_not_sent(ollama: RawServer) -> None:
    for prompt in ("", [Message("assistant", "a")], [Message("user", "a"), Message("user", "b")]):
        with pytest.raises(RequestInvalidError):
            await generate(prompt, "ollama/m")
    assert ollama.asked(OLLAMA.path) == []


async def test_a_key_given_as_text_shows_in_no_traceback() -> None:
    async def refuse(request: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(json_reply({"error": f"bad key {KEY}"}, "401 Unauthorized"))

    errors: list[VivekError] = []
    async with raw_server(refuse) as server:
        places = (("openai_compat/m", server.url), ("llamacpp/m", "http://127.0.0.1:1"), ("openai_compat/m", ""))
        for name, url in places:
            with pytest.raises(VivekError) as caught:
                await generate("x", name, base_url=url, key=KEY)
            errors.append(caught.value)
            with pytest.raises(VivekError) as caught:
                async for _ in stream("x", name, base_url=url, key=KEY):
                    pass
            errors.append(caught.value)
            with pytest.raises(VivekError) as caught:
                await list_models(name.partition("/")[0], base_url=url, key=KEY)
            errors.append(caught.value)
        assert any(request.headers.get("authorization") == f"Bearer {KEY}" for request in server.seen)

    for error in errors:
        shown = traceback.TracebackException.from_exception(error, capture_locals=True)
        parts: list[traceback.TracebackException | None] = [shown]
        for part in parts:
            if part is not None:
                part.stack[:] = [frame for frame in part.stack if frame.filename != __file__]
                parts += [part.__cause__, part.__context__]
        assert KEY not in "".join(shown.format())
    assert "Check the key from the argument `key`" in errors[0].hint
    assert any(isinstance(error, ModelAPIError) for error in errors)


def test_every_public_name_can_be_had() -> None:
    assert sorted(api.__all__) == dir(api)
    for name in api.__all__:
        assert getattr(api, name) is not None
    with pytest.raises(AttributeError, match="has no attribute 'nonsense'"):
        api.nonsense  # noqa: B018 - that there is none is what is tried


def test_importing_the_package_loads_nothing() -> None:
    code = "import sys; before = set(sys.modules); import vivek.providers; print(sorted(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "['vivek', 'vivek.providers']"
