"""The embedded engine as vivek uses it: a child process, shared, replaced when it dies, gone when nobody needs it."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import aclosing, suppress
from pathlib import Path

import psutil
import pytest

from tests.engine.asking import ask, request, text_of, usage_of
from tests.engine.tiny_model import PARAMETERS, TinyModel
from tests.providers.engine.files import CHAT, gguf
from vivek.errors import (
    ContextWindowExceededError,
    ModelAPIError,
    ModelNotFoundError,
    ProviderUnavailableError,
    RequestInvalidError,
    StreamInterruptedError,
)
from vivek.providers.adapters.embedded import EmbeddedProvider
from vivek.schema.chunk import Chunk
from vivek.schema.process import Child, Launcher
from vivek.workspace.process import launch

pytestmark = pytest.mark.engine

ENDLESS = 30_000
ROOT = Path(__file__).resolve().parents[2]
USER = """
import asyncio, sys
from pathlib import Path
from tests.engine.asking import request
from vivek.providers.adapters.embedded import EmbeddedProvider
from vivek.workspace.process import launch

async def main():
    model, state, linger = Path(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3])
    provider = EmbeddedProvider(model, launcher=launch, state=state, threads=1, window=4096, linger=linger)
    async for chunk in provider.stream(request("Hello.", max_tokens=3)):
        pass
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    await provider.close()

asyncio.run(main())
"""

Maker = Callable[..., EmbeddedProvider]


class Watching:
    """The real launcher, with a note of every child it started."""

    def __init__(self) -> None:
        self.pids: list[int] = []

    async def __call__(self, argv: Sequence[str], *, env: Mapping[str, str] | None = None) -> Child:
        child = await launch(argv, env=env)
        self.pids.append(child.pid)
        return child


@pytest.fixture
def launcher() -> Watching:
    return Watching()


@pytest.fixture
async def make(tiny_model: TinyModel, tmp_path: Path, launcher: Watching) -> AsyncIterator[Maker]:
    """Make providers that are closed, and whose children are ended, when the test is over."""
    made: list[EmbeddedProvider] = []

    def make_one(path: Path = tiny_model.q8_0, state: Path = tmp_path / "state") -> EmbeddedProvider:
        made.append(EmbeddedProvider(path, launcher=launcher, state=state, threads=1, window=4_096, linger=0.2))
        return made[-1]

    yield make_one
    for provider in made:
        await provider.close()
    for pid in launcher.pids:
        with suppress(psutil.NoSuchProcess):
            psutil.Process(pid).kill()


async def is_gone(pid: int, seconds: float = 20.0) -> bool:
    """Return whether a process ends within so many seconds."""
    with suppress(TimeoutError, psutil.NoSuchProcess):
        async with asyncio.timeout(seconds):
            while psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
                await asyncio.sleep(0.02)
            return True
    return not psutil.pid_exists(pid)


async def test_first_request_loads_the_model_and_says_so(make: Maker, launcher: Watching) -> None:
    provider = make()

    first = await ask(provider, request("Hello.", max_tokens=8))
    second = await ask(provider, request("Hello.", max_tokens=8))

    assert first[0] == Chunk(phase="load")
    assert "load" not in [chunk.phase for chunk in second]
    assert usage_of(first).load_seconds is not None
    assert usage_of(second).load_seconds is None
    assert usage_of(second).cached_tokens == (usage_of(second).prompt_tokens or 0) - 1
    assert len(launcher.pids) == 1


async def test_file_describes_itself_before_anything_is_started(make: Maker, launcher: Watching) -> None:
    provider = make()

    [info] = await provider.models()

    assert (info.name, info.parameters, info.quantisation) == ("tiny-q8_0", PARAMETERS, "Q8_0")
    assert (info.window_loaded, info.window_maximum, info.loaded) == (None, 32_768, False)
    assert info.sources["parameters"] == "the model file"
    assert (await provider.health()).ok
    assert launcher.pids == []


async def test_loaded_model_tells_its_real_window(make: Maker) -> None:
    provider = make()
    asked = request("Count.", max_tokens=1)

    counted = await provider.count_tokens(asked)

    info = await provider.describe("tiny-q8_0")
    assert (info.window_loaded, info.loaded, info.sources["window_loaded"]) == (4_096, True, "/props")
    assert (await provider.health()).ok
    assert counted == usage_of(await ask(provider, asked)).prompt_tokens


async def test_prompt_larger_than_the_window_is_refused_and_the_engine_lives_on(
    make: Maker, launcher: Watching
) -> None:
    provider = make()

    with pytest.raises(ContextWindowExceededError) as caught:
        await ask(provider, request("word " * 6_000))

    assert caught.value.window == 4_096
    assert (caught.value.needed or 0) > 4_096
    assert text_of(await ask(provider, request("Hello.", max_tokens=4)))
    assert len(launcher.pids) == 1


async def test_several_questions_at_once_start_one_engine(make: Maker, launcher: Watching, tmp_path: Path) -> None:
    nowhere_to_share = tmp_path / "file"
    nowhere_to_share.write_text("no folder")
    provider = make(state=nowhere_to_share)

    replies = await asyncio.gather(*(ask(provider, request(word, max_tokens=4)) for word in "abc"))

    assert all(text_of(reply) for reply in replies)
    assert len(launcher.pids) == 1


@pytest.mark.kill
async def test_engine_killed_in_the_middle_keeps_the_text_and_comes_back(make: Maker, launcher: Watching) -> None:
    provider = make()
    heard = ""

    with pytest.raises(StreamInterruptedError) as caught:
        async for chunk in provider.stream(request("Go on.", max_tokens=ENDLESS)):
            heard += chunk.text
            if chunk.text and launcher.pids:
                os.kill(launcher.pids.pop(), 9)

    assert caught.value.partial == heard != ""
    assert "killed, probably because memory ran out" in caught.value.message
    assert caught.value.hint
    assert not (await provider.describe("")).loaded

    again = await ask(provider, request("Hello again.", max_tokens=4))
    assert again[0].phase == "load"
    assert text_of(again)


@pytest.mark.kill
async def test_engine_killed_while_it_reads_the_prompt_is_told(make: Maker, launcher: Watching) -> None:
    provider = make()
    heard = ""

    with pytest.raises(StreamInterruptedError, match="killed") as caught:
        async for chunk in provider.stream(request("A long prompt. " * 450, max_tokens=400)):
            heard += chunk.text
            if chunk.progress and launcher.pids:
                os.kill(launcher.pids.pop(), 9)

    assert caught.value.partial == heard


@pytest.mark.kill
async def test_engine_killed_between_two_requests_is_replaced_unnoticed(make: Maker, launcher: Watching) -> None:
    host, guest = make(), make()
    await ask(host, request("Hello.", max_tokens=2))
    await ask(guest, request("Hello.", max_tokens=2))
    os.kill(launcher.pids[0], 9)

    assert text_of(await ask(guest, request("Still there?", max_tokens=4)))
    assert await host.count_tokens(request("And you?"))
    assert len(launcher.pids) == 2


@pytest.mark.kill
async def test_engine_that_dies_while_it_counts_is_told(make: Maker, launcher: Watching) -> None:
    provider = make()
    await ask(provider, request("Hello.", max_tokens=2))
    psutil.Process(launcher.pids[0]).suspend()
    counting = asyncio.create_task(provider.count_tokens(request("word " * 500)))
    await asyncio.sleep(0.2)
    os.kill(launcher.pids[0], 9)

    with suppress(ProviderUnavailableError):
        assert await counting
    assert await provider.count_tokens(request("Now?"))


async def test_two_providers_share_one_engine_until_both_are_closed(make: Maker, launcher: Watching) -> None:
    first, second = make(), make()
    await ask(first, request("Hello.", max_tokens=2))
    await ask(second, request("Hello.", max_tokens=2))
    [pid] = launcher.pids

    await first.close()
    assert text_of(await ask(second, request("Still there?", max_tokens=4)))
    await second.close()

    assert await is_gone(pid)


async def test_stopping_early_leaves_the_engine_for_the_next_request(make: Maker, launcher: Watching) -> None:
    provider = make()
    async with aclosing(provider.stream(request("Never stop.", max_tokens=ENDLESS))) as chunks:
        async for chunk in chunks:
            if chunk.text:
                break

    async with asyncio.timeout(20):
        assert text_of(await ask(provider, request("Next.", max_tokens=4)))
    assert len(launcher.pids) == 1


@pytest.mark.kill
@pytest.mark.parametrize("shared", [True, False])
async def test_engine_does_not_outlive_a_parent_that_is_killed(
    tiny_model: TinyModel, tmp_path: Path, shared: bool
) -> None:
    state = tmp_path / "state"
    if not shared:
        state.write_text("no folder")
    with start_user(tiny_model, state) as user:
        assert await asyncio.to_thread(user.stdout.readline) == "ready\n"
        [engine] = psutil.Process(user.pid).children()
        user.kill()
        await asyncio.to_thread(user.wait)

        assert await is_gone(engine.pid)


@pytest.mark.kill
async def test_engine_outlives_the_process_that_started_it_for_another_that_uses_it(
    tiny_model: TinyModel, tmp_path: Path
) -> None:
    with start_user(tiny_model, tmp_path) as first, start_user(tiny_model, tmp_path) as second:
        assert await asyncio.to_thread(first.stdout.readline) == "ready\n"
        assert await asyncio.to_thread(second.stdout.readline) == "ready\n"
        [engine] = [child for user in (first, second) for child in psutil.Process(user.pid).children()]
        starter, guest = (first, second) if engine.ppid() == first.pid else (second, first)

        starter.stdin.write("\n")
        starter.stdin.flush()
        assert await asyncio.to_thread(starter.wait) == 0
        await asyncio.sleep(1.0)
        assert engine.is_running()
        [record] = tmp_path.glob("engines/*/engine.json")
        assert json.loads(record.read_text())["pid"] == engine.pid

        guest.stdin.write("\n")
        guest.stdin.flush()
        assert await asyncio.to_thread(guest.wait) == 0
        assert await is_gone(engine.pid)


def start_user(model: TinyModel, state: Path) -> subprocess.Popen[str]:
    """Start a process that uses the engine until it is told a line."""
    return subprocess.Popen(
        [sys.executable, "-c", USER, str(model.q8_0), str(state), "0.2"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )


@pytest.mark.parametrize(
    ("content", "kind", "words"),
    [
        (None, ModelNotFoundError, "There is no model file"),
        (b"#!/bin/sh\necho hello\n", RequestInvalidError, "no GGUF file"),
        (b"", RequestInvalidError, "ends before its head does"),
        (gguf()[:200], RequestInvalidError, "ends before its head does"),
        (gguf(CHAT | {"general.architecture": "clip"}), RequestInvalidError, "'projector'"),
    ],
)
async def test_file_that_is_no_chat_model_starts_nothing(
    make: Maker, launcher: Watching, tmp_path: Path, content: bytes | None, kind: type[ModelAPIError], words: str
) -> None:
    path = tmp_path / "model.gguf"
    if content is not None:
        path.write_bytes(content)
    provider = make(path)
    seen: list[Chunk] = []

    with pytest.raises(kind, match=words) as caught:
        async for chunk in provider.stream(request("Hello.")):
            seen.append(chunk)  # noqa: PERF401 - what came before the error is the point

    assert seen == []
    assert caught.value.hint
    assert not (await provider.health()).ok
    assert launcher.pids == []


async def test_folder_is_no_model(make: Maker, tmp_path: Path) -> None:
    with pytest.raises(ModelNotFoundError):
        await make(tmp_path).describe("")


async def test_file_cut_in_its_last_tensor_is_refused_with_the_engines_reason(
    make: Maker, tiny_model: TinyModel, tmp_path: Path
) -> None:
    path = tmp_path / "cut.gguf"
    path.write_bytes(tiny_model.q8_0.read_bytes()[:-100])

    with pytest.raises(RequestInvalidError, match=r"cut: tensor '.*' data is not within the file bounds"):
        await ask(make(path), request("Hello."))


async def test_path_of_the_home_folder_is_understood(make: Maker, tiny_model: TinyModel, home: Path) -> None:
    (home / "mine.gguf").symlink_to(tiny_model.q8_0)

    info = await make(Path("~/mine.gguf")).describe("default")

    assert info.name == "mine"


def test_provider_names_itself(make: Maker, tiny_model: TinyModel) -> None:
    provider = make()

    assert provider.name == "local"
    assert provider.base_url == tiny_model.q8_0.as_uri()


def test_real_launcher_fits_the_protocol() -> None:
    launcher: Launcher = launch

    assert callable(launcher)
