"""Where from and where to a model is fetched, by the user's settings."""

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from tests.end_to_end.hosting import REVISION, repository
from tests.providers.pull.file_host import CONTENT, FileHost, file_host, sha256
from vivek.config.folders import state_folder
from vivek.errors import ConfigError
from vivek.providers.suggestions import load_suggestions
from vivek.session.models.fetching import prepare_fetch, read_settings

FILES = {"config.json": b'{"model_type": "llama"}', "model.safetensors": b"w" * 100, "tokenizer.json": b"{}"}


def set_to(text: str) -> None:
    path = Path(os.environ["XDG_CONFIG_HOME"]) / "vivek" / "config.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def keys_at(host: FileHost) -> set[str | None]:
    return {seen.headers.get("authorization") for seen in host.seen}


@pytest.fixture(autouse=True)
def _in_a_project(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(workspace)


async def test_the_host_of_the_settings_is_asked_with_its_key() -> None:
    async with file_host(repository(FILES)) as host:
        set_to(f"[models]\nbase_url = {json.dumps(host.url)}\napi_key = 'hunter2'\n")
        job = await prepare_fetch("mlx/some/model", read_settings())
        await job.run(lambda _: None)

    assert keys_at(host) == {"Bearer hunter2"}
    assert {seen.path.split("/")[-2] for seen in host.seen[1:]} == {REVISION}
    assert (state_folder() / "models" / "some" / "model" / "model.safetensors").read_bytes() == b"w" * 100


async def test_a_key_that_was_entered_for_another_host_stays_here(monkeypatch: pytest.MonkeyPatch) -> None:
    async with file_host(repository(FILES)) as host:
        set_to("[models]\nbase_url = 'https://models.example'\napi_key = 'hunter2'\n")
        monkeypatch.setenv("VIVEK_MODELS_BASE_URL", host.url)
        await (await prepare_fetch("mlx/some/model", read_settings())).run(lambda _: None)

    assert len(host.seen) == len(FILES) + 1
    assert keys_at(host) == {None}


async def test_a_key_without_an_address_is_for_the_usual_host(monkeypatch: pytest.MonkeyPatch) -> None:
    async with file_host(repository(FILES)) as host:
        set_to("[models]\napi_key = 'hunter2'\n")
        monkeypatch.setenv("VIVEK_MODELS_BASE_URL", host.url)
        await (await prepare_fetch("mlx/some/model", read_settings())).run(lambda _: None)

    assert keys_at(host) == {None}


async def test_the_usual_host_gets_the_key_that_was_entered_for_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    async with file_host(repository(FILES)) as host:
        usual = replace(load_suggestions(), host=host.url)
        monkeypatch.setattr("vivek.session.models.fetching.load_suggestions", lambda: usual)
        set_to("[models]\napi_key = 'hunter2'\n")
        await (await prepare_fetch("mlx/some/model", read_settings())).run(lambda _: None)

    assert keys_at(host) == {"Bearer hunter2"}


async def test_a_repository_does_not_say_where_models_come_from(workspace: Path) -> None:
    (workspace / ".vivek").mkdir(exist_ok=True)
    (workspace / ".vivek" / "config.toml").write_text("[models]\nbase_url = 'https://elsewhere.example'\n")
    settings = read_settings()

    assert settings.models.base_url is None
    assert any("models.base_url" in notice.text for notice in settings.notices)


async def test_an_address_that_is_named_gets_no_key_of_the_host() -> None:
    async with file_host(FileHost()) as elsewhere:
        set_to("[models]\nbase_url = 'https://models.example'\napi_key = 'hunter2'\n")
        url = f"{elsewhere.url}/tiny-q8_0.gguf"
        await (await prepare_fetch(url, read_settings(), sha256=sha256(CONTENT))).run(lambda _: None)

    assert keys_at(elsewhere) == {None}


async def test_ollama_is_asked_where_it_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OLLAMA_HOST", "http://127.0.0.1:4")
    assert (await prepare_fetch("ollama/x:7b", read_settings())).plan.target == "Ollama at http://127.0.0.1:4"

    set_to("[model]\nname = 'ollama/y:7b'\nbase_url = 'http://127.0.0.1:5'\n")
    assert (await prepare_fetch("ollama/x:7b", read_settings())).plan.target == "Ollama at http://127.0.0.1:5"


async def test_what_is_missing_to_run_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vivek.session.models.fetching.can_run_files", lambda: False)
    job = await prepare_fetch("local/qwen2.5-coder-7b", read_settings())

    assert any("vivek[local]" in note for note in job.plan.notes)


async def test_a_host_with_a_password_in_its_address_is_refused() -> None:
    set_to("[models]\nbase_url = 'https://me:hunter2@models.example'\n")
    with pytest.raises(ConfigError) as error:
        await prepare_fetch("mlx/some/model", read_settings())

    assert "hunter2" not in f"{error.value.message} {error.value.hint}"
