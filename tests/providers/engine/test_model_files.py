from pathlib import Path

import pytest

from vivek.errors import ModelNotFoundError
from vivek.providers.engine.model_files import find_model_file
from vivek.providers.spec import Folders


def test_a_model_file_is_found_by_its_path(tmp_path: Path) -> None:
    path = tmp_path / "a.gguf"
    path.write_bytes(b"GGUF")
    folders = Folders(state=tmp_path, here=tmp_path)
    assert find_model_file("a.gguf", folders) == path
    assert find_model_file(str(path), folders) == path


def test_a_model_file_is_found_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    path = tmp_path / "models" / "tiny-coder.gguf"
    path.write_bytes(b"GGUF")
    folders = Folders(state=tmp_path, models=[tmp_path / "models"], here=tmp_path)
    assert find_model_file("tiny-coder", folders) == path
    assert find_model_file("tiny-coder.gguf", folders) == path
    with pytest.raises(ModelNotFoundError) as caught:
        find_model_file("tiny-codr", folders)
    assert caught.value.hint == "Did you mean `local/tiny-coder`?"
    with pytest.raises(ModelNotFoundError) as caught:
        find_model_file("zzzzzz", Folders(state=tmp_path))
    assert caught.value.hint == "Give the path of a GGUF file."
