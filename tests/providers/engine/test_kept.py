"""What an engine left on disk: found again when it is whole and of this model, thrown away when there is any doubt."""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from vivek.providers.engine import child
from vivek.providers.engine.kept import find_kept, forget_kept, make_room, prepare_kept, want_kept, write_kept

STATE = b"tokens and what was computed of them" * 100
Record = dict[str, object]


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "coder.gguf"
    path.write_bytes(b"GGUF weights")
    return path


def prepared(folder: Path, model: Path, digest: str = "d", window: int = 4_096) -> Path:
    path = prepare_kept(folder, model, digest, window)
    assert path is not None
    return path


def leave(path: Path, state: bytes = STATE, **wrong: object) -> Path:
    """Leave a state as an engine does; `wrong` replaces what its record says."""
    file = path.with_name(f"{path.name}-77.bin")
    file.write_bytes(state)
    said: Record = {"file": file.name, "size": len(STATE), "sha256": hashlib.sha256(STATE).hexdigest()}
    path.with_name(f"{path.name}.json").write_text(json.dumps(said | wrong))
    return file


def test_what_is_whole_is_found(tmp_path: Path, model: Path) -> None:
    path = prepared(tmp_path / "kept", model)
    assert find_kept(path) == ""

    file = leave(path)

    assert find_kept(path) == file.name
    assert find_kept(prepared(tmp_path / "kept", model)) == file.name


@pytest.mark.parametrize("state", [b"", STATE[:-1], STATE + b"x", STATE[:50] + b"X" + STATE[51:]])
def test_what_is_damaged_is_deleted(tmp_path: Path, model: Path, state: bytes) -> None:
    path = prepared(tmp_path / "kept", model)
    leave(path, state)

    assert find_kept(path) == ""
    assert not list((tmp_path / "kept").iterdir())


@pytest.mark.parametrize("name", ["../coder.gguf", "", "another-1.bin", "/etc/passwd", 7])
def test_a_record_that_names_another_file_is_not_believed(tmp_path: Path, model: Path, name: object) -> None:
    path = prepared(tmp_path / "kept", model)
    leave(path, file=name)
    (tmp_path / "kept" / "another-1.bin").write_bytes(STATE)

    assert find_kept(path) == ""
    assert model.exists()


@pytest.mark.parametrize("record", ["", "[]", "no json", '{"file": "x"}', "\udcff"])
def test_a_record_that_cannot_be_read_is_deleted_with_its_file(tmp_path: Path, model: Path, record: str) -> None:
    path = prepared(tmp_path / "kept", model)
    file = leave(path)
    path.with_name(f"{path.name}.json").write_text(record, errors="surrogateescape")

    assert find_kept(path) == ""
    assert not file.exists()


def test_other_weights_another_window_or_a_new_file_begin_with_nothing(tmp_path: Path, model: Path) -> None:
    first = prepared(tmp_path / "kept", model)
    for digest, window in (("e", 4_096), ("d", 8_192)):
        leave(first)
        other = prepared(tmp_path / "kept", model, digest, window)
        assert other != first
        assert find_kept(other) == ""
        assert not list((tmp_path / "kept").iterdir()), "what no engine can use any more is deleted"
    leave(first)
    os.utime(model, ns=(1, 1))
    assert find_kept(prepared(tmp_path / "kept", model)) == ""


def test_two_models_keep_what_is_theirs(tmp_path: Path, model: Path) -> None:
    other = tmp_path / "other.gguf"
    other.write_bytes(b"GGUF other weights")
    paths = [prepared(tmp_path / "kept", each) for each in (model, other)]

    files = [leave(path) for path in paths]

    assert [find_kept(path) for path in paths] == [file.name for file in files]
    forget_kept(paths[0])
    assert [find_kept(path) for path in paths] == ["", files[1].name]


def test_the_folder_is_for_its_owner_alone(tmp_path: Path, model: Path) -> None:
    folder = tmp_path / "kept"
    folder.mkdir(mode=0o755)

    prepared(folder, model)

    assert folder.stat().st_mode & 0o777 == 0o700


def test_nothing_is_kept_where_nothing_can_be(tmp_path: Path, model: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")

    assert prepare_kept(tmp_path / "file", model, "d", None) is None
    assert prepare_kept(tmp_path / "link", model, "d", None) is None
    assert prepare_kept(tmp_path / "kept", tmp_path / "gone.gguf", "d", None) is None


def test_a_wish_is_kept_and_taken_back(tmp_path: Path, model: Path) -> None:
    path = prepared(tmp_path / "kept", model)
    sign = path.with_name(f"{path.name}.wanted")

    want_kept(path, wanted=True)
    assert sign.stat().st_mode & 0o777 == 0o600
    want_kept(path, wanted=False)
    want_kept(path, wanted=False)

    assert not sign.exists()
    want_kept(tmp_path / "gone" / "x", wanted=True)


@pytest.mark.parametrize("make_room", [child._make_room, make_room], ids=["the child", "vivek"])
def test_the_oldest_goes_when_all_together_take_too_much(
    tmp_path: Path, make_room: Callable[[Path, Path, int], None]
) -> None:
    names = ["a-k-1.bin", "b-k-1.safetensors", "c-k-1.bin", "d-k-1.bin", "d-k-2.bin"]
    for age, name in enumerate([*names, "a-k.json", "d-k.json", "d-k.wanted"]):
        (tmp_path / name).write_bytes(b"x" * 100)
        os.utime(tmp_path / name, (age, age))

    make_room(tmp_path, tmp_path / "d-k-2.bin", 250)

    assert [path.name for path in sorted(tmp_path.glob("*-*-*"))] == ["c-k-1.bin", "d-k-2.bin"]


def test_what_is_written_is_found_and_takes_the_place_of_what_was_there(tmp_path: Path, model: Path) -> None:
    path = prepared(tmp_path / "kept", model)
    before = leave(path)

    def write(file: Path) -> None:
        file.write_bytes(STATE)

    write_kept(path, ".safetensors", write)

    assert find_kept(path).endswith(".safetensors")
    assert not before.exists()
    assert {file.stat().st_mode & 0o777 for file in (tmp_path / "kept").iterdir()} == {0o600}


@pytest.mark.parametrize("error", [OSError("No space left on device"), RuntimeError("write failed")])
def test_what_cannot_be_written_leaves_what_was_kept_before(tmp_path: Path, model: Path, error: Exception) -> None:
    path = prepared(tmp_path / "kept", model)
    before = leave(path)

    def write(file: Path) -> None:
        file.write_bytes(STATE[:10])
        raise error

    write_kept(path, ".safetensors", write)

    assert find_kept(path) == before.name
    assert not list((tmp_path / "kept").glob("*.safetensors"))


def test_what_decides_over_kept_files_reaches_no_door_out() -> None:
    script = "import sys, vivek.providers.engine.kept; print('httpx' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
