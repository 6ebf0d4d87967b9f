from pathlib import Path

import pytest

from vivek.schema.doctor import Finding
from vivek.session.doctor.machine import gpu_of, look_at_machine, look_at_vivek

X86 = pytest.mark.skipif(
    __import__("platform").machine() not in {"x86_64", "AMD64"}, reason="AVX2 is a matter of x86-64"
)
MEMORY = "MemTotal: 16000000 kB\nMemAvailable: {} kB\nSwapTotal: 8000000 kB\nSwapFree: {} kB\n"


def system(root: Path, *, free: int = 9_000_000, swap_free: int = 8_000_000, flags: str = "sse avx2") -> Path:
    (root / "proc").mkdir()
    (root / "proc/meminfo").write_text(MEMORY.format(free, swap_free))
    (root / "proc/cpuinfo").write_text(f"flags\t: {flags}\n")
    return root


def named(findings: list[Finding], name: str) -> Finding | None:
    return next((finding for finding in findings if finding.name == name), None)


def test_a_machine_with_room_is_good(tmp_path: Path) -> None:
    found = list(look_at_machine(system(tmp_path)))

    memory = named(found, "memory")
    assert memory is not None
    assert (memory.mark, memory.text) == ("good", "9.2 of 16.4 GB free")
    assert named(found, "swap") is None
    assert named(found, "CPU") is None


def test_little_memory_and_a_used_swap_are_told_with_what_helps(tmp_path: Path) -> None:
    found = list(look_at_machine(system(tmp_path, free=3_000_000, swap_free=6_000_000)))

    memory, swap = named(found, "memory"), named(found, "swap")
    assert memory is not None
    assert swap is not None
    assert (memory.mark, swap.mark, swap.text) == ("poor", "poor", "2.0 GB in use")
    assert memory.hint
    assert swap.makes_faster


def test_a_system_that_tells_nothing_is_unknown_not_empty(tmp_path: Path) -> None:
    memory = named(list(look_at_machine(tmp_path)), "memory")

    assert memory is not None
    assert (memory.mark, memory.text) == ("note", "unknown: the system does not tell")


@X86
def test_a_cpu_without_avx2_is_told(tmp_path: Path) -> None:
    cpu = named(list(look_at_machine(system(tmp_path, flags="sse sse2"))), "CPU")

    assert cpu is not None
    assert cpu.mark == "poor"
    assert "AVX2" in cpu.text


@pytest.mark.parametrize(
    ("file", "maker"), [("dev/nvidia0", "NVIDIA"), ("proc/driver/nvidia/version", "NVIDIA"), ("dev/kfd", "AMD")]
)
def test_a_gpu_is_seen_by_its_driver(tmp_path: Path, file: str, maker: str) -> None:
    assert gpu_of(tmp_path) == ""
    (tmp_path / file).parent.mkdir(parents=True)
    (tmp_path / file).touch()

    assert gpu_of(tmp_path) == maker


def test_an_engine_that_is_missing_comes_with_its_command() -> None:
    there = {finding.name: finding for finding in look_at_vivek(lambda name: True)}
    missing = {finding.name: finding for finding in look_at_vivek(lambda name: False)}

    assert (there["embedded engine"].mark, there["MLX"].mark) == ("good", "good")
    assert missing["embedded engine"].mark == "note"
    assert "MLX" not in missing or missing["MLX"].hint
