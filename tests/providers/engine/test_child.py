"""The engine's child: what it chooses by itself, and the lines it exchanges with its parent."""

import fcntl
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from tests.engine.tiny_model import TinyModel
from vivek.providers.engine import child
from vivek.providers.engine.child import (
    Ask,
    fitting_window,
    free_memory,
    missing_features,
    physical_cores,
    prompt_cache_mebibytes,
    thread_count,
)

GIBIBYTE = 2**30
SEVEN_BILLION = Ask(key="k", model="m", size_bytes=5 * GIBIBYTE, window_maximum=131_072, cache_bytes=57_344)
CPUINFO = "processor\t: 0\nflags\t\t: fpu sse4_2 avx {}\nbugs\t\t:\n\nprocessor\t: 1\n"


@contextmanager
def running(*options: str, **ask: object) -> Iterator[tuple[subprocess.Popen[bytes], dict[str, Any]]]:
    """Start the child and give it one line; yield it with its answer."""
    process = subprocess.Popen(
        [sys.executable, *options, child.__file__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "GGML_NO_BACKTRACE": "1"},
    )
    assert process.stdin is not None
    assert process.stdout is not None
    with process:
        try:
            process.stdin.write(json.dumps({"key": "secret", "threads": 1, **ask}).encode() + b"\n")
            process.stdin.flush()
            yield process, json.loads(process.stdout.readline())
        finally:
            process.kill()


@pytest.mark.parametrize(
    ("flags", "missing"),
    [("avx2 bmi2 f16c fma", ()), ("avx2 fma", ("bmi2", "f16c")), ("", ("avx2", "bmi2", "f16c", "fma"))],
)
def test_cpu_without_the_needed_instructions_is_found_out(flags: str, missing: tuple[str, ...]) -> None:
    assert missing_features("x86_64", CPUINFO.format(flags)) == missing


def test_other_machines_are_not_asked_for_these_instructions() -> None:
    assert missing_features("aarch64", "flags\t: neon") == ()
    assert missing_features("AMD64", "a system that does not tell") == ()


@pytest.mark.parametrize(
    ("free", "window"), [(24 * GIBIBYTE, 32_768), (8 * GIBIBYTE, 16_384), (7 * GIBIBYTE, 16_384), (GIBIBYTE, 4_096)]
)
def test_window_follows_the_memory_that_the_weights_leave(free: int, window: int) -> None:
    assert fitting_window(SEVEN_BILLION, free) == window


def test_window_is_never_larger_than_the_model_was_made_for() -> None:
    assert fitting_window(Ask("k", "m", window_maximum=2_048), 24 * GIBIBYTE) == 2_048
    assert fitting_window(Ask("k", "m", window=8_192, window_maximum=2_048), 24 * GIBIBYTE) == 2_048
    assert fitting_window(Ask("k", "m", window=8_192), 0) == 8_192
    assert fitting_window(Ask("k", "m"), 24 * GIBIBYTE) == 4_096


@pytest.mark.parametrize(("free", "mebibytes"), [(24 * GIBIBYTE, 1_024), (9 * GIBIBYTE, 512), (GIBIBYTE, 64)])
def test_prompt_cache_is_sized_from_free_memory(free: int, mebibytes: int) -> None:
    assert prompt_cache_mebibytes(SEVEN_BILLION, free) == mebibytes


@pytest.mark.parametrize(
    ("cores", "load", "threads"), [(8, 0.2, 8), (8, 2.6, 5), (8, 30.0, 4), (2, 2.0, 1), (1, 9.0, 1)]
)
def test_threads_leave_busy_cores_alone_but_keep_half(cores: int, load: float, threads: int) -> None:
    assert thread_count(cores, load) == threads


def test_two_threads_of_one_core_count_once(tmp_path: Path) -> None:
    for number, siblings in enumerate(["0,4", "1,5", "2,6", "3,7", "0,4", "1,5", "2,6", "3,7"]):
        place = tmp_path / f"cpu{number}" / "topology"
        place.mkdir(parents=True)
        (place / "thread_siblings_list").write_text(f"{siblings}\n")

    assert physical_cores(range(8), tmp_path) == 4
    assert physical_cores([0, 1, 4], tmp_path) == 2
    assert physical_cores(range(8), tmp_path, "max 100000\n") == 4
    assert physical_cores(range(8), tmp_path, "250000 100000\n") == 2
    assert physical_cores(range(8), tmp_path, "50000 100000\n") == 1
    assert physical_cores(range(3), tmp_path / "nothing") == 3


def test_free_memory_is_what_the_system_and_the_container_leave() -> None:
    meminfo = "MemTotal:       24684384 kB\nMemFree:         1000000 kB\nMemAvailable:    8388608 kB\n"

    assert free_memory(meminfo) == 8 * GIBIBYTE
    assert free_memory(meminfo, "max\n", "100\n") == 8 * GIBIBYTE
    assert free_memory(meminfo, f"{2 * GIBIBYTE}\n", f"{GIBIBYTE}\n") == GIBIBYTE
    assert free_memory(meminfo, "100\n", "200\n") == 0
    assert free_memory("") > 0


@pytest.mark.engine
def test_child_serves_on_loopback_to_the_key_only(tiny_model: TinyModel) -> None:
    key = {"Authorization": "Bearer secret"}
    with running(model=str(tiny_model.q8_0), window=4_096) as (process, answer):
        refused = httpx.get(answer["url"] + "/props", trust_env=False)
        props = httpx.get(answer["url"] + "/props", headers=key, trust_env=False).json()
        page = httpx.get(answer["url"] + "/", headers=key, trust_env=False)

    assert answer["url"].startswith("http://127.0.0.1:")
    assert answer["pid"] == process.pid
    assert refused.status_code == 401
    assert page.status_code == 404
    assert (props["default_generation_settings"]["n_ctx"], props["total_slots"]) == (4_096, 1)


@pytest.mark.engine
def test_key_is_in_neither_the_command_line_nor_the_environment(tiny_model: TinyModel) -> None:
    with running(model=str(tiny_model.q8_0), key="hush-hush") as (process, _):
        seen = psutil.Process(process.pid)
        shown = f"{seen.cmdline()} {seen.environ()}"

    assert "hush-hush" not in shown


@pytest.mark.engine
def test_child_leaves_when_its_parent_hangs_up(tiny_model: TinyModel) -> None:
    with running(model=str(tiny_model.q8_0)) as (process, _):
        assert process.stdin is not None
        process.stdin.close()

        assert process.wait(10) == 0


@pytest.mark.engine
def test_child_stays_while_its_lease_is_held_and_leaves_after_it(tiny_model: TinyModel, tmp_path: Path) -> None:
    lease = tmp_path / "lease"
    with lease.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_SH)
        with running(model=str(tiny_model.q8_0), lease=str(lease), linger=0.1) as (process, _):
            assert process.stdin is not None
            process.stdin.close()
            with pytest.raises(subprocess.TimeoutExpired):
                process.wait(1.0)

            held.close()

            assert process.wait(10) == 0


@pytest.mark.engine
def test_child_counts_the_free_cores_itself(tiny_model: TinyModel) -> None:
    with running(model=str(tiny_model.q8_0), threads=None) as (process, answer):
        assert answer["url"]
        assert psutil.Process(process.pid).num_threads() > 1


@pytest.mark.engine
def test_child_that_cannot_tell_its_address_leaves(tiny_model: TinyModel) -> None:
    order = json.dumps({"key": "secret", "model": str(tiny_model.q8_0), "threads": 1}).encode()
    reader, writer = os.pipe()
    os.close(reader)  # the parent died while the model was loading
    with subprocess.Popen([sys.executable, child.__file__], stdin=subprocess.PIPE, stdout=writer) as process:
        os.close(writer)
        assert process.stdin is not None
        process.stdin.write(order + b"\n")
        process.stdin.flush()

        assert process.wait(20) == 1


def test_child_without_an_order_leaves_at_once() -> None:
    done = subprocess.run([sys.executable, child.__file__], input=b"", capture_output=True, timeout=60, check=False)

    assert (done.returncode, done.stdout) == (0, b"")


def test_child_without_the_engine_says_that_it_is_missing() -> None:
    with running("-I", "-S", model="any") as (process, answer):
        assert answer == {"kind": "missing", "error": "No module named 'xllamacpp'"}
        assert process.wait(10) == 3


@pytest.mark.engine
@pytest.mark.parametrize(
    ("model", "reason"), [("/nowhere/model.gguf", b"failed to open GGUF file"), ("/", b"failed to read magic")]
)
def test_child_that_cannot_load_says_so_and_leaves_the_whole_reason(model: str, reason: bytes) -> None:
    with running(model=model) as (process, answer):
        assert answer == {"kind": "load", "error": "Failed to init server, please check the input params."}
        assert process.wait(10) == 3
        assert process.stderr is not None
        assert reason in process.stderr.read()


@pytest.mark.engine
def test_child_that_cannot_take_its_order_says_so() -> None:
    with running(model="m", window=2**40) as (process, answer):
        assert answer == {"kind": "load", "error": "value too large to convert to int32_t"}
        assert process.wait(10) == 3
