"""One engine for every vivek that uses the same model: who starts it, who joins, who lets it go.

Each user holds a shared lock on `lease`; the child leaves when nobody does. Whoever looks for an engine or starts
one holds `gate`. `engine.json` names the one that runs. All three lie in a folder that only this user can read.
"""

import asyncio
import fcntl
import hashlib
import json
import os
import stat
import time
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from vivek import __version__
from vivek.errors import ProviderTimeoutError, ProviderUnavailableError, VivekError
from vivek.providers.engine.gguf import GgufFile
from vivek.providers.engine.kept import find_kept, forget_kept, prepare_kept, want_kept
from vivek.providers.engine.launch import ENGINE, EngineOptions, Shared, Started, cause_of_end, connect, start_child
from vivek.providers.wire.llamacpp import LlamaServer
from vivek.schema.process import Child, Launcher

_LEASE_PATIENCE = 5.0
_POLL_SECONDS = 0.02


@dataclass(slots=True)
class Engine:
    """An engine in use.

    Attributes:
        server: What to speak to.
        window: Tokens of its window.
        load_seconds: Time it took to start; None when it ran already.
        child: The process, if it was started here.
        lease: The open lock file, if the engine is shared.
        prompts_kept: How many prompts it keeps computed at a time, None if unknown.
        kept: Path, without an ending, of what it keeps on disk when it leaves; None for nothing.
    """

    server: LlamaServer
    window: int | None
    load_seconds: float | None = None
    child: Child | None = None
    lease: int | None = None
    prompts_kept: int | None = None
    kept: Path | None = None

    def keep(self, *, wanted: bool) -> None:
        """Tell it whether what it computes from now on is to outlive it."""
        if self.kept is not None:
            want_kept(self.kept, wanted=wanted)

    async def wake(self) -> None:
        """Give an engine that fell asleep back what it had read; it has forgotten everything.

        Raises:
            ModelAPIError: If it does not answer.
        """
        if self.kept is None or not (await self.server.props()).sleeping:
            return
        with suppress(OSError):  # nothing is kept: then it wakes at the request
            gate = await _lock(self.kept.with_name(f"{self.kept.name}.wanted"), fcntl.LOCK_EX, _LEASE_PATIENCE)
            with os.fdopen(gate):
                name = await asyncio.to_thread(find_kept, self.kept)
                # Meanwhile somebody else may have woken it: what it has read since then is worth more.
                if name and (await self.server.props()).sleeping:
                    await self.server.restore_slot(name)

    def ended(self) -> bool:
        """Return whether its process is known to have ended; one that another vivek started cannot be seen."""
        return self.child is not None and self.child.returncode() is not None

    async def cause_of_end(self) -> str:
        """Return why it ended, "" if it still serves."""
        if self.child is not None:
            return await cause_of_end(self.child)
        health = await self.server.health()
        return "" if health.ok else "its process is gone"

    async def close(self) -> None:
        """Stop using it; a shared one stays for the others, or for a while."""
        lease, self.lease = self.lease, None
        child, self.child = self.child, None
        if lease is not None:
            os.close(lease)
            if child is not None:
                child.release()
        elif child is not None:
            await child.stop()
        await self.server.close()


async def open_engine(
    file: GgufFile, options: EngineOptions, *, launcher: Launcher, state: Path, digest: str = ""
) -> Engine:
    """Join the engine that runs `file` this way, or start one.

    Args:
        file: A file that can be used.
        options: How it is to run.
        launcher: Starts processes.
        state: Folder for what the vivek processes of this user share; without it the engine is not shared.
        digest: What tells the weights from others, "" if unknown: then nothing is kept.

    Raises:
        ModelAPIError: If there is none and none can be started.
    """
    try:
        place = _prepare(state, file, options)
        lease = await _lock(place / "lease", fcntl.LOCK_SH, _LEASE_PATIENCE)
    except OSError:  # a read-only home, a file system without locks: an engine of one's own works there too
        return _engine(await start_child(file, options, launcher=launcher, shared=None), None)
    async with AsyncExitStack() as undo:
        undo.callback(os.close, lease)
        gate = await _lock(place / "gate", fcntl.LOCK_EX, options.load_timeout)
        with os.fdopen(gate):
            engine = await _join(place, file)
            if engine is None:
                engine = await _start(place, file, options, launcher, digest)
        undo.pop_all()
        engine.lease = lease
        return engine


async def _join(place: Path, file: GgufFile) -> Engine | None:
    """Return the engine that is on record, None when it does not answer as what it should be."""
    try:
        record = json.loads((place / "engine.json").read_text("utf-8"))
        kept = Path(record["kept"]) if record["kept"] else None
        engine = Engine(connect(str(record["url"]), str(record["key"])), None, kept=kept)
        engine.prompts_kept = record["prompts_kept"]
    except (OSError, ValueError, LookupError, TypeError, VivekError):
        return None
    try:
        props = await engine.server.props()
        if props.model_path == str(file.path):
            engine.window = props.window
            return engine
    except VivekError:
        pass  # a stale record: its port is closed, or somebody else's by now
    await engine.server.close()
    return None


async def _start(place: Path, file: GgufFile, options: EngineOptions, launcher: Launcher, digest: str) -> Engine:
    kept = prepare_kept(options.kept, file.path, digest, options.window) if options.kept else None
    shared = Shared(place / "lease", kept, await asyncio.to_thread(find_kept, kept) if kept else "")
    try:
        started = await start_child(file, options, launcher=launcher, shared=shared)
    except ProviderUnavailableError:
        if kept is None or not shared.restored:
            raise
        forget_kept(kept)  # an engine that dies of what it is to go on with would never come up again
        started = await start_child(file, options, launcher=launcher, shared=replace(shared, restored=""))
    with suppress(OSError):  # a full disk: then this engine is found by nobody else, and still works
        _keep_record(place, started, kept)
    return _engine(started, kept)


def _engine(started: Started, kept: Path | None) -> Engine:
    return Engine(
        started.server,
        started.window,
        started.load_seconds,
        started.child,
        prompts_kept=started.prompts_kept,
        kept=kept,
    )


def _keep_record(place: Path, started: Started, kept: Path | None) -> None:
    fresh = place / "engine.json.new"
    said = {"url": started.url, "key": started.key, "pid": started.child.pid, "prompts_kept": started.prompts_kept}
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600), "w") as record:
        json.dump(said | {"kept": str(kept) if kept else None}, record)
    fresh.replace(place / "engine.json")


def _prepare(state: Path, file: GgufFile, options: EngineOptions) -> Path:
    """Return the folder of the engines that are alike: same file, same window, same version of vivek."""
    said = file.path.stat()
    alike = [__version__, str(file.path), said.st_size, said.st_mtime_ns, options.window, options.threads]
    engines = state / "engines"
    place = engines / hashlib.sha256(json.dumps(alike).encode()).hexdigest()[:16]
    engines.mkdir(mode=0o700, parents=True, exist_ok=True)
    place.mkdir(mode=0o700, exist_ok=True)
    found = place.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        msg = f"{place} can be read by others."
        raise PermissionError(msg)
    return place


async def _lock(path: Path, kind: int, patience: float) -> int:
    """Open and lock a file; closing the descriptor gives the lock back."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    until = time.monotonic() + patience
    locked = False
    try:
        while not locked:
            try:
                fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
                locked = True
            except BlockingIOError as error:
                if time.monotonic() > until:
                    msg = f"{ENGINE} is being started by another vivek and does not come up."
                    raise ProviderTimeoutError(msg, hint="End that one, then ask again.") from error
                await asyncio.sleep(_POLL_SECONDS)
    finally:
        if not locked:
            os.close(descriptor)
    return descriptor
