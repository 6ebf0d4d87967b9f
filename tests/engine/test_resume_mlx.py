"""What MLX has computed of a thread outlives the model being given up."""

import hashlib
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from tests.engine.asking import ask, request, text_of, usage_of
from vivek.providers.adapters.mlx import MlxProvider
from vivek.schema.chunk import Usage
from vivek.schema.request import Request

pytestmark = pytest.mark.engine

TOPIC = " ".join(f"name{number}" for number in range(100))
WINDOW = 4_096
Maker = Callable[..., MlxProvider]


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    return tmp_path / "kept"


@pytest.fixture
async def make(mlx_folder: Path, kept: Path) -> AsyncIterator[Maker]:
    made: list[MlxProvider] = []

    def make_one(*, keep: Path | None = kept, window: int = WINDOW) -> MlxProvider:
        made.append(MlxProvider(mlx_folder, window=window, kept=keep))
        return made[-1]

    yield make_one
    for provider in made:
        await provider.close()


async def one_turn(provider: MlxProvider, asked: Request) -> tuple[str, Usage]:
    """Ask once and give the model up."""
    chunks = await ask(provider, asked)
    await provider.close()
    return text_of(chunks), usage_of(chunks)


def first(thread: str = "a") -> Request:
    return request(TOPIC, max_tokens=6, thread_id=thread)


def second(said: str, thread: str = "a") -> Request:
    return request(TOPIC, said, "Go on.", max_tokens=12, thread_id=thread)


async def test_a_thread_goes_on_without_computing_its_prompt_again(make: Maker, kept: Path) -> None:
    said, before = await one_turn(make(), first())
    assert {path.suffix for path in kept.iterdir()} == {".safetensors", ".json"}
    assert {path.stat().st_mode & 0o777 for path in kept.iterdir()} == {0o600}

    warm, after = await one_turn(make(), second(said))
    cold, _ = await one_turn(make(keep=None), second(said))

    assert before.prompt_tokens is not None
    assert (after.cached_tokens or 0) >= 0.95 * before.prompt_tokens
    assert warm == cold


async def test_another_thread_gets_nothing_of_it_and_takes_its_place(make: Maker) -> None:
    said, _ = await one_turn(make(), first("a"))

    _, other = await one_turn(make(), first("b"))
    _, again = await one_turn(make(), second(said, "a"))

    assert (other.cached_tokens, again.cached_tokens) == (0, 0)


@pytest.mark.parametrize("how", ["none", "no thread", "short"])
async def test_what_is_not_wanted_or_not_worth_it_is_not_kept(make: Maker, kept: Path, how: str) -> None:
    asked = {"none": first(), "no thread": first(""), "short": request("Hello.", max_tokens=2, thread_id="a")}[how]

    await one_turn(make(keep=None if how == "none" else kept), asked)

    assert not kept.exists() or not list(kept.iterdir())


@pytest.mark.parametrize("recorded", [False, True])
async def test_a_damaged_file_costs_the_cache_and_nothing_else(make: Maker, kept: Path, recorded: bool) -> None:
    said, _ = await one_turn(make(), first())
    [file], [record] = kept.glob("*.safetensors"), kept.glob("*.json")
    file.write_bytes(file.read_bytes()[:1_000])
    if recorded:  # as if it had been written so
        told = {"file": file.name, "size": 1_000, "sha256": hashlib.sha256(file.read_bytes()).hexdigest()}
        record.write_text(json.dumps(told))

    _, usage = await one_turn(make(), second(said))

    assert usage.cached_tokens == 0


async def test_another_window_begins_anew(make: Maker) -> None:
    said, _ = await one_turn(make(), first())

    _, usage = await one_turn(make(window=2_048), second(said))

    assert usage.cached_tokens == 0


async def test_how_many_prompts_it_keeps_is_known_once_it_is_loaded(make: Maker) -> None:
    provider = make()
    before = await provider.describe("")
    await ask(provider, first())
    after = await provider.describe("")

    assert before.prompts_kept is None
    assert after.prompts_kept == 4
    assert after.sources["prompts_kept"]
