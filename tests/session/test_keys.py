"""A key is bound to the address that was in force where it was entered."""

import asyncio
import os
from pathlib import Path

import pytest

from tests.providers.raw_server import Seen, json_reply, raw_server
from vivek.providers.spec import ModelSpec
from vivek.schema.secret import USUAL, Secret
from vivek.session.models.serving import serve
from vivek.session.options import Choices
from vivek.session.place import Place, open_place
from vivek.session.settings import load_settings
from vivek.session.spec import ModelChoice

KEY = "kz55-very-secret-0123456789"


@pytest.fixture
def place(workspace: Path) -> Place:
    return open_place(workspace)


def bound(place: Place, file: str, variables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> str:
    """Return what the key of these settings was entered for."""
    folder = Path(os.environ["XDG_CONFIG_HOME"]) / "vivek"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text(f"[model]\n{file}\n")
    for name, value in variables.items():
        monkeypatch.setenv(f"VIVEK_MODEL_{name}", value)
    settings = load_settings(place, Choices(model="openai_compat/x", base_url="https://flag.example"))
    key = settings.model.api_key
    assert key is not None
    assert key.reveal() == KEY
    assert KEY not in repr(settings)
    assert "API_KEY" in key.source or ("`model.api_key`" in key.source and "config.toml:2" in key.source)
    return key.entered_for


FILE = f'api_key = "{KEY}"'


@pytest.mark.parametrize(
    ("file", "variables", "entered_for"),
    [
        (f'{FILE}\nbase_url = "https://file.example"', {}, "https://file.example"),
        (f'{FILE}\nbase_url = "https://file.example"', {"BASE_URL": "https://run.example"}, "https://file.example"),
        (f'{FILE}\nname = "openai/gpt"', {}, "openai"),
        (f'{FILE}\nname = "llamacpp/default@http://10.0.0.1:8080"', {}, "http://10.0.0.1:8080"),
        (f'{FILE}\nname = "openai/gpt"\nbase_url = "https://file.example"', {}, "https://file.example"),
        (FILE, {}, USUAL),
        (FILE, {"BASE_URL": "https://run.example", "NAME": "openai/gpt"}, USUAL),
        ("", {"API_KEY": KEY, "BASE_URL": "https://run.example"}, "https://run.example"),
        ('base_url = "https://file.example"', {"API_KEY": KEY}, "https://file.example"),
        (
            'base_url = "https://file.example"',
            {"API_KEY": KEY, "BASE_URL": "https://run.example"},
            "https://run.example",
        ),
        ("", {"API_KEY": KEY, "NAME": "openai/gpt"}, "openai"),
        ('name = "ollama/x"', {"API_KEY": KEY}, ""),
        ("", {"API_KEY": KEY}, ""),
    ],
)
def test_an_address_given_later_does_not_get_it(
    file: str, variables: dict[str, str], entered_for: str, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert bound(place, file, variables, monkeypatch) == entered_for


def test_a_projects_file_can_set_none(place: Place) -> None:
    place.data.mkdir()
    (place.data / "config.toml").write_text(f"[model]\n{FILE}\n")
    settings = load_settings(place, Choices())
    assert settings.model.api_key is None
    assert KEY not in str(settings.notices)


@pytest.mark.parametrize(("entered_for", "sent"), [("", False), ("SERVER", True), ("http://127.0.0.1:9", False)])
async def test_a_model_to_fall_back_on_gets_the_key_only_if_it_was_entered_for_it(entered_for: str, sent: bool) -> None:
    async def answer(request: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(json_reply({"data": [{"id": "m", "max_model_len": 8192}]}))

    async with raw_server(answer) as server:
        key = Secret(KEY, entered_for=entered_for.replace("SERVER", server.url))
        wanted = ModelChoice("openai_compat/x", "http://127.0.0.1:9", key, fallbacks=(f"openai_compat/m@{server.url}",))
        served = await serve(ModelSpec("openai_compat", "x"), wanted.base_url, wanted, free=None)
        await served.provider.close()

    assert served.info.name == "m"
    assert {request.headers.get("authorization") for request in server.seen} == {f"Bearer {KEY}" if sent else None}
