"""Memory of one token, for shapes of models that exist."""

import pytest

from vivek.providers.wire.cache_size import CacheSize, cache_size


def facts(architecture: str, **more: object) -> dict[str, object]:
    """The head of a model; a double underscore stands for a dot."""
    return {f"{architecture}.{key.replace('__', '.')}": value for key, value in more.items()}


SEVEN = {"block_count": 28, "embedding_length": 3584, "attention__head_count": 28, "attention__head_count_kv": 4}


def test_a_seven_billion_model_takes_57_kilobytes() -> None:
    assert cache_size("qwen2", facts("qwen2", **SEVEN)) == CacheSize(57_344, "28 layers x 4 heads x 128")


def test_heads_of_their_own_size_and_models_without_shared_heads() -> None:
    gemma = facts("gemma2", **SEVEN, attention__key_length=256, attention__value_length=256)
    assert cache_size("gemma2", gemma) == CacheSize(114_688, "28 layers x 4 heads x 256")
    uneven = facts("deepseek2", **SEVEN, attention__key_length=192, attention__value_length=128)
    assert cache_size("deepseek2", uneven) == CacheSize(71_680, "28 layers x 4 heads x (192 + 128) / 2")
    old = facts("llama", block_count=32, embedding_length=4096, attention__head_count=32)
    assert cache_size("llama", old) == CacheSize(524_288, "32 layers x 32 heads x 128")


def test_heads_may_differ_from_layer_to_layer() -> None:
    mixed = SEVEN | {"block_count": 4, "attention__head_count_kv": [4, 0, 4, 2], "attention__head_count": [28] * 4}
    assert cache_size("lfm2", facts("lfm2", **mixed)) == CacheSize(5_120, "10 heads of 3 layers x 128")


@pytest.mark.parametrize(
    ("architecture", "more", "short"),
    [
        ("gemma3", {}, 24),
        ("gemma2", {}, 14),
        ("other", {"attention__sliding_window_pattern": 7}, 24),
        ("other", {"attention__sliding_window_pattern": [True] * 20 + [False] * 8}, 20),
        ("other", {"attention__sliding_window_pattern": [True, False]}, 0),
        ("mistral", {}, 0),
    ],
)
def test_layers_that_keep_the_last_tokens_only_count_less(
    architecture: str, more: dict[str, object], short: int
) -> None:
    given = facts(architecture, **SEVEN | {"attention__sliding_window": 512} | more)

    found = cache_size(architecture, given)

    # 512 tokens and a batch of as many: a quarter of the smallest window.
    layers = 28 - short * 3 / 4
    words = f"28 layers ({short} of them keep 512 tokens)" if short else "28 layers"
    assert found == CacheSize(int(layers * 4 * 256 * 2), f"{words} x 4 heads x 128")


def test_a_sliding_window_wider_than_the_smallest_window_saves_nothing_for_sure() -> None:
    found = cache_size("gemma2", facts("gemma2", **SEVEN | {"attention__sliding_window": 4096}))
    assert found is not None
    assert found.bytes == 57_344


@pytest.mark.parametrize(("architecture", "more"), [("qwen35", {}), ("other", {"full_attention_interval": 4})])
def test_layers_without_a_growing_cache_count_nothing(architecture: str, more: dict[str, object]) -> None:
    found = cache_size(architecture, facts(architecture, **SEVEN | more))
    assert found == CacheSize(57_344 // 4, "7 layers x 4 heads x 128")


@pytest.mark.parametrize(
    "wrong",
    [
        {"block_count": None},
        {"block_count": 10**9},
        {"block_count": -3},
        {"attention__head_count_kv": []},
        {"attention__head_count_kv": None},
        {"attention__head_count_kv": [4, "x"] * 14},
        {"attention__head_count_kv": [0] * 28},
        {"embedding_length": "wide"},
        {"attention__head_count": True},
    ],
)
def test_what_is_not_told_stays_unknown(wrong: dict[str, object]) -> None:
    assert cache_size("qwen2", facts("qwen2", **SEVEN | wrong)) is None
    assert cache_size("qwen2", {}) is None
