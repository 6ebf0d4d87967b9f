"""What this machine has to give."""

from pathlib import Path

import pytest

from vivek.session.machine import ask_vm_stat, free_memory

VM_STAT = """Mach Virtual Memory Statistics: (page size of 16384 bytes)
Pages free:                                3632.
Pages active:                            138466.
Pages inactive:                          137312.
Pages speculative:                          480.
Pages wired down:                         83934.
Pages purgeable:                           1056.
"Translation faults":                 123456789.
"""


def silent() -> str:
    return ""


def test_free_memory_is_read_in_bytes(tmp_path: Path) -> None:
    (tmp_path / "meminfo").write_text("MemTotal:       24684352 kB\nMemAvailable:    2048 kB\n")

    assert free_memory(tmp_path / "meminfo", silent) == 2048 * 1024


@pytest.mark.parametrize("text", ["", "MemAvailable:\n", "MemAvailable: many kB\n", "MemFree: 12 kB\n"])
def test_what_the_system_does_not_say_is_unknown(tmp_path: Path, text: str) -> None:
    (tmp_path / "meminfo").write_text(text)

    assert free_memory(tmp_path / "meminfo", lambda: VM_STAT) is None


def test_where_there_is_no_such_file_the_pages_of_macos_are_counted(tmp_path: Path) -> None:
    assert free_memory(tmp_path / "absent", lambda: VM_STAT) == (3632 + 137312 + 480) * 16384


@pytest.mark.parametrize("told", ["", "Pages free: 12.\n", "(page size of 4096 bytes)\nPages active: 3.\n"])
def test_a_system_that_tells_neither_is_unknown(tmp_path: Path, told: str) -> None:
    assert free_memory(tmp_path / "absent", lambda: told) is None


def test_a_system_without_vm_stat_has_nothing_to_say(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert ask_vm_stat() == ""
