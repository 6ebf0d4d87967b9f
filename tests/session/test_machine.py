"""What this machine has to give."""

from pathlib import Path

import pytest

from vivek.session.machine import free_memory


def test_free_memory_is_read_in_bytes(tmp_path: Path) -> None:
    (tmp_path / "meminfo").write_text("MemTotal:       24684352 kB\nMemAvailable:    2048 kB\n")

    assert free_memory(tmp_path / "meminfo") == 2048 * 1024


@pytest.mark.parametrize("text", ["", "MemAvailable:\n", "MemAvailable: many kB\n", "MemFree: 12 kB\n"])
def test_what_the_system_does_not_say_is_unknown(tmp_path: Path, text: str) -> None:
    (tmp_path / "meminfo").write_text(text)

    assert free_memory(tmp_path / "meminfo") is None
    assert free_memory(tmp_path / "absent") is None
