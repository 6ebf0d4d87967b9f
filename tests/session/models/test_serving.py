"""Which model a session gets, and what is said when there is none."""

from pathlib import Path

import pytest

from vivek.errors import ModelNotFoundError, ProviderUnavailableError
from vivek.session.models.serving import find_model, open_embedder
from vivek.session.place import open_place
from vivek.session.settings import Settings
from vivek.session.spec import ModelChoice, SessionSpec


def settings(**model: object) -> Settings:
    return Settings(ModelChoice(**model), SessionSpec())  # type: ignore[arg-type]  # names are checked by the class


async def hint_of_nothing(workspace: Path) -> str:
    with pytest.raises(ProviderUnavailableError) as error:
        await find_model(settings(), open_place(workspace))
    assert error.value.message.startswith("No model was found on this machine.")
    return error.value.hint


@pytest.mark.usefixtures("_nothing_serves")
async def test_nothing_here_is_told_with_what_to_do(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(workspace))

    hint = await hint_of_nothing(workspace)
    assert hint.startswith("start Ollama, LM Studio or `llama-server`, or ")
    assert "or give a GGUF file" in hint


@pytest.mark.usefixtures("_nothing_serves")
@pytest.mark.parametrize(("program", "way"), [("ollama", "ollama serve"), ("llama-server", "llama-server -m")])
async def test_what_is_installed_but_does_not_run_comes_first(
    program: str, way: str, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (workspace / program).write_text("#!/bin/sh\n")
    (workspace / program).chmod(0o755)
    monkeypatch.setenv("PATH", str(workspace))

    assert (await hint_of_nothing(workspace)).startswith(f"run `{way}")


async def test_a_model_file_that_is_not_there_is_told(workspace: Path) -> None:
    with pytest.raises(ModelNotFoundError):
        await find_model(settings(name="local/absent.gguf"), open_place(workspace))


async def test_the_variable_of_ollama_is_heard(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OLLAMA_HOST", "127.0.0.1:9")

    with pytest.raises(ProviderUnavailableError, match=r"127\.0\.0\.1:9"):
        await find_model(settings(name="ollama/qwen2.5-coder:7b"), open_place(workspace))


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("llamacpp/embedder@http://127.0.0.1:9001", "http://127.0.0.1:9001"),
        ("llamacpp/embedder", "http://127.0.0.1:9000"),
        ("ollama/embedder", "http://127.0.0.1:11434"),
    ],
)
async def test_an_embedding_model_answers_where_it_says_else_where_its_provider_does(text: str, address: str) -> None:
    provider, name = open_embedder(text, ModelChoice(name="llamacpp/default", base_url="http://127.0.0.1:9000"))

    assert (provider.base_url, name) == (address, "embedder")
    await provider.close()
