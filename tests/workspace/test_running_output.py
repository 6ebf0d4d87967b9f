"""Output of a running command: as it comes, bounded, whatever it is."""

import resource
import sys
import time
from pathlib import Path

import pytest

from tests.workspace.test_process import soon_gone
from tests.workspace.test_running import run, sh
from vivek.workspace.tails import HeadAndTail, Latest


async def test_a_listener_hears_everything_in_order(tmp_path: Path) -> None:
    heard: list[bytes] = []

    ran = await run(sh("echo one; sleep 0.2; echo two"), tmp_path, on_output=heard.append)

    assert heard == [b"one\n", b"two\n"], "as it comes, not at the end"
    assert ran.output == b"one\ntwo\n"


async def test_a_listener_hears_what_is_new_while_the_command_goes_on(tmp_path: Path) -> None:
    def hear(piece: bytes) -> None:
        if b"two" in piece:
            (tmp_path / "heard").touch()

    script = "echo one; sleep 0.2; echo two; until [ -e heard ]; do sleep 0.02; done"

    assert (await run(sh(script), tmp_path, timeout=4, on_output=hear)).ending == "exit 0"


@pytest.mark.kill
async def test_a_listener_that_fails_ends_the_command(tmp_path: Path) -> None:
    def fail(_piece: bytes) -> None:
        raise RuntimeError("the screen is gone")

    with pytest.raises(RuntimeError, match="the screen is gone"):
        await run(sh("echo $$ > pid; echo one; sleep 600"), tmp_path, on_output=fail)

    assert await soon_gone(int((tmp_path / "pid").read_text()))


@pytest.mark.covers("F-G03")
async def test_a_gigabyte_takes_little_memory_with_a_slow_listener(tmp_path: Path) -> None:
    size = 1_000_000_000
    pieces = 0
    longest = 0

    def slow(piece: bytes) -> None:
        nonlocal pieces, longest
        pieces, longest = pieces + 1, max(longest, len(piece))
        time.sleep(0.01)

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    ran = await run(sh(f"echo first; yes {'x' * 60} | head -c {size}; echo; echo last"), tmp_path, 120, on_output=slow)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024

    assert ran.ending == "exit 0"
    assert ran.omitted > size - 70_000
    assert ran.output.startswith(b"first\nxxx")
    assert ran.output.endswith(b"\nlast\n")
    assert f"{ran.omitted:,} bytes left out".encode() in ran.output
    assert len(ran.output) < 66_000
    assert grown < 50
    assert pieces > 5
    assert longest < 70_000


@pytest.mark.covers("F-G03")
async def test_binary_output_without_lines_is_kept_as_it_is(tmp_path: Path) -> None:
    code = "import sys; sys.stdout.buffer.write(bytes(range(256)) * 4000)"

    ran = await run([sys.executable, "-c", code], tmp_path, keep=1000)

    assert ran.output.startswith(bytes(range(256)))
    assert ran.output.endswith(bytes(range(256)))
    assert ran.omitted == 1_024_000 - (len(ran.output) - len(f"\n[... {ran.omitted:,} bytes left out ...]\n"))


def test_a_cut_falls_between_lines_where_one_is_near() -> None:
    kept = HeadAndTail(100)
    for number in range(1000):
        kept.add(f"{number}\n".encode())

    value = kept.value()

    assert value.startswith(b"0\n1\n2\n")
    assert value.endswith(b"\n998\n999\n")
    head, _, tail = value.partition(f"\n[... {kept.omitted:,} bytes left out ...]\n".encode())
    assert head.endswith(b"\n")
    assert tail.split(b"\n")[0] in [str(number).encode() for number in range(900, 1000)]
    assert len(head) + len(tail) + kept.omitted == kept.size == 3890


@pytest.mark.parametrize("sizes", [[1], [100], [50, 50], [101], [7] * 40, [1000, 1], [1, 1000]])
def test_nothing_is_lost_or_made_up(sizes: list[int]) -> None:
    kept, whole = HeadAndTail(100), b""
    for number, size in enumerate(sizes):
        piece = bytes([65 + number % 26]) * size
        kept.add(piece)
        whole += piece

    value = kept.value()

    if kept.omitted:
        head, _, tail = value.partition(f"\n[... {kept.omitted:,} bytes left out ...]\n".encode())
        assert len(head) + len(tail) == 100
        assert whole.startswith(head)
        assert whole.endswith(tail)
    else:
        assert value == whole
        assert len(whole) <= 100


def test_what_is_waiting_is_bounded_and_says_what_it_lost() -> None:
    waiting = Latest(10)
    waiting.add(b"0123456789")
    assert waiting.take() == b"0123456789"
    assert waiting.take() == b""

    waiting.add(b"abc")
    waiting.add(b"0123456789")
    assert waiting.take() == b"\n[... 3 bytes left out ...]\n0123456789"
    assert waiting.take() == b""
