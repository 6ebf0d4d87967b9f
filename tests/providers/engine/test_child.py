"""The engine's child: whether it can run here, and the lines it exchanges with its parent."""

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
from vivek.providers.engine.child import missing_features

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
