"""How large an engine is started on a machine with so much to give."""

from pathlib import Path

import pytest

from vivek.providers.engine.gguf import GgufFile
from vivek.providers.engine.sizing import (
    EMBEDDING_WINDOW,
    fitting_window,
    free_memory,
    physical_cores,
    prompt_memory_mebibytes,
    prompts_kept,
    size_for,
    thread_count,
)
from vivek.providers.wire.cache_size import CacheSize

GIBIBYTE = 2**30
MODEL = Path("/models/coder.gguf")
SEVEN_BILLION = GgufFile(
    MODEL, "coder", 5 * GIBIBYTE, context_length=131_072, cache=CacheSize(57_344, "28 layers x 4 heads x 128")
)
UNKNOWN = GgufFile(MODEL, "coder")


@pytest.mark.parametrize(
    ("free", "window"), [(24 * GIBIBYTE, 32_768), (8 * GIBIBYTE, 16_384), (7 * GIBIBYTE, 16_384), (GIBIBYTE, 4_096)]
)
def test_window_follows_the_memory_that_the_weights_leave(free: int, window: int) -> None:
    assert fitting_window(SEVEN_BILLION, None, free) == window


def test_window_is_never_larger_than_the_model_was_made_for() -> None:
    short = GgufFile(MODEL, "coder", context_length=2_048)
    assert fitting_window(short, None, 24 * GIBIBYTE) == 2_048
    assert fitting_window(short, 8_192, 24 * GIBIBYTE) == 2_048
    assert fitting_window(UNKNOWN, 8_192, 0) == 8_192
    assert fitting_window(UNKNOWN, None, 24 * GIBIBYTE) == 4_096


@pytest.mark.parametrize(("free", "mebibytes"), [(24 * GIBIBYTE, 1_024), (9 * GIBIBYTE, 512), (GIBIBYTE, 64)])
def test_memory_for_prompts_is_sized_from_free_memory(free: int, mebibytes: int) -> None:
    assert prompt_memory_mebibytes(SEVEN_BILLION, free) == mebibytes


@pytest.mark.parametrize(("window", "kept"), [(32_768, 1), (16_384, 2), (8_192, 3)])
def test_one_prompt_is_kept_in_use_and_others_as_far_as_memory_reaches(window: int, kept: int) -> None:
    assert prompts_kept(SEVEN_BILLION, window, 1_024) == kept


def test_how_many_prompts_are_kept_is_unknown_where_their_size_is() -> None:
    assert prompts_kept(UNKNOWN, 4_096, 1_024) is None
    assert prompts_kept(SEVEN_BILLION, None, 1_024) is None


def test_what_is_asked_for_is_taken_and_the_rest_is_chosen() -> None:
    wanted = size_for(SEVEN_BILLION, 2_048, 3)
    chosen = size_for(SEVEN_BILLION, None, None)

    assert (wanted.window, wanted.threads) == (2_048, 3)
    assert chosen.window >= 4_096
    assert chosen.threads >= 1
    assert 64 <= chosen.memory_mebibytes <= 1_024


def test_a_model_of_embeddings_has_a_small_window() -> None:
    file = GgufFile(MODEL, "words", context_length=8_192, role="embedding")
    assert size_for(file, 8_192, 1).window == EMBEDDING_WINDOW


@pytest.mark.parametrize(
    ("cores", "load", "threads"), [(8, 0.2, 8), (8, 2.6, 5), (8, 30.0, 4), (2, 2.0, 1), (1, 9.0, 1)]
)
def test_threads_leave_busy_cores_alone_but_keep_half(cores: int, load: float, threads: int) -> None:
    assert thread_count(cores, load) == threads


def test_two_threads_of_one_core_count_once(tmp_path: Path) -> None:
    for number, siblings in enumerate(["0,4", "1,5", "2,6", "3,7", "0,4", "1,5", "2,6", "3,7"]):
        place = tmp_path / f"cpu{number}" / "topology"
        place.mkdir(parents=True)
        (place / "thread_siblings_list").write_text(f"{siblings}\n")

    assert physical_cores(range(8), tmp_path) == 4
    assert physical_cores([0, 1, 4], tmp_path) == 2
    assert physical_cores(range(8), tmp_path, "max 100000\n") == 4
    assert physical_cores(range(8), tmp_path, "250000 100000\n") == 2
    assert physical_cores(range(8), tmp_path, "50000 100000\n") == 1
    assert physical_cores(range(3), tmp_path / "nothing") == 3


def test_free_memory_is_what_the_system_and_the_container_leave() -> None:
    meminfo = "MemTotal:       24684384 kB\nMemFree:         1000000 kB\nMemAvailable:    8388608 kB\n"

    assert free_memory(meminfo) == 8 * GIBIBYTE
    assert free_memory(meminfo, "max\n", "100\n") == 8 * GIBIBYTE
    assert free_memory(meminfo, f"{2 * GIBIBYTE}\n", f"{GIBIBYTE}\n") == GIBIBYTE
    assert free_memory(meminfo, "100\n", "200\n") == 0
    assert free_memory("") > 0
