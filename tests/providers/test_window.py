import pytest

from vivek.providers.window import BUCKETS, UNTOLD, USUAL, choose_window
from vivek.schema.models import ModelInfo

GIB = 1 << 30
SEVEN = ModelInfo("m", window_maximum=131072, parameters=7_600_000_000, size_bytes=5 * GIB)


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
