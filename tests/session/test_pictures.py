"""Pictures from the user to the model, through whole turns, as each kind of server wants them."""

import asyncio
import base64
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.pictures import png
from tests.providers.dialects import DIALECTS, Dialect
from tests.providers.raw_server import RawServer, Seen, in_chunks, json_reply, raw_server, stream_head
from tests.session.conftest import Heard, Open, say
from vivek.errors import ConfigError, RequestInvalidError
from vivek.providers.base import Provider
from vivek.schema.models import ModelInfo

SHOT = png(40, 30)
NAMES = sorted(name for name, dialect in DIALECTS.items() if dialect.pictures)


def talks(dialect: Dialect) -> Any:
    """Answer every chat with one word, and say what is known of the model; its prompts were 900 tokens."""
    end = dialect.end.replace(b": 7", b": 900").replace(b'"cache_n": 5', b'"cache_n": 898')

    async def answer(request: Seen, writer: asyncio.StreamWriter) -> None:
        if request.path != dialect.path:
            described = dialect.described.get(request.path)
            writer.write(json_reply({} if described is None else described))
            return
        writer.write(stream_head(dialect.kind) + in_chunks(dialect.piece("grey") + end))

    return answer


class Seeing:
    """A provider whose model can see, whatever its server says of it."""

    def __init__(self, inner: Provider, **facts: object) -> None:
        self._inner = inner
        self._facts = facts

    def __getattr__(self, name: str) -> object:
        return getattr(self._inner, name)

    async def models(self) -> list[ModelInfo]:
        return [await self.describe("m")]

    async def describe(self, model: str) -> ModelInfo:
        return ModelInfo(model, **{"abilities": frozenset({"vision"}), **self._facts})  # type: ignore[arg-type]  # a test's


def bodies(server: RawServer, dialect: Dialect) -> list[dict[str, Any]]:
    return [request.json for request in server.asked(dialect.path)]


@pytest.mark.parametrize("name", NAMES)
async def test_a_picture_that_is_mentioned_reaches_the_model_as_its_server_wants_it(
    name: str, open_at: Open, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialect = DIALECTS[name]
    (workspace / "shot.png").write_bytes(SHOT)
    monkeypatch.chdir(workspace)
    async with raw_server(talks(dialect)) as server:
        async with open_at(lambda: Seeing(dialect.open(server.url, None))) as session:
            first = await say(session, "what colour is @shot.png ?")
            (workspace / "shot.png").unlink()
            await say(session, "and how large is it?")

        asked, later = bodies(server, dialect)
    assert dialect.pictures is not None
    assert first.report.status == "done"
    assert dialect.pictures(asked) == [("image/png", base64.b64encode(SHOT).decode())]
    assert "[picture shot.png, 40x30]" in str(asked)
    # The later request begins with the earlier one, picture and all: no server reads it twice.
    assert later["messages"][: len(asked["messages"]) - 1] == asked["messages"][:-1]
    assert base64.b64encode(SHOT).decode() in str(later)


async def test_pictures_of_the_command_line_go_with_the_first_request_alone(
    open_at: Open, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (workspace / "a shot.png").write_bytes(SHOT)
    monkeypatch.chdir(workspace)
    dialect = DIALECTS["openai_compat"]
    async with (
        raw_server(talks(dialect)) as server,
        open_at(lambda: Seeing(dialect.open(server.url, None)), images=("a shot.png",)) as session,
    ):
        await say(session, "what is it?")
        await say(session, "and now?")

        asked, later = bodies(server, dialect)
    assert str(asked).count("image_url") == str(later).count("image_url") > 0


async def test_a_thread_with_a_picture_is_sent_again_after_a_restart(
    open_at: Open, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (workspace / "shot.png").write_bytes(SHOT)
    monkeypatch.chdir(workspace)
    dialect = DIALECTS["openai_compat"]
    async with raw_server(talks(dialect)) as server:
        async with open_at(lambda: Seeing(dialect.open(server.url, None)), thread="calm-otter-7") as session:
            await say(session, "what is @shot.png")
        (workspace / "shot.png").write_bytes(png(1, 1))
        async with open_at(lambda: Seeing(dialect.open(server.url, None)), thread="calm-otter-7") as session:
            await say(session, "and how large is it?")

        asked, later = bodies(server, dialect)
    assert later["messages"][: len(asked["messages"])] == asked["messages"]


async def refused(open_at: Open, facts: Mapping[str, object], text: str) -> tuple[Exception, list[dict[str, Any]]]:
    dialect = DIALECTS["openai_compat"]
    async with (
        raw_server(talks(dialect)) as server,
        open_at(lambda: Seeing(dialect.open(server.url, None), **facts)) as session,
    ):
        with pytest.raises((RequestInvalidError, ConfigError)) as caught:
            await say(session, text)
        return caught.value, bodies(server, dialect)


async def test_a_model_that_cannot_see_is_asked_nothing(
    open_at: Open, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (workspace / "shot.png").write_bytes(SHOT)
    monkeypatch.chdir(workspace)

    error, sent = await refused(open_at, {"abilities": frozenset({"tools"})}, "what is @shot.png")

    assert isinstance(error, RequestInvalidError)
    assert "cannot be shown pictures" in error.message
    assert "PNG" in error.hint
    assert sent == []


async def test_nine_pictures_are_too_many(open_at: Open, workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(workspace)
    for number in range(9):
        (workspace / f"{number}.png").write_bytes(SHOT)

    error, sent = await refused(open_at, {}, " ".join(f"@{number}.png" for number in range(9)))

    assert "the most is 8" in str(error)
    assert sent == []


@pytest.mark.parametrize("told", [(), ("structured_output",)], ids=["nothing", "what its server does for every model"])
async def test_where_nobody_knows_whether_a_model_sees_the_server_decides(
    told: tuple[str, ...], open_at: Open, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (workspace / "shot.png").write_bytes(SHOT)
    monkeypatch.chdir(workspace)
    dialect = DIALECTS["openai_compat"]
    async with (
        raw_server(talks(dialect)) as server,
        open_at(lambda: Seeing(dialect.open(server.url, None), abilities=frozenset(told))) as session,
    ):
        heard: Heard = await say(session, "what is @shot.png")

        assert heard.report.status == "done"
        assert len(bodies(server, dialect)) == 1


async def test_a_model_that_cannot_see_goes_on_with_a_thread_that_has_pictures(
    open_at: Open, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (workspace / "shot.png").write_bytes(SHOT)
    monkeypatch.chdir(workspace)
    dialect = DIALECTS["openai_compat"]
    async with raw_server(talks(dialect)) as server:
        async with open_at(lambda: Seeing(dialect.open(server.url, None)), thread="calm-otter-7") as session:
            await say(session, "what is @shot.png")
        blind = lambda: Seeing(dialect.open(server.url, None), abilities=frozenset({"tools"}))  # noqa: E731
        async with open_at(blind, thread="calm-otter-7") as session:
            await say(session, "and now?")

        _, later = bodies(server, dialect)
    assert "image_url" not in str(later)
    assert "[picture shot.png, 40x30]" in str(later)
