from dataclasses import replace

import pytest

from vivek.providers.window import BUCKETS, UNTOLD, USUAL, choose_window
from vivek.schema.models import ModelInfo

GIB = 1 << 30
SEVEN = ModelInfo("m", window_maximum=131072, parameters=7_600_000_000, size_bytes=5 * GIB)
SHAPE = "/api/show: 28 layers x 4 heads x 128"
KNOWN = ModelInfo(
    "m",
    window_maximum=131072,
    parameters=7_600_000_000,
    size_bytes=4_700_000_000,
    cache_bytes=57_344,
    sources={"cache_bytes": SHAPE},
)


@pytest.mark.parametrize(
    ("info", "wanted", "tokens", "why"),
    [
        (ModelInfo("m", window_loaded=8192, window_maximum=131072), None, 8192, "loaded"),
        (ModelInfo("m", window_loaded=8192), 32768, 8192, "loaded"),
        (ModelInfo("m", window_loaded=8192), 4096, 4096, "as set"),
        (ModelInfo("m"), None, UNTOLD, "assumed"),
        (ModelInfo("m", window_maximum=131072), None, UNTOLD, "assumed"),
        (ModelInfo("m"), 32768, 32768, "not confirmed"),
    ],
)
def test_where_it_cannot_be_chosen_the_loaded_window_is_the_limit(
    info: ModelInfo, wanted: int | None, tokens: int, why: str
) -> None:
    chosen, said = choose_window(info, wanted=wanted, free_memory=64 * GIB)
    assert chosen == tokens
    assert why in said


@pytest.mark.parametrize(
    ("free", "tokens"),
    [(None, USUAL), (64 * GIB, 32768), (9 * GIB, 16384), (8 * GIB, 8192), (7 * GIB, 4096), (1, 4096)],
)
def test_free_memory_chooses_the_bucket(free: int | None, tokens: int) -> None:
    assert choose_window(SEVEN, wanted=None, free_memory=free, resizable=True)[0] == tokens


def test_more_memory_never_makes_a_smaller_window() -> None:
    sizes = [choose_window(SEVEN, wanted=None, free_memory=free * GIB // 4, resizable=True)[0] for free in range(80)]
    assert sizes == sorted(sizes)
    assert set(sizes) == set(BUCKETS)


def test_the_models_maximum_is_kept() -> None:
    small = ModelInfo("m", window_maximum=2048, parameters=10**9)
    assert choose_window(small, wanted=None, free_memory=64 * GIB, resizable=True) == (2048, "the model's maximum")
    assert choose_window(small, wanted=8192, free_memory=None, resizable=True)[0] == 2048
    assert choose_window(small, wanted=1024, free_memory=None, resizable=True) == (1024, "as set")


def test_an_unknown_size_gets_the_usual_window() -> None:
    assert choose_window(ModelInfo("m"), wanted=None, free_memory=64 * GIB, resizable=True)[0] == USUAL


def test_a_model_that_is_loaded_with_enough_is_not_loaded_again() -> None:
    loaded = ModelInfo("m", window_loaded=65536, window_maximum=131072, parameters=10**9, loaded=True)
    assert choose_window(loaded, wanted=None, free_memory=64 * GIB, resizable=True)[0] == 65536
    too_small = ModelInfo("m", window_loaded=4096, window_maximum=131072, parameters=10**9, loaded=True)
    assert choose_window(too_small, wanted=None, free_memory=64 * GIB, resizable=True)[0] == 32768


def test_weights_that_are_loaded_already_take_no_more_memory() -> None:
    loaded = ModelInfo("m", parameters=7_600_000_000, size_bytes=5 * GIB, loaded=True)
    assert choose_window(loaded, wanted=None, free_memory=8 * GIB, resizable=True)[0] == 32768


def test_the_shape_of_the_model_is_better_than_its_size() -> None:
    free = 4_700_000_000 + GIB + 32768 * 57_344

    assert choose_window(KNOWN, wanted=None, free_memory=free, resizable=True)[0] == 32768
    assert choose_window(KNOWN, wanted=None, free_memory=free - 1, resizable=True)[0] == 16384
    assert choose_window(replace(KNOWN, cache_bytes=None), wanted=None, free_memory=free, resizable=True)[0] == 8192


def test_the_arithmetic_is_told() -> None:
    loaded = replace(KNOWN, loaded=True)

    assert choose_window(loaded, wanted=None, free_memory=2_100_000_000, resizable=True) == (
        16384,
        "16k: 28 layers x 4 heads x 128 = 57 kB a token, 0.9 GB of 2.1 GB free",
    )
    assert choose_window(KNOWN, wanted=None, free_memory=6_800_000_000, resizable=True) == (
        16384,
        "16k: 28 layers x 4 heads x 128 = 57 kB a token, 0.9 GB of 2.1 GB free beside 4.7 GB of weights",
    )
    _, guessed = choose_window(replace(loaded, cache_bytes=None), wanted=None, free_memory=9 * GIB, resizable=True)
    assert guessed == "32k: at most 193 kB a token for a model of 7.6B, 6.3 GB of 9.7 GB free"
    _, bare = choose_window(replace(loaded, sources={}), wanted=None, free_memory=9 * GIB, resizable=True)
    assert bare == "32k: 57 kB a token, 1.9 GB of 9.7 GB free"


def test_too_little_memory_gets_the_smallest_window_and_is_told() -> None:
    tokens, why = choose_window(KNOWN, wanted=None, free_memory=GIB, resizable=True)
    assert tokens == 4096
    assert why.endswith("0.2 GB of 0.0 GB free beside 4.7 GB of weights; little memory is free")


@pytest.mark.parametrize(
    ("info", "free", "why"),
    [
        (KNOWN, None, "usual; the free memory is not known"),
        (ModelInfo("m"), 64 * GIB, "usual; its size is not known"),
    ],
)
def test_what_is_not_known_is_told(info: ModelInfo, free: int | None, why: str) -> None:
    assert choose_window(info, wanted=None, free_memory=free, resizable=True) == (USUAL, why)


def test_on_a_gpu_the_usual_window_is_the_largest_that_is_chosen_unasked() -> None:
    on_gpu = replace(KNOWN, loaded=True, gpu_share=0.8)

    tokens, why = choose_window(on_gpu, wanted=None, free_memory=64 * GIB, resizable=True)

    assert tokens == USUAL
    assert why.endswith("how much of the GPU's is free is not known")
    assert choose_window(replace(on_gpu, gpu_share=0.0), wanted=None, free_memory=64 * GIB, resizable=True)[0] == 32768
    assert choose_window(on_gpu, wanted=65536, free_memory=64 * GIB, resizable=True) == (65536, "as set")


def test_a_larger_window_than_32k_has_to_be_wanted_and_is_warned_of_when_it_does_not_fit() -> None:
    assert choose_window(KNOWN, wanted=None, free_memory=640 * GIB, resizable=True)[0] == 32768
    assert choose_window(KNOWN, wanted=65536, free_memory=640 * GIB, resizable=True) == (65536, "as set")
    assert choose_window(KNOWN, wanted=131072, free_memory=6_800_000_000, resizable=True) == (
        131072,
        "as set; more than fits: 28 layers x 4 heads x 128 = 57 kB a token, "
        "7.5 GB of 2.1 GB free beside 4.7 GB of weights",
    )


@pytest.mark.parametrize(
    ("default", "free", "tokens"),
    [
        (6000, 64 * GIB, 6000),
        (65536, 64 * GIB, 65536),
        (65536, 7 * GIB, 16384),
        (65536, None, USUAL),
        (20480, None, 20480),
        (200_000, 64 * GIB, 131072),
        (None, 64 * GIB, 32768),
    ],
)
def test_a_window_that_was_set_for_the_model_is_taken_when_it_fits(
    default: int | None, free: int | None, tokens: int
) -> None:
    info = replace(KNOWN, window_default=default, sources={"window_default": "/api/show"})

    chosen, why = choose_window(info, wanted=None, free_memory=free, resizable=True)

    assert chosen == tokens
    assert (why == "set for this model in /api/show") == (tokens == default)
    assert choose_window(info, wanted=8192, free_memory=free, resizable=True)[0] == 8192
