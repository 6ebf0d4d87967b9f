"""Starts the engine's child by the handed launcher, waits until it serves, and says why it does not.

It starts no process itself and knows nothing of sharing; `sharing.py` does.
"""

import json
import re
import secrets
import signal
import sys
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

from vivek.errors import (
    ModelAPIError,
    ProviderTimeoutError,
    ProviderUnavailableError,
    RequestInvalidError,
    WorkspaceError,
)
from vivek.providers.engine.gguf import GgufFile
from vivek.providers.engine.kept import LIMIT_BYTES
from vivek.providers.engine.sizing import EngineSize, prompts_kept, size_for
from vivek.providers.wire.address import bearer_header
from vivek.providers.wire.http import HttpDoor
from vivek.providers.wire.llamacpp import LlamaServer
from vivek.schema.process import Child, Launcher

ENGINE = "The embedded engine"
# By its path: the project being worked on is no place to look for modules, and the file needs nothing of vivek.
CHILD = Path(__file__).with_name("child.py")
_ENDING_SECONDS = 2.0
_STAMP = re.compile(r"^[\d.]+ [A-Z] +")
_REASON = re.compile(r"E gguf_\w+: *(.+)|error loading model: *(.+)|failed to initialize the context: *(.+)")
_ASSERTION = re.compile(r"GGML_ASSERT.*|GGML_ABORT.*")
_MEMORY = re.compile(r"bad_alloc|memory|allocat", re.IGNORECASE)
_ENDINGS = {
    -signal.SIGILL: "this CPU lacks an instruction it needs (AVX2)",
    -signal.SIGABRT: "it aborted",
    -signal.SIGKILL: "it was killed, probably because memory ran out",
    -signal.SIGSEGV: "it crashed (segmentation fault)",
}


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """How an engine is to run.

    Attributes:
        window: Tokens of the window, None to choose by free memory.
        threads: Threads that compute, None for the cores that are free.
        linger: Seconds a shared child stays after its last user left.
        load_timeout: Seconds that loading the model may take.
        kept: Folder where what it has computed outlives a shared engine, None to keep nothing.
        sleep: Seconds without a request after which it gives its memory back.
    """

    window: int | None = None
    threads: int | None = None
    linger: float = 60.0
    load_timeout: float = 600.0
    kept: Path | None = None
    sleep: int = 1_800


@dataclass(frozen=True, slots=True)
class Started:
    """A child that serves; `window` is what it really loaded, at most what the model was made for."""

    child: Child
    server: LlamaServer
    url: str
    key: str = field(repr=False)
    window: int | None
    load_seconds: float
    prompts_kept: int | None


@dataclass(frozen=True, slots=True)
class Shared:
    """What a child that several vivek processes use is given.

    Attributes:
        lease: The file whose lock keeps it alive.
        kept: Path, without an ending, of what it keeps on disk; None for nothing.
        restored: Name of the file beside it to begin with, "" for none.
    """

    lease: Path
    kept: Path | None = None
    restored: str = ""


async def start_child(file: GgufFile, options: EngineOptions, *, launcher: Launcher, shared: Shared | None) -> Started:
    """Start a child for `file` and wait until it serves.

    Args:
        file: A file that can be used.
        options: How it is to run.
        launcher: Starts the process.
        shared: What a shared child is given; None for one that dies with its parent.

    Raises:
        ProviderUnavailableError: If the engine is not installed, this machine cannot run it, or it died.
        RequestInvalidError: If it refuses the file.
        ProviderTimeoutError: If loading takes too long.
    """
    began = time.monotonic()
    key = secrets.token_urlsafe(32)
    size = size_for(file, options.window, options.threads)
    try:
        child = await launcher([sys.executable, "-P", str(CHILD)], env={"GGML_NO_BACKTRACE": "1"})
    except WorkspaceError as error:
        msg = f"{ENGINE} cannot be started: {error.message}"
        raise ProviderUnavailableError(msg, hint=error.hint) from error
    async with AsyncExitStack() as undo:
        undo.push_async_callback(child.stop, grace=0.0)
        url = await _served_url(child, file, _ask(file, size, key, options, shared), options.load_timeout)
        server = connect(url, key)
        undo.push_async_callback(server.close)
        health = await server.health()
        if not health.ok:
            msg = f"{ENGINE} started but does not answer: {health.detail}"
            raise ProviderUnavailableError(msg, hint="Ask again.")
        window = (await server.props()).window
        undo.pop_all()
        seconds = time.monotonic() - began
        return Started(child, server, url, key, window, seconds, prompts_kept(file, window, size.memory_mebibytes))


def connect(url: str, key: str) -> LlamaServer:
    """Return the engine that serves at `url`."""
    return LlamaServer(
        HttpDoor(url, server="vivek's own engine", headers=bearer_header(key), start_hint="Ask again to restart it.")
    )


async def cause_of_end(child: Child) -> str:
    """Return why a child ended, "" if it still runs."""
    code = await child.wait(_ENDING_SECONDS)
    return "" if code is None else _ending(code, child.diagnostics())


def _ask(file: GgufFile, size: EngineSize, key: str, how: EngineOptions, shared: Shared | None) -> dict[str, object]:
    ask: dict[str, object] = {
        "key": key,
        "model": str(file.path),
        "window": size.window,
        "memory_mebibytes": size.memory_mebibytes,
        "threads": size.threads,
        "embedding": file.role == "embedding",
        "sleep": how.sleep,
    }
    if shared is None:
        return ask
    ask |= {"lease": str(shared.lease), "linger": how.linger}
    if shared.kept is None:
        return ask
    return ask | {"kept": str(shared.kept), "kept_bytes": LIMIT_BYTES, "restored": shared.restored}


async def _served_url(child: Child, file: GgufFile, ask: dict[str, object], patience: float) -> str:
    try:
        await child.write_line(json.dumps(ask).encode() + b"\n")
        line = await child.read_line(patience)
    except TimeoutError as error:
        msg = f"{ENGINE} did not load {file.name} within {patience:g} s."
        raise ProviderTimeoutError(msg, hint="Use a smaller model.") from error
    except (OSError, WorkspaceError):
        line = b""  # it died before it read its line: its exit status tells why
    try:
        answer = json.loads(line)
    except ValueError:
        answer = {}
    if "url" in answer:
        return str(answer["url"])
    code = await child.wait(_ENDING_SECONDS)
    raise _refusal(file, answer.get("kind"), str(answer.get("error", "")), code, child.diagnostics())


def _refusal(file: GgufFile, kind: object, error: str, code: int | None, diagnostics: str) -> ModelAPIError:
    """Return the error for a child that did not come to serve."""
    if kind == "missing":
        detail = "" if error.startswith("No module named") else f": {error}"
        return ProviderUnavailableError(
            f"{ENGINE} is not installed{detail}.", hint='Install it with `pip install "vivek[local]"`.'
        )
    if kind == "cpu":
        hint = "Use a model server built for this machine, such as Ollama or `llama-server`."
        return ProviderUnavailableError(f"{ENGINE} cannot run on this CPU. {error}", hint=hint)
    if kind != "load":
        msg = f"{ENGINE} ended while it loaded {file.name}: {_ending(code, diagnostics)}."
        return ProviderUnavailableError(msg, hint="Use a smaller model, or a model server such as Ollama.")
    reason = _reason(diagnostics) or error
    msg = f"{ENGINE} cannot load {file.name}: {reason}"
    if _MEMORY.search(reason):
        return ProviderUnavailableError(msg, hint="Close other programs, or use a smaller model or window.")
    return RequestInvalidError(msg, hint="Fetch the file again, or choose another model.")


def _reason(diagnostics: str) -> str:
    """Return the first line of llama.cpp's that names a cause; the ones after it only repeat that it failed."""
    found = _REASON.search(diagnostics)
    return next(text for text in found.groups() if text).strip() if found else ""


def _ending(code: int | None, diagnostics: str) -> str:
    if code is None:
        return "it hangs"
    what = _ENDINGS.get(code) or (f"signal {-code}" if code < 0 else f"exit status {code}")
    assertion = _ASSERTION.search(diagnostics)
    lines = [_STAMP.sub("", line) for line in diagnostics.splitlines() if line.strip()]
    detail = assertion[0] if assertion else lines[-1] if lines and code > 0 else ""
    return f"{what}: {detail}" if detail else what
