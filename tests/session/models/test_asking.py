"""Whom vivek asks for models, and for how long."""

import asyncio
import time
from collections.abc import Callable, Iterator

import pytest

from tests.providers.raw_server import Seen, json_reply, raw_server
from vivek.providers.catalog import MODEL_LISTS
from vivek.schema.secret import Secret
from vivek.session.models.asking import Asked, ask, whom_to_ask
from vivek.session.spec import ModelChoice

NEAR = {
    "ollama": "http://127.0.0.1:11434",
    "lmstudio": "http://127.0.0.1:1234",
    "llamacpp": "http://127.0.0.1:8080",
}


@pytest.fixture(autouse=True)
def _nothing_known() -> Iterator[None]:
    MODEL_LISTS.invalidate()
    yield
    MODEL_LISTS.invalidate()


def variables(**values: str) -> Callable[[str], str | None]:
    return values.get


def places(*asked: Asked) -> dict[str, str]:
    return {each.provider: each.base_url for each in asked}


def test_the_servers_of_this_machine_are_asked_and_no_service() -> None:
    assert places(*whom_to_ask(ModelChoice(), variables())) == NEAR


def test_a_service_is_asked_when_there_is_a_key_for_it() -> None:
    asked = whom_to_ask(ModelChoice(), variables(OPENROUTER_API_KEY="k"))
    assert places(*asked) == {**NEAR, "openrouter": "https://openrouter.ai/api"}
    assert next(each.key for each in asked if each.provider == "openrouter") == Secret("k")
    assert not next(each for each in asked if each.provider == "openrouter").near

    assert places(*whom_to_ask(ModelChoice(), variables(OPENROUTER_API_KEY="k"), services=False)) == NEAR


def test_the_configured_address_is_asked_in_the_place_of_the_usual_one() -> None:
    choice = ModelChoice(name="openai_compat/x", base_url="http://127.0.0.1:5000/v1")
    assert places(*whom_to_ask(choice, variables())) == {**NEAR, "openai_compat": "http://127.0.0.1:5000/v1"}

    choice = ModelChoice(name="llamacpp/default", base_url="http://10.0.0.7:8080")
    assert places(*whom_to_ask(choice, variables())) == {**NEAR, "llamacpp": "http://10.0.0.7:8080"}


def test_ollama_is_asked_where_its_variable_says() -> None:
    assert places(*whom_to_ask(ModelChoice(), variables(OLLAMA_HOST="10.0.0.7")))["ollama"] == "http://10.0.0.7:11434"


def test_one_provider_alone_is_asked_even_without_a_key() -> None:
    assert places(*whom_to_ask(ModelChoice(), variables(), only="openai")) == {"openai": "https://api.openai.com"}
    assert whom_to_ask(ModelChoice(), variables(), only="openai_compat") == ()
    asked = whom_to_ask(ModelChoice(), variables(), only="openai_compat", base_url="http://127.0.0.1:1/v1")
    assert places(*asked) == {"openai_compat": "http://127.0.0.1:1/v1"}


def test_a_name_that_means_nothing_configures_nothing() -> None:
    choice = ModelChoice(name="nonsense", base_url="http://127.0.0.1:1")
    assert places(*whom_to_ask(choice, variables())) == NEAR


async def test_a_silent_server_is_not_waited_for() -> None:
    async def silent(request: Seen, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(60)

    async with raw_server(silent) as server:
        began = time.monotonic()
        answer = await ask(Asked("ollama", server.url), free_memory=None, limit=0.3)

    assert time.monotonic() - began < 3
    assert answer.server.problem == "no answer within 0.3 s"
    assert answer.models == ()


async def test_a_model_that_is_described_too_slowly_is_listed_all_the_same() -> None:
    async def answer(request: Seen, writer: asyncio.StreamWriter) -> None:
        if request.path == "/api/tags":
            names: list[dict[str, object]] = [
                {"name": name, "size": 10, "details": {}} for name in ("quick:7b", "slow:3b")
            ]
            writer.write(json_reply({"models": names}))
        elif request.path == "/api/show" and request.json["model"] == "slow:3b":
            await asyncio.sleep(60)
        elif request.path == "/api/show":
            facts = {"general.architecture": "q", "q.context_length": 4_096}
            writer.write(json_reply({"model_info": facts, "capabilities": ["completion"]}))
        else:
            writer.write(json_reply({"models": []}))

    async with raw_server(answer) as server:
        told = await ask(Asked("ollama", server.url), free_memory=None, limit=1.0)

    assert [(model.info.name, model.info.window_maximum) for model in told.models] == [
        ("quick:7b", 4_096),
        ("slow:3b", None),
    ]


async def test_a_list_is_asked_for_once_and_again_when_it_is_no_longer_true() -> None:
    async def answer(request: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(json_reply({"models": [], "capabilities": []}))

    async with raw_server(answer) as server:
        asked = Asked("ollama", server.url)
        for _ in range(3):
            await ask(asked, free_memory=None)
        once = len(server.asked("/api/tags"))
        await ask(asked, free_memory=None)
        again = len(server.asked("/api/tags"))
        MODEL_LISTS.invalidate()
        await ask(asked, free_memory=None)

    assert (once, again) == (1, 1)
    assert len(server.asked("/api/tags")) == 2


async def test_a_model_that_ollama_runs_elsewhere_is_not_near() -> None:
    async def answer(request: Seen, writer: asyncio.StreamWriter) -> None:
        listed = [{"name": "big:cloud", "size": 1, "details": {}, "remote_host": "https://ollama.com"}]
        writer.write(json_reply({"models": listed if request.path == "/api/tags" else []}))

    async with raw_server(answer) as server:
        [model] = (await ask(Asked("ollama", server.url), free_memory=None)).models

    assert not model.near
    assert model.reason
