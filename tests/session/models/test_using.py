"""Remembering a model: under its whole name, with an address only where it is not the usual one."""

import os
import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.ollama_shelf import OllamaShelf
from tests.engine.tiny_model import TinyModel
from vivek.errors import ModelAPIError, ModelNotFoundError
from vivek.schema.listing import ListedModel
from vivek.schema.models import ModelInfo
from vivek.schema.secret import Secret
from vivek.session.models.using import address_of, remember, use_model
from vivek.session.settings import Settings
from vivek.session.spec import ModelChoice, SessionSpec


@pytest.fixture
def shelf(monkeypatch: pytest.MonkeyPatch) -> Iterator[OllamaShelf]:
    with OllamaShelf({"coder:7b": 7.6, "nomic-embed-text:latest": 0.1}) as ollama:
        monkeypatch.setenv("OLLAMA_HOST", ollama.url)
        yield ollama


def settings(**model: Any) -> Settings:  # Any: fields of the spec
    return Settings(ModelChoice(**model), SessionSpec())


def kept() -> Any:  # Any: TOML
    return tomllib.loads((Path(os.environ["XDG_CONFIG_HOME"]) / "vivek" / "config.toml").read_text())


async def test_a_relative_path_is_kept_whole(
    tmp_path: Path, tiny_model: TinyModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(tiny_model.q8_0, tmp_path / "x.gguf")
    monkeypatch.chdir(tmp_path)

    done = await use_model("local/x.gguf", settings())

    assert done.name == f"local/{tmp_path / 'x.gguf'}"
    assert kept() == {"model": {"name": done.name}}


async def test_the_name_of_a_file_in_a_folder_of_models_stays_a_name(home: Path, tiny_model: TinyModel) -> None:
    folder = home / "vivek" / "models"
    folder.mkdir(parents=True)
    shutil.copy(tiny_model.q8_0, folder / "tiny.gguf")

    assert (await use_model("local/tiny", settings())).name == "local/tiny"


async def test_what_cannot_be_talked_to_is_refused_and_can_be_forced(shelf: OllamaShelf) -> None:
    with pytest.raises(ModelAPIError, match="an embedding model"):
        await use_model("ollama/nomic-embed-text:latest", settings())
    done = await use_model("ollama/nomic-embed-text:latest", settings(), force=True)

    assert "an embedding model" in done.notices[0].text


async def test_a_missing_model_is_told_with_the_way_to_force_it(shelf: OllamaShelf) -> None:
    with pytest.raises(ModelNotFoundError) as error:
        await use_model("ollama/codr:7b", settings())

    assert "`ollama/coder:7b`" in error.value.hint
    assert "--force" in error.value.hint


async def test_that_another_model_would_answer_in_its_place_is_no_proof(shelf: OllamaShelf) -> None:
    with pytest.raises(ModelNotFoundError):
        await use_model("ollama/codr:7b", settings(fallbacks=("ollama/coder:7b",)))


async def test_an_address_in_the_name_is_kept_apart(shelf: OllamaShelf) -> None:
    await use_model(f"ollama/coder:7b@{shelf.url}", settings())

    assert kept() == {"model": {"name": "ollama/coder:7b", "base_url": shelf.url}}


async def test_a_key_that_would_go_along_is_told(shelf: OllamaShelf) -> None:
    done = await use_model("ollama/coder:7b", settings(api_key=Secret("hunter2")))

    assert "`model.api_key`" in done.notices[0].text
    assert "hunter2" not in str(done)


def test_a_variable_that_wins_over_the_file_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIVEK_MODEL_NAME", "ollama/other")

    assert "VIVEK_MODEL_NAME" in remember("ollama/coder:7b", None).notices[0].text


@pytest.mark.parametrize(
    ("provider", "base_url", "address"),
    [
        ("ollama", "http://127.0.0.1:11434", None),
        ("ollama", "http://10.0.0.7:11434", "http://10.0.0.7:11434"),
        ("lmstudio", "http://127.0.0.1:1234", None),
        ("openai_compat", "http://127.0.0.1:5000/v1", "http://127.0.0.1:5000/v1"),
        ("local", None, None),
    ],
)
def test_only_an_unusual_address_is_kept(provider: str, base_url: str | None, address: str | None) -> None:
    assert address_of(ListedModel(provider, ModelInfo("x"), base_url=base_url)) == address


def test_the_address_of_ollamas_variable_is_usual(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OLLAMA_HOST", "10.0.0.7")

    assert address_of(ListedModel("ollama", ModelInfo("x"), base_url="http://10.0.0.7:11434")) is None
