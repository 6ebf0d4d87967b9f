"""One lock a thread."""

import subprocess
import sys
from pathlib import Path

import pytest

from vivek.errors import ThreadError, WorkspaceError
from vivek.session.locks import thread_lock

HOLD = """
import sys
from pathlib import Path
from vivek.session.locks import thread_lock
folder, sys.argv[1:] = Path(sys.argv[1]), ["chat", "what was asked"]
with thread_lock(folder, "calm-otter-7"):
    print("held", flush=True)
    sys.stdin.readline()
"""


@pytest.mark.covers("F-D02")
def test_a_second_process_is_told_who_holds_the_thread(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        told = rf"in use by `vivek chat` \(process {holder.pid}\) since ([\d-]+ )?\d\d:\d\d\."
        with pytest.raises(ThreadError, match=told), thread_lock(tmp_path, "calm-otter-7"):
            pass
        with thread_lock(tmp_path, "bold-fox-1"):
            pass
        holder.kill()
        holder.wait()
        with thread_lock(tmp_path, "calm-otter-7"):
            pass


def test_a_lock_is_given_back_after_an_error(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), thread_lock(tmp_path, "calm-otter-7"):
        raise RuntimeError

    with thread_lock(tmp_path, "calm-otter-7"):
        pass


def test_a_link_in_place_of_the_lock_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "locks").mkdir()
    (tmp_path / "locks" / "calm-otter-7.lock").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(WorkspaceError, match="cannot be used as a lock"), thread_lock(tmp_path, "calm-otter-7"):
        pass
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize(
    "said", [b"", b"{}", b"[1, 2]", b'["rm -rf", 1, 2]', b'["vivek", "x", 1]', b'["vivek", 1, 1e300]']
)
def test_a_lock_that_does_not_say_who_holds_it_still_holds(tmp_path: Path, said: bytes) -> None:
    with thread_lock(tmp_path, "calm-otter-7"):
        (tmp_path / "locks" / "calm-otter-7.lock").write_bytes(said)
        with pytest.raises(ThreadError, match="in use by another process"), thread_lock(tmp_path, "calm-otter-7"):
            pass


def test_a_lock_that_is_held_since_another_day_says_so(tmp_path: Path) -> None:
    with thread_lock(tmp_path, "calm-otter-7"):
        (tmp_path / "locks" / "calm-otter-7.lock").write_bytes(b'["vivek", 12, 86400.0]')
        with pytest.raises(ThreadError, match="since 1970-01-02 00:00"), thread_lock(tmp_path, "calm-otter-7"):
            pass
