"""The offer to start a server; that it really starts is tried in tests/end_to_end."""

import pytest

from vivek.cli.turn.starting import offer_start
from vivek.errors import ProviderUnavailableError, VivekError

STARTABLE = ProviderUnavailableError("No model.", startable=("ollama", "serve"))


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


@pytest.mark.parametrize("error", [VivekError("x"), ProviderUnavailableError("No model.")])
async def test_what_cannot_be_started_is_not_offered(error: VivekError) -> None:
    asker = Answering("y")

    assert not await offer_start(error, asker, print)
    assert asker.asked == []


@pytest.mark.parametrize("answer", ["n", "no", "later", EOFError(), KeyboardInterrupt()])
async def test_only_a_yes_starts_something(answer: str | BaseException) -> None:
    told: list[str] = []
    asker = Answering(answer)

    assert not await offer_start(STARTABLE, asker, told.append)
    assert asker.asked == ["Start Ollama? [Y/n] "]
    assert told == []


async def test_a_program_that_cannot_be_started_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    told: list[str] = []

    assert not await offer_start(STARTABLE, Answering(""), told.append)
    assert told[0].startswith("Starting Ollama")
    assert "ollama" in told[1]
    assert "hint:" in told[1]
