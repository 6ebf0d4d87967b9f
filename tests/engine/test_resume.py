"""What the embedded engine has read of a thread outlives it: real engines, real ends, real files."""

import asyncio
import hashlib
import json
import os
import resource
import shutil
import signal
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from tests.engine.asking import ask, request, text_of, usage_of
from tests.engine.server import EngineServer
from tests.engine.tiny_model import TinyModel
from vivek.providers.adapters.embedded import EmbeddedProvider
from vivek.schema.chunk import Chunk
from vivek.schema.process import Child
from vivek.workspace.process import launch

pytestmark = [pytest.mark.engine, pytest.mark.kill]

TOPIC = " ".join(f"name{number}" for number in range(200))
OTHER = " ".join(f"word{number}" for number in range(200))
WINDOW = 4_096
Maker = Callable[..., EmbeddedProvider]


class Engines:
    """The real launcher, with every engine it started.

    Attributes:
        file_limit: Bytes that a file of the next engine may have, None for no limit.
    """

    def __init__(self) -> None:
        self.pids: list[int] = []
        self.file_limit: int | None = None

    async def __call__(self, argv: Sequence[str], *, env: Mapping[str, str] | None = None) -> Child:
        child = await launch(argv, env=env)
        self.pids.append(child.pid)
        if self.file_limit is not None:
            resource.prlimit(child.pid, resource.RLIMIT_FSIZE, (self.file_limit, self.file_limit))
        return child

    async def all_gone(self) -> None:
        """Wait until every engine has left; a machine that is busy may take its time."""
        async with asyncio.timeout(60):
            for pid in self.pids:
                with suppress(psutil.NoSuchProcess):
                    while psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
                        await asyncio.sleep(0.02)


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    return tmp_path / "kept"


@pytest.fixture
async def engines() -> AsyncIterator[Engines]:
    engines = Engines()
    yield engines
    for pid in engines.pids:
        with suppress(psutil.NoSuchProcess):
            psutil.Process(pid).kill()


@pytest.fixture
async def make(tiny_model: TinyModel, tmp_path: Path, kept: Path, engines: Engines) -> AsyncIterator[Maker]:
    made: list[EmbeddedProvider] = []

    def make_one(
        path: Path = tiny_model.q8_0,
        *,
        keep: Path | None = kept,
        window: int = WINDOW,
        linger: float = 0.1,
        sleep: int = 1_800,
    ) -> EmbeddedProvider:
        state = tmp_path / "state"
        how = {"window": window, "linger": linger, "kept": keep, "sleep": sleep}
        made.append(EmbeddedProvider(path, launcher=engines, state=state, threads=1, **how))  # type: ignore[arg-type]  # as above
        return made[-1]

    yield make_one
    for provider in made:
        await provider.close()


async def first_turn(make: Maker, engines: Engines, **how: object) -> list[Chunk]:
    """Hold one turn of a thread and let the engine leave."""
    provider = make(**how)
    said = await ask(provider, request(TOPIC, max_tokens=6, thread_id="a"))
    await provider.close()
    await engines.all_gone()
    return said


async def second_turn(make: Maker, said: list[Chunk], **how: object) -> tuple[int, int]:
    """Go on with that thread; return the tokens of its prompt and how many of them were not read again."""
    provider = make(**how)
    usage = usage_of(await ask(provider, request(TOPIC, text_of(said), "Go on.", max_tokens=6, thread_id="a")))
    assert usage.prompt_tokens is not None
    assert usage.cached_tokens is not None
    return usage.prompt_tokens, usage.cached_tokens


def files_in(kept: Path) -> list[str]:
    return sorted(path.suffix for path in kept.iterdir())


async def test_a_thread_goes_on_in_a_new_engine_without_reading_its_prompt_again(
    make: Maker, engines: Engines, kept: Path
) -> None:
    said = await first_turn(make, engines)
    assert files_in(kept) == [".bin", ".json", ".wanted"]

    prompt, cached = await second_turn(make, said)

    assert len(set(engines.pids)) == 2
    assert cached >= 0.95 * (usage_of(said).prompt_tokens or 0)
    assert cached >= 0.95 * prompt


async def test_the_reply_is_the_one_that_a_cold_engine_gives(make: Maker, engines: Engines) -> None:
    said = await first_turn(make, engines)
    again = request(TOPIC, text_of(said), "Go on.", max_tokens=24, thread_id="a")

    warm = await ask(make(), again)
    cold = await ask(make(keep=None, window=2_048), again)

    assert usage_of(warm).cached_tokens
    assert not usage_of(cold).cached_tokens
    assert text_of(warm) == text_of(cold)


async def test_what_is_kept_can_be_read_by_its_owner_only(make: Maker, engines: Engines, kept: Path) -> None:
    await first_turn(make, engines)

    assert kept.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in kept.iterdir()} == {0o600}


async def test_only_the_newest_thread_of_a_model_is_kept(make: Maker, engines: Engines, kept: Path) -> None:
    said = await first_turn(make, engines)
    provider = make()
    await ask(provider, request(OTHER, system="You are kind.", max_tokens=2, thread_id="b"))
    await provider.close()
    await engines.all_gone()

    assert files_in(kept) == [".bin", ".json", ".wanted"]
    _, cached = await second_turn(make, said)
    assert cached < 16


async def test_an_engine_that_is_told_to_end_keeps_what_it_has(make: Maker, engines: Engines, kept: Path) -> None:
    provider = make(linger=60.0)
    said = await ask(provider, request(TOPIC, max_tokens=6, thread_id="a"))

    os.kill(engines.pids[0], signal.SIGTERM)
    await engines.all_gone()

    assert files_in(kept) == [".bin", ".json", ".wanted"]
    _, cached = await second_turn(make, said)
    assert cached >= 0.95 * (usage_of(said).prompt_tokens or 0)


async def test_without_the_wish_nothing_is_written(make: Maker, engines: Engines, kept: Path) -> None:
    await first_turn(make, engines, keep=None)

    assert not kept.exists()


async def test_what_belongs_to_no_thread_is_not_kept_and_leaves_the_thread_in_its_place(
    make: Maker, engines: Engines, kept: Path
) -> None:
    said = await first_turn(make, engines)
    provider = make()
    await ask(provider, request(OTHER, max_tokens=2))
    await provider.close()
    await engines.all_gone()

    _, cached = await second_turn(make, said)

    assert cached >= 0.95 * (usage_of(said).prompt_tokens or 0)


async def test_what_was_forgotten_meanwhile_is_not_kept(make: Maker, engines: Engines, kept: Path) -> None:
    provider = make(linger=1.0)
    await ask(provider, request(TOPIC, max_tokens=2, thread_id="a"))
    for file in kept.iterdir():
        file.unlink()
    await provider.close()
    await engines.all_gone()

    assert files_in(kept) == []


@pytest.mark.parametrize("cut", [0, 1, 100, 5_000])
async def test_a_cut_file_costs_the_cache_and_nothing_else(make: Maker, engines: Engines, kept: Path, cut: int) -> None:
    said = await first_turn(make, engines)
    [file] = kept.glob("*.bin")
    os.truncate(file, cut)

    prompt, cached = await second_turn(make, said)

    assert cached == 0
    assert prompt > 0


async def test_an_engine_that_dies_of_what_it_begins_with_begins_with_nothing(
    make: Maker, engines: Engines, kept: Path
) -> None:
    said = await first_turn(make, engines)
    [file], [record] = kept.glob("*.bin"), kept.glob("*.json")
    os.truncate(file, file.stat().st_size // 2)
    told = json.loads(record.read_text())
    told |= {"size": file.stat().st_size, "sha256": hashlib.sha256(file.read_bytes()).hexdigest()}
    record.write_text(json.dumps(told))  # as if the engine had written it so

    _, cached = await second_turn(make, said)

    assert cached == 0
    assert len(engines.pids) == 3, "one that kept, one that died, one that serves"
    assert not list(kept.glob("*.bin"))


async def test_the_state_of_other_weights_is_never_taken(
    make: Maker, engines: Engines, kept: Path, tiny_model: TinyModel, tmp_path: Path
) -> None:
    model = tmp_path / "model.gguf"
    shutil.copy(tiny_model.q8_0, model)
    said = await first_turn(make, engines, path=model)
    weights = bytearray(model.read_bytes())
    weights[-20_000:] = bytes(20_000)  # the same size, the same shape
    model.write_bytes(weights)

    _, cached = await second_turn(make, said, path=model)

    assert cached == 0


async def test_another_window_begins_anew(make: Maker, engines: Engines, kept: Path) -> None:
    said = await first_turn(make, engines)

    _, cached = await second_turn(make, said, window=2_048)

    assert cached == 0
    assert not list(kept.glob("*.bin"))


async def test_a_prompt_that_begins_otherwise_is_read_as_it_is(make: Maker, engines: Engines) -> None:
    await first_turn(make, engines)
    provider = make()

    usage = usage_of(await ask(provider, request(OTHER, system="You are kind.", max_tokens=2, thread_id="b")))

    assert (usage.cached_tokens or 0) < 16


@pytest.mark.parametrize("limit", [0, 4_096, 40_000])
async def test_a_full_disk_loses_what_would_have_been_kept_and_leaves_nothing_behind(
    make: Maker, engines: Engines, kept: Path, limit: int
) -> None:
    engines.file_limit = limit
    said = await first_turn(make, engines)
    engines.file_limit = None

    assert files_in(kept) == [".wanted"]
    _, cached = await second_turn(make, said)
    assert cached == 0


async def test_whoever_joins_a_running_engine_puts_nothing_over_its_threads(
    make: Maker, engines: Engines, kept: Path
) -> None:
    await first_turn(make, engines)
    live = make(linger=30.0)
    thread = request(OTHER, max_tokens=2, thread_id="b")
    before = usage_of(await ask(live, thread))

    joined = make(linger=30.0)
    await ask(joined, request("Hello.", max_tokens=2, thread_id="c"))
    after = usage_of(await ask(live, thread))

    assert len(set(engines.pids)) == 2
    assert after.cached_tokens == (before.prompt_tokens or 0) - 1


async def asleep(engine: EngineServer) -> None:
    """Wait until an engine has given its memory back."""
    async with asyncio.timeout(60):
        while not (await asyncio.to_thread(engine.get, "/props"))["is_sleeping"]:
            await asyncio.sleep(0.1)


async def test_an_engine_that_fell_asleep_is_given_back_what_it_had_read(make: Maker, tmp_path: Path) -> None:
    provider, guest = make(sleep=3), make(sleep=3)
    said = await ask(provider, request(TOPIC, max_tokens=6, thread_id="a"))
    [record] = (tmp_path / "state").glob("engines/*/engine.json")
    told = json.loads(record.read_text())
    engine = EngineServer(told["url"], told["key"], Path(), WINDOW)

    await asleep(engine)
    again = request(TOPIC, text_of(said), "Go on.", max_tokens=6, thread_id="a")
    both = [usage_of(chunks) for chunks in await asyncio.gather(ask(provider, again), ask(guest, again))]

    for usage in both:
        assert (usage.cached_tokens or 0) >= 0.95 * (usage_of(said).prompt_tokens or 0)


async def test_an_engine_that_fell_asleep_keeps_its_state_when_it_leaves(
    make: Maker, engines: Engines, tmp_path: Path
) -> None:
    provider = make(sleep=3)
    said = await ask(provider, request(TOPIC, max_tokens=6, thread_id="a"))
    [record] = (tmp_path / "state").glob("engines/*/engine.json")
    told = json.loads(record.read_text())
    await asleep(EngineServer(told["url"], told["key"], Path(), WINDOW))
    await provider.close()
    await engines.all_gone()

    _, cached = await second_turn(make, said)

    assert cached >= 0.95 * (usage_of(said).prompt_tokens or 0)
