"""The offers where no model is; that they really help is tried in tests/end_to_end."""

from collections.abc import Callable
from pathlib import Path

import pytest

from vivek.cli.turn.starting import offer_help
from vivek.errors import ProviderUnavailableError, VivekError

STARTABLE = ProviderUnavailableError("No model.", startable=("ollama", "serve"))
FETCHABLE = ProviderUnavailableError("No model.", fetchable="local/qwen2.5-coder-3b")


class Answering:
    """Somebody with one answer."""

    def __init__(self, answer: str | BaseException) -> None:
        self._answer = answer
        self.asked: list[str] = []

    async def ask(self, question: str) -> str:
        self.asked.append(question)
        if isinstance(self._answer, BaseException):
            raise self._answer
        return self._answer

    def discard(self) -> None:
        """Nothing is typed ahead here."""

    async def settle(self, tell: Callable[[str], None]) -> None:
        """Nothing was begun."""

    def queue(self, text: str) -> bool:
        """Keep nothing."""
        return False


@pytest.mark.parametrize("error", [VivekError("x"), ProviderUnavailableError("No model.")])
async def test_where_nothing_helps_nothing_is_offered(error: VivekError) -> None:
    asker = Answering("y")

    assert not await offer_help(error, asker, print)
    assert asker.asked == []


@pytest.mark.parametrize("answer", ["n", "no", "later", EOFError(), KeyboardInterrupt()])
async def test_only_a_yes_starts_something(answer: str | BaseException) -> None:
    told: list[str] = []
    asker = Answering(answer)

    assert not await offer_help(STARTABLE, asker, told.append)
    assert asker.asked == ["Start Ollama? [Y/n] "]
    assert told == []


async def test_a_program_that_cannot_be_started_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    told: list[str] = []

    assert not await offer_help(STARTABLE, Answering(""), told.append)
    assert told[0].startswith("Starting Ollama")
    assert "ollama" in told[1]
    assert "hint:" in told[1]


@pytest.mark.parametrize("answer", ["", "n", "later", EOFError(), KeyboardInterrupt()])
async def test_only_a_clear_yes_fetches_something(
    answer: str | BaseException, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(workspace)
    told: list[str] = []
    asker = Answering(answer)

    assert not await offer_help(FETCHABLE, asker, told.append)
    assert asker.asked == [
        "Download Qwen2.5-Coder 3B Instruct, Q4_K_M (2.1 GB, licence Qwen Research: research and other "
        "non-commercial use only, sha256 724fb256…)? [y/N] "
    ]
    assert told == []


async def test_a_download_that_fails_is_told(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(workspace)
    monkeypatch.setenv("VIVEK_MODELS_BASE_URL", "http://127.0.0.1:9")
    told: list[str] = []

    error = ProviderUnavailableError("No model.", fetchable="mlx/qwen2.5-coder-3b")
    assert not await offer_help(error, Answering("y"), told.append)
    assert "The model host" in told[0]
    assert "hint:" in told[0]
