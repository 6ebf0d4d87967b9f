"""The warning about small models: once each, and only where the size is known."""

from pathlib import Path

import pytest

from vivek.schema.models import ModelInfo
from vivek.session.models.small import small_notice


def info(name: str, parameters: int | None = None) -> ModelInfo:
    return ModelInfo(name, parameters=parameters)


def test_a_small_model_is_told_of_once(tmp_path: Path) -> None:
    first = small_notice("ollama/qwen2.5-coder:1.5b", info("qwen2.5-coder:1.5b"), tmp_path)

    assert first is not None
    assert "ollama/qwen2.5-coder:1.5b is a small model (1.5B)" in first.text
    assert first.hint
    assert small_notice("ollama/qwen2.5-coder:1.5b", info("qwen2.5-coder:1.5b"), tmp_path) is None
    assert small_notice("ollama/other:1b", info("other:1b"), tmp_path) is not None
    assert small_notice("ollama/qwen2.5-coder:1.5b", info("qwen2.5-coder:1.5b"), tmp_path) is None


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("qwen2.5-coder:3b", None),
        ("qwen2.5-coder:3b", 3_085_938_688),
        ("x", 2_999_000_000),
        ("x", None),
        ("x:7b", None),
    ],
)
def test_other_models_are_not(name: str, parameters: int | None, tmp_path: Path) -> None:
    assert small_notice(f"ollama/{name}", info(name, parameters), tmp_path) is None
    assert list(tmp_path.iterdir()) == []


def test_what_a_server_says_counts_more_than_a_name(tmp_path: Path) -> None:
    assert small_notice("ollama/big:70b", info("big:70b", 494_000_000), tmp_path) is not None


@pytest.mark.parametrize(
    ("parameters", "size"), [(1_543_714_304, "1.5B"), (494_032_768, "0.5B"), (33_000_000, "33M"), (205_376, "0.2M")]
)
def test_the_size_is_said_as_people_say_it(parameters: int, size: str, tmp_path: Path) -> None:
    notice = small_notice("ollama/x", info("x", parameters), tmp_path)

    assert notice is not None
    assert f"({size})" in notice.text


@pytest.mark.parametrize("content", ["", "{}", "[3, null]", "no json", "[" * 5_000])
def test_a_damaged_list_only_means_to_be_told_again(content: str, tmp_path: Path) -> None:
    (tmp_path / "small-models.json").write_text(content)

    assert small_notice("ollama/a:1b", info("a:1b"), tmp_path) is not None
    assert small_notice("ollama/a:1b", info("a:1b"), tmp_path) is None


def test_a_folder_that_cannot_be_written_only_means_to_be_told_again(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    for _ in range(2):
        assert small_notice("ollama/a:1b", info("a:1b"), tmp_path / "file") is not None
