"""Secrets stay on this machine: cloud models see placeholders, local ones the text."""

import asyncio
import json
from pathlib import Path

import pytest

from tests.providers.raw_server import Seen, json_reply, raw_server
from vivek.errors import ModelAPIError
from vivek.providers.adapters.scripted import ScriptedProvider
from vivek.providers.spec import ModelSpec
from vivek.providers.veiled import VeiledProvider
from vivek.schema.messages import Message
from vivek.schema.request import Request
from vivek.session.models.serving import serve
from vivek.session.models.veiling import is_cloud, veiled
from vivek.session.spec import ModelChoice
from vivek.session.threads.index import ThreadIndex

KEY = "ghp_" + "a1B2" * 9


@pytest.mark.covers("K04")
@pytest.mark.parametrize(
    ("model", "address", "cloud"),
    [
        ("gpt", "https://api.openai.com/v1", True),
        ("gpt", "https://8.8.8.8/v1", True),
        ("m", "http://127.0.0.1:11434", False),
        ("m", "http://localhost:1234", False),
        ("m", "http://192.168.1.20:8080", False),
        ("m", "http://workstation.local:8080", False),
        ("m", "", False),
        ("gpt-oss:120b-cloud", "http://127.0.0.1:11434", True),
        ("kimi:cloud", "http://127.0.0.1:11434", True),
    ],
)
def test_a_model_is_in_the_cloud_by_its_address_or_because_it_is_passed_on(
    model: str, address: str, cloud: bool
) -> None:
    assert is_cloud(ModelSpec("openai_compat", model), address) is cloud


def test_only_a_model_in_the_cloud_is_veiled() -> None:
    near = ScriptedProvider([])

    assert veiled(near, ModelSpec("scripted", "m")) is near
    assert isinstance(veiled(near, ModelSpec("ollama", "m:cloud")), VeiledProvider)


@pytest.mark.covers("K04")
@pytest.mark.parametrize(("model", "seen"), [("m", KEY), ("m-cloud", "ghp_⟦secret:")])
async def test_a_secret_reaches_a_local_model_and_no_other(model: str, seen: str) -> None:
    async def answer(request: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(json_reply({"data": [{"id": model, "max_model_len": 8192}]}))

    async with raw_server(answer) as server:
        wanted = ModelChoice(f"openai_compat/{model}", server.url)
        served = await serve(ModelSpec("openai_compat", model), server.url, wanted, free=None)
        request = Request(model, (Message("user", f"Use {KEY}."),), 50)
        with pytest.raises(ModelAPIError):  # the server answers with no stream; only what was sent counts
            [chunk async for chunk in served.provider.stream(request)]
        await served.provider.close()

    sent = [json.loads(each.body) for each in server.seen if each.path.endswith("/chat/completions")]
    said = sent[0]["messages"][-1]["content"]
    assert seen in (said if isinstance(said, str) else json.dumps(said))
    assert (KEY in json.dumps(sent)) is (model == "m")


@pytest.mark.covers("K02")
def test_a_secret_in_a_request_does_not_become_the_title_of_its_thread(tmp_path: Path) -> None:
    with ThreadIndex.open() as index:
        index.begin("calm-otter-7", tmp_path, kind="chat", title=f"Use {KEY} to\n deploy " + "x" * 99_999, model="m")
        found = index.get("calm-otter-7", tmp_path)

    assert found is not None
    assert found.title.startswith("Use ghp_[redacted] to deploy xxx")
