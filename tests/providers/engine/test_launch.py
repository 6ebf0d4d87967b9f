"""Starting the engine's child: what is sent, and what every way of failing is told as."""

import asyncio
import json
import signal
import socket
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from tests.engine.tiny_model import TinyModel
from tests.providers.engine.doubles import ScriptedChild, ScriptedLauncher
from vivek.errors import (
    ModelAPIError,
    ProviderTimeoutError,
    ProviderUnavailableError,
    RequestInvalidError,
    WorkspaceError,
)
from vivek.providers.engine.gguf import GgufFile, load_gguf
from vivek.providers.engine.launch import EngineOptions, Shared, cause_of_end, start_child
from vivek.providers.wire.cache_size import CacheSize
from vivek.schema.process import Child
from vivek.workspace.process import launch

FILE = GgufFile(Path("/models/coder.gguf"), "coder", size_bytes=7, context_length=4_096, cache=CacheSize(9, ""))
UNKNOWN_ARCHITECTURE = """\
0.00.003.618 E llama_model_load: error loading model: unknown model architecture: 'martian'
0.00.003.646 E llama_model_load_from_file_impl: failed to load model
"""
CUT_OFF = "0.00.003.344 E gguf_init_from_reader: failed to read tensor info\n" + UNKNOWN_ARCHITECTURE
NO_MEMORY = "0.55.563.788 E llama_init_from_model: failed to initialize the context: std::bad_alloc\n"
ABORT = "0.1 E noise\n/src/ggml.c:12: GGML_ASSERT(n > 0) failed\nmore noise\n"


def refused(kind: str, error: str = "Failed to init server") -> bytes:
    return json.dumps({"kind": kind, "error": error}).encode() + b"\n"


async def failure(child: ScriptedChild) -> ModelAPIError:
    with pytest.raises(ModelAPIError) as caught:
        await start_child(FILE, EngineOptions(), launcher=ScriptedLauncher(child), shared=None)
    assert child.stopped
    return caught.value


@pytest.mark.parametrize(
    ("child", "kind", "words"),
    [
        (ScriptedChild(refused("missing", "No module named 'x'"), 3), ProviderUnavailableError, "is not installed."),
        (ScriptedChild(refused("missing", "GLIBC_2.28 not found"), 3), ProviderUnavailableError, "GLIBC_2.28"),
        (ScriptedChild(refused("cpu", "It lacks avx2."), 3), ProviderUnavailableError, "on this CPU. It lacks avx2."),
        (ScriptedChild(refused("load"), 3, UNKNOWN_ARCHITECTURE), RequestInvalidError, "architecture: 'martian'"),
        (ScriptedChild(refused("load"), 3, CUT_OFF), RequestInvalidError, "coder: failed to read tensor info"),
        (ScriptedChild(refused("load"), 3, NO_MEMORY), ProviderUnavailableError, "std::bad_alloc"),
        (ScriptedChild(refused("load", "value too large"), 3), RequestInvalidError, "coder: value too large"),
        (ScriptedChild(b"", -signal.SIGILL), ProviderUnavailableError, "loaded coder: this CPU lacks"),
        (ScriptedChild(b"", -signal.SIGKILL), ProviderUnavailableError, "killed, probably because memory ran out"),
        (ScriptedChild(b"", -signal.SIGABRT, ABORT), ProviderUnavailableError, "it aborted: GGML_ASSERT(n > 0)"),
        (ScriptedChild(b"", -signal.SIGSEGV), ProviderUnavailableError, "segmentation fault"),
        (ScriptedChild(b"", -signal.SIGBUS), ProviderUnavailableError, "signal 7"),
        (ScriptedChild(b"", 1, "Traceback\nValueError: odd\n"), ProviderUnavailableError, "status 1: ValueError: odd"),
        (ScriptedChild(b"", 1), ProviderUnavailableError, "exit status 1."),
        (ScriptedChild(b"no json\n", None), ProviderUnavailableError, "it hangs"),
    ],
)
async def test_child_that_does_not_come_up_is_explained(
    child: ScriptedChild, kind: type[ModelAPIError], words: str
) -> None:
    error = await failure(child)

    assert type(error) is kind
    assert words in error.message
    assert error.hint


@pytest.mark.covers("F-A15")
async def test_missing_extra_names_the_command_that_installs_it() -> None:
    error = await failure(ScriptedChild(refused("missing", "No module named 'xllamacpp'"), 3))

    assert error.hint == 'Install it with `pip install "vivek[local]"`.'


async def test_order_names_the_model_and_keeps_the_key_out_of_the_command_line(tmp_path: Path) -> None:
    child = ScriptedChild(refused("load"), 3)
    launcher = ScriptedLauncher(child)
    options = EngineOptions(window=2_048, threads=3, linger=1.5)
    shared = Shared(tmp_path / "lease", tmp_path / "abc", "abc-1.bin")

    with pytest.raises(RequestInvalidError):
        await start_child(FILE, options, launcher=launcher, shared=shared)

    order = json.loads(child.written[0])
    [(argv, env)] = launcher.calls
    key = order.pop("key")
    assert 64 <= order.pop("memory_mebibytes") <= 1_024
    assert order == {
        "model": "/models/coder.gguf",
        "window": 2_048,
        "embedding": False,
        "sleep": 1_800,
        "threads": 3,
        "lease": str(tmp_path / "lease"),
        "linger": 1.5,
        "kept": str(tmp_path / "abc"),
        "kept_bytes": 2 * 10**9,
        "restored": "abc-1.bin",
    }
    assert len(key) >= 32
    assert key not in " ".join(argv)
    assert env == {"GGML_NO_BACKTRACE": "1"}
    assert "-P" in argv  # a module of the project being worked on must never be taken for ours


async def test_model_that_loads_too_long_is_given_up() -> None:
    child = ScriptedChild(None)

    with pytest.raises(ProviderTimeoutError, match=r"coder within 0\.01 s"):
        await start_child(FILE, EngineOptions(load_timeout=0.01), launcher=ScriptedLauncher(child), shared=None)

    assert child.stopped


async def test_cancelling_while_the_model_loads_ends_the_child() -> None:
    child = ScriptedChild(None)
    task = asyncio.create_task(start_child(FILE, EngineOptions(), launcher=ScriptedLauncher(child), shared=None))
    while not child.written:
        await asyncio.sleep(0)

    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert child.stopped


async def test_child_that_dies_before_its_order_is_explained_by_its_status() -> None:
    class Deaf(ScriptedChild):
        async def write_line(self, line: bytes) -> None:
            raise BrokenPipeError

    error = await failure(Deaf(b"", -signal.SIGILL))

    assert "lacks an instruction" in error.message


async def test_child_that_says_ready_but_does_not_answer_is_ended() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    child = ScriptedChild(json.dumps({"url": f"http://127.0.0.1:{port}", "pid": 1}).encode())

    error = await failure(child)

    assert "started but does not answer" in error.message


async def test_launcher_that_fails_is_a_provider_that_is_not_there() -> None:
    async def no_processes(argv: Sequence[str], *, env: Mapping[str, str] | None = None) -> Child:
        msg = "No more processes."
        raise WorkspaceError(msg, hint="Close some.")

    with pytest.raises(ProviderUnavailableError, match="No more processes") as caught:
        await start_child(FILE, EngineOptions(), launcher=no_processes, shared=None)

    assert caught.value.hint == "Close some."


async def test_child_that_still_runs_has_no_cause_of_end() -> None:
    assert await cause_of_end(ScriptedChild(code=None)) == ""
    assert await cause_of_end(ScriptedChild(code=0)) == "exit status 0"


@pytest.mark.engine
async def test_started_child_tells_its_real_window_and_its_load_time(tiny_model: TinyModel) -> None:
    options = EngineOptions(window=99_000, threads=1)

    started = await start_child(load_gguf(tiny_model.q8_0), options, launcher=launch, shared=None)

    try:
        assert started.window == 32_768
        assert 0 < started.load_seconds < 60
        assert (await started.server.health()).ok
    finally:
        await started.server.close()
        await started.child.stop()
