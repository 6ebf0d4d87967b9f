"""Which model a first chat begins with; on a real terminal it is tried in tests/end_to_end."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.fakes import FakePlace
from vivek.cli.keys import Keyboard
from vivek.cli.turn.picking import Picker
from vivek.config.folders import config_folder
from vivek.errors import ConfigError
from vivek.schema.listing import ListedModel, ListedServer, ModelList
from vivek.schema.models import ModelInfo
from vivek.session.models import picking
from vivek.session.options import Choices

PLACE: Any = FakePlace(Path("/"), Path("/"))  # Any: stands for the real one
OLLAMA = ListedServer("ollama", "Ollama", "http://127.0.0.1:11434", models=1)


class Reader:
    """Somebody who presses keys; text that is typed on ends up in `line`."""

    def __init__(self, *keys: str) -> None:
        self._keys = list(keys)
        self.asked: list[str] = []
        self.line = ""

    async def aside(self, work: Callable[[Keyboard], Awaitable[Any]]) -> Any:  # Any: what the work gives
        asked, keys = self.asked, self._keys

        class Pressing(Keyboard):
            async def key(self, question: str) -> str:
                asked.append(question)
                return keys.pop(0)

        return await work(Pressing())

    def type(self, text: str) -> None:
        self.line += text


def listed(*names: str, reason: str = "") -> tuple[ListedModel, ...]:
    """Return models, the best first."""
    sizes = range(9_000_000_000, 0, -100_000_000)
    infos = [ModelInfo(name, parameters=size) for name, size in zip(names, sizes, strict=False)]
    return tuple(ListedModel("ollama", info, reason=reason) for info in infos)


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[int]]:
    """Return what says which models are here, one list for each time they are looked for."""

    def set_to(*lists: ModelList | None, stopped: bool = False) -> list[int]:
        asked: list[int] = []

        async def load_candidates(place: object, choices: object) -> ModelList | None:
            asked.append(1)
            return lists[min(len(asked), len(lists)) - 1]

        monkeypatch.setattr(picking, "load_candidates", load_candidates)
        monkeypatch.setattr(picking, "is_ollama_stopped", lambda found: stopped and len(asked) == 1)
        return asked

    return set_to


def kept() -> str:
    path = config_folder() / "config.toml"
    return path.read_text() if path.exists() else ""


async def settled(reader: Reader, told: list[str]) -> str | None:
    return (await Picker(PLACE, reader, told.append).settle(Choices())).found


async def test_nothing_is_asked_where_a_model_is_named_or_none_is(found: Callable[..., list[int]]) -> None:
    for nothing in (None, ModelList((), (OLLAMA,)), ModelList(listed("x", reason="an embedding model"), (OLLAMA,))):
        found(nothing)
        reader = Reader()
        assert await settled(reader, []) is None
        assert reader.asked == []


async def test_at_most_nine_are_shown(found: Callable[..., list[int]]) -> None:
    found(ModelList(listed(*(f"m{number}:7b" for number in range(20))), (OLLAMA,)))
    reader, told = Reader("9"), list[str]()

    assert await settled(reader, told) == "ollama/m8:7b"
    assert reader.asked == ["[1-9, Enter, Esc: not now] "]
    assert "m8:7b" in told[0]
    assert "m9:7b" not in told[0]
    assert "ollama/m8:7b" in kept()


@pytest.mark.parametrize("key", ["0", "3", "4", "²"])
async def test_a_number_behind_the_last_is_the_beginning_of_a_message(
    key: str, found: Callable[..., list[int]]
) -> None:
    found(ModelList(listed("a:7b", "b:7b"), (OLLAMA,)))
    reader = Reader(key)

    assert await settled(reader, []) == "ollama/a:7b"
    assert reader.line == key
    assert kept() == ""


async def test_a_session_that_is_opened_again_asks_nothing_again(found: Callable[..., list[int]]) -> None:
    asked = found(ModelList(listed("a:7b", "b:7b"), (OLLAMA,)))
    picker = Picker(PLACE, Reader("2"), print)

    for _ in range(3):
        assert (await picker.settle(Choices())).found == "ollama/b:7b"
    assert len(asked) == 1


async def test_a_model_that_came_later_is_seen(found: Callable[..., list[int]]) -> None:
    found(ModelList((), ()), ModelList(listed("a:7b"), (OLLAMA,)))
    picker = Picker(PLACE, Reader(), print)

    assert (await picker.settle(Choices())).found is None
    assert (await picker.settle(Choices())).found == "ollama/a:7b"


async def test_an_ollama_that_does_not_start_is_told_and_the_file_is_taken(
    found: Callable[..., list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def start_server(command: object) -> None:
        raise ConfigError("It does not start.", hint="Look.")

    monkeypatch.setattr("vivek.session.models.starting.start_server", start_server)
    here = ModelList((ListedModel("local", ModelInfo("x")),), ())
    found(here, here, stopped=True)
    told: list[str] = []

    assert await settled(Reader("y"), told) == "local/x"
    assert "Starting Ollama" in told[0]
    assert "It does not start." in told[1]
    assert "local/x: remembered" in told[2]


async def test_a_choice_that_cannot_be_kept_is_used_all_the_same(found: Callable[..., list[int]]) -> None:
    found(ModelList(listed("a:7b", "b:7b"), (OLLAMA,)))
    path = config_folder() / "config.toml"
    path.parent.mkdir(parents=True)
    path.write_text("[model\n")
    told: list[str] = []

    assert await settled(Reader("2"), told) == "ollama/b:7b"
    assert "could not be kept" in told[1]
    assert kept() == "[model\n"
