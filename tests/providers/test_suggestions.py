"""The dated file of suggested models, and what a machine is offered of it."""

import re
from datetime import date

import pytest

from vivek.providers.profiles import parameters_in
from vivek.providers.suggestions import Suggestion, load_suggestions

GIB = 1 << 30
SUGGESTED = load_suggestions()


def test_the_file_is_dated() -> None:
    assert date(2026, 11, 1) <= date.fromisoformat(SUGGESTED.date) <= date(2030, 1, 1)


def test_the_host_is_reached_safely() -> None:
    assert re.fullmatch(r"https://[a-z.-]+", SUGGESTED.host)


@pytest.mark.parametrize("model", SUGGESTED.models.values(), ids=lambda model: model.name)
def test_every_entry_is_whole(model: Suggestion) -> None:
    assert re.fullmatch(r"[0-9a-f]{64}", model.file.sha256)
    assert re.fullmatch(r"[\w.-]+/[\w.-]+/resolve/[0-9a-f]{40}/[\w.-]+\.gguf", model.file.path), (
        "pinned to a revision, nothing in it that a shell or a file system could misread"
    )
    assert model.quantisation.lower() in model.file.name.lower()
    assert "instruct" in model.file.name.lower()
    # Weights of four to five bits: a size of another file would fall out of this.
    assert 0.55 < model.file.size_bytes / model.parameters < 0.75
    assert model.licence
    assert model.window >= 32_768
    assert len(set(model.sources)) >= 2
    told = parameters_in(model.name)
    assert told is not None
    assert abs(told / model.parameters - 1) < 0.1
    assert parameters_in(model.ollama) == told
    assert model.mlx.count("/") == 1


def test_only_the_3b_model_is_not_free() -> None:
    assert {model.name for model in SUGGESTED.models.values() if model.limits} == {"qwen2.5-coder-3b"}
    assert all(model.licence == "Apache-2.0" for model in SUGGESTED.models.values() if not model.limits)


def test_the_default_is_of_the_7b_class_and_the_minimum_3b() -> None:
    assert SUGGESTED.models[SUGGESTED.default].parameters // 1_000_000_000 == 7
    assert SUGGESTED.models[SUGGESTED.minimum].parameters // 1_000_000_000 == 3
    offered = {name for _, names in SUGGESTED.tiers for name in names}
    least = SUGGESTED.models[SUGGESTED.minimum].parameters
    assert all(SUGGESTED.models[name].parameters >= least for name in offered)


def test_no_checksum_stands_for_two_files() -> None:
    assert len({model.file.sha256 for model in SUGGESTED.models.values()}) == len(SUGGESTED.models)
    assert len({model.file.name for model in SUGGESTED.models.values()}) == len(SUGGESTED.models)


def test_the_tiers_cover_every_memory_size() -> None:
    assert [least for least, _ in SUGGESTED.tiers] == [4, 8, 16, 32]
    for memory in range(4, 257):
        best = SUGGESTED.fitting(memory * GIB)[0]
        assert best.file.size_bytes < memory * GIB * 0.75, memory


@pytest.mark.parametrize(
    ("memory", "name"),
    [
        (2, None),
        (4, "qwen2.5-coder-3b"),
        (7.6, "qwen2.5-coder-7b"),
        (8, "qwen2.5-coder-7b"),
        (16, "qwen2.5-coder-7b"),
        (24, "qwen2.5-coder-7b"),
        (31.2, "qwen3-coder-30b"),
        (128, "qwen3-coder-30b"),
        (None, "qwen2.5-coder-7b"),
    ],
)
def test_a_machine_is_offered_the_best_that_fits(memory: float | None, name: str | None) -> None:
    offered = SUGGESTED.fitting(None if memory is None else int(memory * GIB))

    assert (offered[0].name if offered else None) == name


def test_what_does_not_fit_the_free_memory_is_not_offered() -> None:
    assert [model.name for model in SUGGESTED.fitting(8 * GIB, 5 * GIB)] == ["qwen2.5-coder-3b"]
    assert SUGGESTED.fitting(8 * GIB, 2 * GIB) == ()
