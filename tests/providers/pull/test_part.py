"""What lies in a part's place: another vivek's lock, another file's bytes, a note that lies."""

import fcntl
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.providers.pull.file_host import names_in, sha256
from vivek.errors import WorkspaceError
from vivek.providers.pull.part import Disk, Part
from vivek.providers.pull.wanted import Checksum, WantedFile

DATA = b"a model" * 1_000
WANTED = WantedFile("a.gguf", "https://host.example/a.gguf", len(DATA), Checksum("sha256", sha256(DATA)))
NOTE = {"version": 1, "url": WANTED.url, "size": WANTED.size, "checksum": f"sha256:{WANTED.checksum.value}", "tag": ""}


def part_of(folder: Path, wanted: WantedFile = WANTED) -> Part:
    return Part(wanted, folder, Disk())


def leave(folder: Path, data: bytes, note: object) -> None:
    (folder / "a.gguf.part").write_bytes(data)
    (folder / "a.gguf.part.json").write_text(note if isinstance(note, str) else json.dumps(note))


def test_what_an_earlier_attempt_left_is_kept(tmp_path: Path) -> None:
    leave(tmp_path, DATA[:500], NOTE | {"tag": '"x"'})

    assert part_of(tmp_path).left() == 500
    with part_of(tmp_path) as part:
        assert (part.have, part.tag) == (500, '"x"')
        assert list(part.recount()) == [500]
        part.add(DATA[500:])
        assert part.proven()
        part.finish()
    assert (tmp_path / "a.gguf").read_bytes() == DATA
    assert names_in(tmp_path) == ["a.gguf"]


@pytest.mark.parametrize(
    "note",
    [
        "",
        "no json",
        "[" * 100_000,
        "[]",
        "3",
        NOTE | {"url": "https://evil.example/a.gguf"},
        NOTE | {"size": 3},
        NOTE | {"checksum": "sha256:" + "0" * 64},
        NOTE | {"version": 2},
        NOTE | {"more": 1},
        NOTE | {"tag": 7},
        NOTE | {"tag": None},
        {"version": 1},
    ],
)
def test_a_note_that_is_not_on_this_very_file_counts_for_nothing(note: object, tmp_path: Path) -> None:
    leave(tmp_path, DATA[:500], note)

    assert part_of(tmp_path).left() == 0
    with part_of(tmp_path) as part:
        assert part.have == 0
    assert (tmp_path / "a.gguf.part").stat().st_size == 0


def test_more_bytes_than_the_file_has_count_for_nothing(tmp_path: Path) -> None:
    leave(tmp_path, DATA + b"!", NOTE)

    assert part_of(tmp_path).left() == 0
    with part_of(tmp_path) as part:
        assert part.have == 0


def test_a_part_without_a_note_counts_for_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.gguf.part").write_bytes(DATA[:500])

    with part_of(tmp_path) as part:
        assert part.have == 0


@pytest.mark.parametrize("name", ["a.gguf.part", "a.gguf.part.json"])
def test_a_link_is_not_followed(name: str, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("mine")
    (tmp_path / name).symlink_to(victim)

    with pytest.raises(WorkspaceError), part_of(tmp_path) as part:
        part.describe("")

    assert victim.read_text() == "mine"


def test_a_pipe_in_its_place_is_told_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.gguf.part")

    with pytest.raises(WorkspaceError, match="it is no file"), part_of(tmp_path):
        pass


HOLDER = """
import sys
from pathlib import Path
from tests.providers.pull.test_part import part_of
with part_of(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_two_at_once_are_told_apart_and_the_lock_goes_with_its_holder(tmp_path: Path) -> None:
    root = Path(__file__).parents[3]
    search = os.pathsep.join([str(root), os.environ["PYTHONPATH"]])
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)],
        env=os.environ | {"PYTHONPATH": search},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(WorkspaceError, match=r"Another vivek is fetching a\.gguf right now"), part_of(tmp_path):
            pass
        holder.kill()

    with part_of(tmp_path) as part:
        assert part.have == 0


@pytest.mark.parametrize("begun_again", [False, True])
def test_a_lock_on_a_file_that_got_its_name_meanwhile_is_not_taken(begun_again: bool, tmp_path: Path) -> None:
    """The second waits at the part while the first finishes it: it must not write into the finished file."""
    path = tmp_path / "a.gguf.part"
    opened: list[int] = []
    real = fcntl.flock

    def finished_just_before(handle: int, how: int) -> None:
        if not opened:
            path.rename(tmp_path / "a.gguf")
            if begun_again:
                path.write_bytes(b"")
        opened.append(handle)
        real(handle, how)

    path.write_bytes(DATA)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fcntl, "flock", finished_just_before)
        with part_of(tmp_path) as part:
            part.add(b"other")

    assert len(opened) == 2
    assert (tmp_path / "a.gguf").read_bytes() == DATA


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="cannot be written"), part_of(tmp_path / "absent"):
        pass


def test_git_names_a_blob(tmp_path: Path) -> None:
    # What `git hash-object` says of "hello\n".
    wanted = WantedFile(
        "a.txt", "https://host.example/a", 6, Checksum("git", "ce013625030ba8dba906f756967f9e9ca394464a")
    )
    with part_of(tmp_path, wanted) as part:
        part.add(b"hello\n")
        assert part.proven()


def test_the_free_bytes_of_a_folder_that_is_still_to_be_made_are_known(tmp_path: Path) -> None:
    assert Disk().free(tmp_path / "not" / "yet") > 0
