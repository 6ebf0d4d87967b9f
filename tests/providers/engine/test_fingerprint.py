"""Two model files are told apart by what is in them."""

from pathlib import Path

import pytest

from vivek.providers.engine.fingerprint import load_fingerprint

SIZE = 2_000_000


def file(folder: Path, name: str, *changed: int) -> Path:
    data = bytearray(SIZE)
    for place in changed:
        data[place] = 1
    path = folder / name
    path.write_bytes(data)
    return path


def test_a_copy_has_the_same_one_wherever_it_lies(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    first = load_fingerprint(file(tmp_path, "a.gguf"))

    assert first == load_fingerprint(file(tmp_path / "elsewhere", "b.gguf"))
    assert first.startswith("sampled:")


@pytest.mark.parametrize("place", [0, SIZE // 2, SIZE - 1], ids=["head", "weights", "end"])
def test_other_bytes_have_another_one(tmp_path: Path, place: int) -> None:
    assert load_fingerprint(file(tmp_path, "a")) != load_fingerprint(file(tmp_path, "b", place))


def test_another_size_has_another_one(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(bytes(10))
    (tmp_path / "b").write_bytes(bytes(11))

    assert load_fingerprint(tmp_path / "a") != load_fingerprint(tmp_path / "b")
