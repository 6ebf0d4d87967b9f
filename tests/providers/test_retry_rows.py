"""What a server may answer before the first token, and whether it is asked again: over a real connection."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from tests.providers.conversation import collect, text_of
from tests.providers.dialects import DIALECTS
from tests.providers.engine.files import gguf
from tests.providers.patience import Clock
from tests.providers.raw_server import RawServer, Seen, in_chunks, json_reply, raw_server, stream_head
from vivek.errors import ModelAPIError, ProviderUnavailableError, RateLimitError, WorkspaceError
from vivek.providers.breaker import Breakers
from vivek.providers.registry import open_provider, parse_model
from vivek.providers.resilience import PatientProvider
from vivek.providers.spec import Folders
from vivek.schema.chunk import Chunk
from vivek.schema.process import Child

DIALECT = DIALECTS["openai_compat"]
NOON = "Sat, 21 Nov 2026 12:00:00 GMT"


async def talk(*failures: bytes) -> tuple[list[Chunk] | ModelAPIError, Clock, RawServer]:
    """Ask a server that fails so; return what came of it, the waits, and what it saw."""
    clock = Clock()
    waiting = list(failures)

    async def answer(request: Seen, writer: asyncio.StreamWriter) -> None:
        if waiting:
            writer.write(waiting.pop(0))
        else:
            writer.write(stream_head(DIALECT.kind) + in_chunks(DIALECT.piece("yes") + DIALECT.end))

    async with raw_server(answer) as server:
        provider = PatientProvider(
            DIALECT.open(server.url, None),
            breakers=Breakers(lambda: clock.now),
            clock=lambda: clock.now,
            sleep=clock.sleep,
            jitter=lambda low, high: high,
        )
        try:
            return await collect(provider), clock, server
        except ModelAPIError as error:
            return error, clock, server
        finally:
            await provider.close()


def limited(**headers: str) -> bytes:
    return json_reply({"error": {"message": "slow down"}}, "429 Too Many Requests", **headers)


@pytest.mark.parametrize(
    ("headers", "waits"),
    [
        ({"Retry_After": "7"}, [7.0]),
        ({"Retry_After": "0.5"}, [0.5]),
        ({"Retry_After": "0"}, [0.0]),
        ({"Retry_After": "Sat, 21 Nov 2026 12:00:20 GMT", "Date": NOON}, [20.0]),
        ({"Retry_After": "Sat, 21 Nov 2026 11:00:00 GMT", "Date": NOON}, [0.0]),
        ({"Retry_After": "-5"}, [2.0]),
        ({"Retry_After": "soon"}, [2.0]),
        ({}, [2.0]),
    ],
    ids=["seconds", "part of a second", "none", "date", "date gone by", "negative", "words", "missing"],
)
async def test_a_limit_is_waited_for_as_the_server_says(headers: dict[str, str], waits: Sequence[float]) -> None:
    said, clock, server = await talk(limited(**headers))

    assert isinstance(said, list)
    assert text_of(said) == "yes"
    assert clock.waits == waits
    assert f"Trying again in {waits[0]:.1f} s (2 of 3)." in next(chunk.note for chunk in said if chunk.note)
    assert len(server.asked(DIALECT.path)) == 2


@pytest.mark.parametrize(
    ("wait", "told"),
    [("1000000000", "11574 days"), ("31", "31 seconds"), ("Sat, 21 Nov 2026 14:00:00 GMT", "2 hours")],
)
async def test_a_limit_that_lasts_is_told_instead(wait: str, told: str) -> None:
    error, clock, server = await talk(limited(Retry_After=wait, Date=NOON))

    assert isinstance(error, RateLimitError)
    assert error.message.endswith(f"slow down. It asks to wait {told}.")
    assert clock.waits == []
    assert len(server.asked(DIALECT.path)) == 1


@pytest.mark.parametrize("status", ["408", "409", "425", "500", "502", "503", "504", "529"])
async def test_one_failure_that_passes_is_not_seen_in_the_answer(status: str) -> None:
    said, clock, _ = await talk(json_reply({"error": "no"}, f"{status} Oops"))

    assert isinstance(said, list)
    assert text_of(said) == "yes"
    assert clock.waits == [0.5]


async def test_a_failure_that_stays_is_told_after_three_tries() -> None:
    oops = json_reply({"error": "no"}, "502 Bad Gateway")
    error, clock, server = await talk(oops, oops, oops, oops)

    assert isinstance(error, ProviderUnavailableError)
    assert "answered 502" in error.message
    assert clock.waits == [0.5, 1.0]
    assert len(server.asked(DIALECT.path)) == 3


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 413, 422, 501, 507])
async def test_what_another_try_cannot_help_is_asked_once(status: int) -> None:
    error, clock, server = await talk(json_reply({"error": "no"}, f"{status} No", Retry_After="1"))

    assert isinstance(error, ModelAPIError)
    assert error.status == status
    assert (clock.waits, len(server.asked(DIALECT.path))) == ([], 1)


@pytest.mark.parametrize(
    "error",
    [
        {"type": "rate_limit_error", "message": "monthly", "details": {"error_code": "enforced_spend_limit_reached"}},
        {"type": "insufficient_quota", "code": "insufficient_quota", "message": "You exceeded your current quota"},
    ],
    ids=["Anthropic", "OpenAI"],
)
async def test_a_limit_of_money_is_not_waited_for(error: dict[str, object]) -> None:
    told, clock, server = await talk(json_reply({"type": "error", "error": error}, "429 Too Many Requests"))

    assert isinstance(told, RateLimitError)
    assert told.final
    assert "credits" in told.hint
    assert (clock.waits, len(server.asked(DIALECT.path))) == ([], 1)


async def test_a_server_that_loads_is_progress() -> None:
    loading = json_reply({"error": {"code": 503, "message": "Loading model"}}, "503 Service Unavailable")
    said, clock, server = await talk(*[loading] * 5)

    assert isinstance(said, list)
    assert [chunk.phase for chunk in said if chunk.phase] == ["load", "decode"]
    assert not any(chunk.note for chunk in said)
    assert clock.waits == [0.5] * 5
    assert len(server.asked(DIALECT.path)) == 6


async def test_a_server_that_hangs_up_once_is_asked_again() -> None:
    said, clock, _ = await talk(b"")
    assert isinstance(said, list)
    assert text_of(said) == "yes"
    assert clock.waits == [0.5]


@pytest.mark.parametrize("name", ["ollama/m", "llamacpp/default", "openai_compat/m"])
async def test_that_nothing_runs_on_this_machine_is_told_at_once(name: str) -> None:
    provider = open_provider(parse_model(name), base_url="http://127.0.0.1:1")
    begun = time.monotonic()
    with pytest.raises(ProviderUnavailableError):
        await collect(provider)
    took = time.monotonic() - begun
    await provider.close()
    assert took < 5


async def test_an_engine_that_cannot_start_is_started_once(tmp_path: Path) -> None:
    started: list[Sequence[str]] = []

    async def launcher(argv: Sequence[str], *, env: Mapping[str, str] | None = None) -> Child:
        started.append(argv)
        raise WorkspaceError("There is no such program.")

    (tmp_path / "a.gguf").write_bytes(gguf())
    folders = Folders(state=tmp_path / "state", here=tmp_path)
    provider = open_provider(parse_model("local/a.gguf"), launcher=launcher, folders=folders)
    with pytest.raises(ProviderUnavailableError, match="cannot be started"):
        await collect(provider)
    await provider.close()
    assert len(started) == 1
