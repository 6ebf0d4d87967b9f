import shutil
from pathlib import Path

import pytest

from tests.providers.engine.mlx.folders import write_folder
from vivek.errors import ModelNotFoundError
from vivek.providers.engine.mlx.find import find_model_folder, find_model_folders
from vivek.providers.spec import Folders

REVISION = "0123456789abcdef0123456789abcdef01234567"


def in_hub(hub: Path, owner: str, name: str, revision: str = REVISION) -> Path:
    """Write a model as the hub's cache has it: links from a revision into a store of blobs."""
    repository = hub / f"models--{owner}--{name}"
    written = write_folder(repository / "blobs")
    snapshot = repository / "snapshots" / revision
    snapshot.mkdir(parents=True)
    for file in written.iterdir():
        (snapshot / file.name).symlink_to(file)
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text(revision)
    return snapshot


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    return Folders(tmp_path / "state", (tmp_path / "own", tmp_path / "hub"), tmp_path / "here")


def test_a_path_is_taken_as_it_is(folders: Folders) -> None:
    path = write_folder(folders.here / "models" / "coder")

    assert find_model_folder("models/coder", folders) == path
    assert find_model_folder(str(path), folders) == path


@pytest.mark.parametrize("name", ["coder-4bit", "maker/coder-4bit"])
def test_a_name_is_looked_up_where_models_lie(folders: Folders, name: str) -> None:
    path = write_folder(folders.models[0] / "maker" / "coder-4bit")

    assert find_model_folder(name, folders) == path


def test_the_hubs_cache_is_read_by_the_name_of_the_repository(folders: Folders) -> None:
    path = in_hub(folders.models[1], "mlx-community", "coder-4bit")

    assert find_model_folder("mlx-community/coder-4bit", folders) == path
    assert find_model_folder(str(path.parent.parent), folders) == path
    assert [found.name for found in find_model_folders(folders.models)] == ["mlx-community/coder-4bit"]


def test_of_two_revisions_the_one_in_use_counts(folders: Folders) -> None:
    path = in_hub(folders.models[1], "maker", "coder")
    other = path.with_name("f" * 40)
    shutil.copytree(path, other, symlinks=True)

    assert find_model_folder("maker/coder", folders) == path
    (path.parent.parent / "refs" / "main").write_text("f" * 40)
    assert find_model_folder("maker/coder", folders) == other


@pytest.mark.parametrize("revision", ["../../zone", "0" * 40, "", "."])
def test_a_revision_that_is_no_folder_there_is_not_followed(folders: Folders, revision: str) -> None:
    path = in_hub(folders.models[1], "maker", "coder")
    write_folder(folders.models[1] / "zone")
    (path.parent.parent / "refs" / "main").write_text(revision)

    assert [found.name for found in find_model_folders(folders.models)] == ["zone"]


def test_what_is_not_there_is_told_with_names_like_it(folders: Folders) -> None:
    write_folder(folders.models[0] / "maker" / "coder-4bit")

    with pytest.raises(ModelNotFoundError, match="no model folder `coder-8bit`") as caught:
        find_model_folder("coder-8bit", folders)

    assert "`mlx/maker/coder-4bit`" in caught.value.hint


def test_with_nothing_like_it_the_hint_says_what_is_wanted(folders: Folders) -> None:
    with pytest.raises(ModelNotFoundError) as caught:
        find_model_folder("coder", folders)

    assert "config.json" in caught.value.hint


def test_a_gguf_file_belongs_to_the_other_engine(folders: Folders) -> None:
    folders.here.mkdir()
    (folders.here / "coder.gguf").write_bytes(b"GGUF")

    with pytest.raises(ModelNotFoundError, match="is a file") as caught:
        find_model_folder("coder.gguf", folders)

    assert "`local/coder.gguf`" in caught.value.hint


def test_all_models_are_listed_once_with_what_is_wrong_with_them(folders: Folders) -> None:
    write_folder(folders.models[0] / "a")
    broken = write_folder(folders.models[0] / "deep" / "b")
    (broken / "tokenizer.json").unlink()
    write_folder(folders.models[0] / ".hidden" / "c")
    write_folder(folders.models[0] / "far" / "too" / "deep" / "down" / "here")
    (folders.models[0] / "empty").mkdir()
    (folders.models[1]).mkdir()
    (folders.models[1] / "again").symlink_to(folders.models[0] / "a")

    found = find_model_folders([*folders.models, folders.models[0] / "deep", folders.here / "missing"])

    assert [(each.name, bool(each.reason)) for each in found] == [("a", False), ("deep/b", True)]
