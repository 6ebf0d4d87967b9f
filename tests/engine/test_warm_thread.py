"""A warm start on real engines: what was read while one types is in the cache when the request comes."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.engine.server import EngineServer, serve
from tests.engine.tiny_model import TinyModel
from vivek.providers.adapters.llamacpp import LlamaCppProvider
from vivek.providers.adapters.mlx import MlxProvider
from vivek.schema.chunk import Chunk
from vivek.schema.events import CallDone
from vivek.schema.request import Request
from vivek.session.opening import open_session
from vivek.session.options import Choices
from vivek.session.place import Place, open_place
from vivek.session.session import Session

pytestmark = pytest.mark.engine

ASK = "explain what till/prices.py does"


@pytest.fixture(autouse=True)
def short_replies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIVEK_MODEL_REPLY_TOKENS", "24")


class Listening(LlamaCppProvider):
    """A real server, and what it was sent."""

    def __init__(self, server: EngineServer) -> None:
        super().__init__(server.url, server.key)
        self.requests: list[Request] = []

    def stream(self, request: Request) -> AsyncIterator[Chunk]:
        """Note it."""
        self.requests.append(request)
        return super().stream(request)


async def first_call(session: Session, text: str) -> CallDone:
    """Take a turn; return its first call."""
    return next(event for event in [event async for event in session.send(text)] if isinstance(event, CallDone))


async def read_ahead(session: Session) -> None:
    session.warm()
    async for _ in session.warming.settled():
        pass


async def hold(
    place: Place, server: EngineServer, texts: tuple[str, ...], *, warm: bool
) -> tuple[CallDone, list[Request]]:
    """Open the thread, read ahead or not, and take a turn for each text; return the first call and the requests."""
    provider = Listening(server)
    choices = Choices(interactive=True, thread="red-fox-1", depth="fast")
    async with open_session(place, choices, provider=provider) as session:
        if warm:
            await read_ahead(session)
        calls = [await first_call(session, text) for text in texts]
    return calls[0], provider.requests


async def test_a_thread_that_was_read_ahead_is_taken_from_the_cache(workspace: Path, tiny_model: TinyModel) -> None:
    place = open_place(workspace)
    with serve(tiny_model.q8_0, window=8_192) as server:
        await hold(place, server, (ASK, "and why?"), warm=False)
    with serve(tiny_model.q8_0, window=8_192) as server:  # it has read nothing yet
        call, requests = await hold(place, server, ("and how?",), warm=True)
    with serve(tiny_model.q8_0, window=8_192) as server:
        cold, _ = await hold(place, server, ("and who?",), warm=False)

    ahead, asked = requests[0], requests[1]
    assert ahead.max_tokens == 1
    assert asked.messages[: len(ahead.messages) - 1] == ahead.messages[:-1]
    with serve(tiny_model.q8_0, window=8_192) as server:
        provider = LlamaCppProvider(server.url, server.key)
        prefix = await provider.count_tokens(ahead)
        await provider.close()
    assert cold.usage.cached_tokens == 0
    assert prefix is not None
    assert call.usage.cached_tokens is not None
    assert call.usage.cached_tokens >= prefix - 16  # what stands for the request, and what ends it


async def test_a_first_request_finds_the_system_text_in_the_cache(workspace: Path, tiny_model: TinyModel) -> None:
    with serve(tiny_model.q8_0, window=8_192) as server:
        call, requests = await hold(open_place(workspace), server, (ASK,), warm=True)

    assert [request.max_tokens == 1 for request in requests[:2]] == [True, False]
    assert (call.usage.cached_tokens or 0) > 100


async def test_a_request_that_comes_early_reads_nothing_twice(workspace: Path, tiny_model: TinyModel) -> None:
    with serve(tiny_model.q8_0, window=8_192) as server:
        provider = Listening(server)
        choices = Choices(interactive=True, depth="fast")
        async with open_session(open_place(workspace), choices, provider=provider) as session:
            session.warm()
            call = await first_call(session, ASK)

    assert [request.max_tokens == 1 for request in provider.requests[:2]] == [True, False]
    assert (call.usage.cached_tokens or 0) > 100


async def test_mlx_in_this_process_reads_ahead_as_well(workspace: Path, mlx_folder: Path) -> None:
    calls = []
    for warm in (False, True):
        provider = MlxProvider(mlx_folder, window=8_192)
        choices = Choices(interactive=True, depth="fast")
        async with open_session(open_place(workspace), choices, provider=provider) as session:
            if warm:
                await read_ahead(session)
            calls.append(await first_call(session, ASK))

    cold, read = calls
    assert (cold.usage.cached_tokens or 0) == 0
    assert (read.usage.cached_tokens or 0) > 100
