"""One engine for every vivek with the same model: joining, starting, leaving."""

import asyncio
import fcntl
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from tests.engine.server import EngineServer
from tests.engine.tiny_model import TinyModel
from tests.providers.engine.doubles import ScriptedChild, ScriptedLauncher
from vivek.errors import ProviderTimeoutError, RequestInvalidError
from vivek.providers.engine.gguf import GgufFile, load_gguf
from vivek.providers.engine.launch import EngineOptions
from vivek.providers.engine.sharing import Engine, open_engine
from vivek.workspace.process import launch

pytestmark = pytest.mark.engine

OPTIONS = EngineOptions(window=4_096, threads=1, linger=0.2)
Opener = Callable[..., Awaitable[Engine]]


@pytest.fixture
def model(tiny_model: TinyModel) -> GgufFile:
    return load_gguf(tiny_model.q8_0)


@pytest.fixture
async def opened(model: GgufFile, tmp_path: Path) -> AsyncIterator[Opener]:
    """Open engines that are all closed, and whose processes are ended, when the test is over."""
    engines: list[Engine] = []
    pids: list[int] = []

    async def open_one(
        options: EngineOptions = OPTIONS, *, state: Path = tmp_path / "state", file: GgufFile = model
    ) -> Engine:
        engine = await open_engine(file, options, launcher=launch, state=state)
        engines.append(engine)
        if engine.child is not None:
            pids.append(engine.child.pid)
        return engine

    yield open_one
    for pid in pids:
        with suppress(psutil.NoSuchProcess):
            psutil.Process(pid).kill()
    for engine in engines:
        await engine.close()


def address(engine: Engine) -> str:
    return engine.server.door.base_url


def record_in(state: Path) -> Path:
    [record] = state.glob("engines/*/engine.json")
    return record


async def gone(pid: int, seconds: float = 20.0) -> bool:
    """Wait until a process has ended."""
    async with asyncio.timeout(seconds):
        while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
            await asyncio.sleep(0.02)
    return True


async def test_second_user_joins_the_first_ones_engine(opened: Opener) -> None:
    first = await opened()
    second = await opened()

    assert address(second) == address(first)
    assert second.child is None
    assert second.window == first.window == 4_096
    assert (first.load_seconds is None, second.load_seconds) == (False, None)


async def test_three_that_start_at_once_share_one_engine(opened: Opener) -> None:
    engines = await asyncio.gather(opened(), opened(), opened())

    assert len({address(engine) for engine in engines}) == 1
    assert sum(engine.child is not None for engine in engines) == 1


async def test_engines_with_another_window_are_not_shared(opened: Opener) -> None:
    first = await opened()
    second = await opened(EngineOptions(window=2_048, threads=1, linger=0.2))

    assert address(second) != address(first)
    assert second.window == 2_048


@pytest.mark.kill
async def test_engine_outlives_the_one_who_started_it_and_leaves_after_the_last(opened: Opener) -> None:
    first = await opened()
    second = await opened()
    assert first.child is not None
    pid = first.child.pid

    await first.close()
    await asyncio.sleep(1.0)
    assert (await second.server.health()).ok
    await second.close()

    assert await gone(pid)


async def test_engine_that_lingers_is_met_again(opened: Opener) -> None:
    patient = EngineOptions(window=4_096, threads=1, linger=30.0)
    first = await opened(patient)
    await first.close()

    second = await opened(patient)

    assert address(second) == address(first)


@pytest.mark.kill
async def test_stale_record_is_replaced(opened: Opener, tmp_path: Path) -> None:
    first = await opened()
    assert first.child is not None
    await first.child.stop()

    second = await opened()

    assert second.child is not None
    assert json.loads(record_in(tmp_path / "state").read_text())["pid"] == second.child.pid
    assert (await second.server.health()).ok


@pytest.mark.parametrize("record", ["", "no json", "[]", '{"url": "nonsense://", "key": "k"}', '{"url": "x"}'])
async def test_damaged_record_is_replaced(opened: Opener, tmp_path: Path, record: str) -> None:
    first = await opened()
    record_in(tmp_path / "state").write_text(record)

    second = await opened()

    assert address(second) != address(first)


async def test_engine_with_another_model_on_record_is_not_joined(
    opened: Opener, engine_server: EngineServer, tmp_path: Path
) -> None:
    copy = tmp_path / "same-bytes.gguf"
    copy.write_bytes(engine_server.model.read_bytes())
    first = await opened(file=load_gguf(copy))
    record_in(tmp_path / "state").write_text(json.dumps({"url": engine_server.url, "key": engine_server.key}))

    second = await opened(file=load_gguf(copy))

    assert address(second) not in {engine_server.url, address(first)}


async def test_what_is_shared_can_be_read_by_its_owner_only(opened: Opener, tmp_path: Path) -> None:
    await opened()

    record = record_in(tmp_path / "state")
    assert record.stat().st_mode & 0o777 == 0o600
    assert record.parent.stat().st_mode & 0o777 == 0o700
    assert record.parent.parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.kill
async def test_engine_is_not_shared_where_others_could_read_its_key(opened: Opener, tmp_path: Path) -> None:
    first = await opened()
    record_in(tmp_path / "state").parent.chmod(0o755)

    second = await opened()

    assert address(second) != address(first)
    assert second.lease is None


@pytest.mark.kill
async def test_without_a_place_to_share_the_engine_belongs_to_one_and_ends_with_it(
    opened: Opener, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("no folder")

    engine = await opened(state=tmp_path / "file")
    assert engine.lease is None
    assert engine.child is not None
    pid = engine.child.pid
    await engine.close()
    await engine.close()

    assert not psutil.pid_exists(pid)


async def test_engine_that_nobody_can_find_still_works(opened: Opener, tmp_path: Path) -> None:
    first = await opened()
    record = record_in(tmp_path / "state")
    record.unlink()
    record.mkdir()  # nothing can be put in its place

    second = await opened()

    assert address(second) != address(first)
    assert (await second.server.health()).ok


async def test_failed_start_leaves_no_lock_behind(model: GgufFile, tmp_path: Path) -> None:
    launcher = ScriptedLauncher(ScriptedChild(b'{"kind": "load", "error": "no"}', 3))

    with pytest.raises(RequestInvalidError):
        await open_engine(model, OPTIONS, launcher=launcher, state=tmp_path)

    for name in ("lease", "gate"):
        [path] = tmp_path.glob(f"engines/*/{name}")
        with path.open() as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)


async def test_start_by_another_that_never_comes_up_is_told(model: GgufFile, tmp_path: Path) -> None:
    child = ScriptedChild(None)
    first = asyncio.create_task(open_engine(model, OPTIONS, launcher=ScriptedLauncher(child), state=tmp_path))
    while not child.written:
        await asyncio.sleep(0)

    with pytest.raises(ProviderTimeoutError, match="another vivek"):
        hasty = EngineOptions(window=4_096, threads=1, load_timeout=0.05)
        await open_engine(model, hasty, launcher=ScriptedLauncher(), state=tmp_path)

    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    assert child.stopped


@pytest.mark.kill
async def test_end_of_an_engine_is_explained_to_starter_and_guest(opened: Opener) -> None:
    first = await opened()
    second = await opened()
    assert first.child is not None
    assert (first.ended(), await second.cause_of_end()) == (False, "")

    psutil.Process(first.child.pid).kill()

    assert await first.cause_of_end() == "it was killed, probably because memory ran out"
    assert first.ended()
    assert not second.ended()
    assert await second.cause_of_end() == "its process is gone"
