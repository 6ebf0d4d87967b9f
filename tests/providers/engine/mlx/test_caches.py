from dataclasses import dataclass

import pytest

from vivek.providers.engine.mlx.caches import Begun, PrefixCaches, common_length, length_of


@dataclass
class Layer:
    """A layer as mlx-lm has it: how many tokens it holds, and whether it can forget some."""

    offset: int = 0
    trimmable: bool = True

    @property
    def nbytes(self) -> int:
        return 10 * self.offset

    def is_trimmable(self) -> bool:
        return self.trimmable

    def trim(self, tokens: int) -> int:
        self.offset -= tokens
        return tokens


class Untold:
    """A layer that does not tell how much it holds."""

    nbytes = 4

    def is_trimmable(self) -> bool:
        return False


def caches(limit_bytes: int = 10_000, limit: int = 4) -> PrefixCaches:
    return PrefixCaches(lambda: [Layer(), Layer()], limit_bytes, limit)


def compute(kept: PrefixCaches, thread: str, prompt: list[int], said: list[int] | None = None) -> int:
    """Do as a generation does; return how many tokens of the prompt were there."""
    begun = kept.take(thread, prompt)
    tokens = [*prompt, *(said or [])]
    for layer in begun.cache:
        layer.offset = len(tokens)
    kept.give(thread, begun.cache, tokens)
    return begun.tokens


def test_the_common_beginning_is_there_the_next_time() -> None:
    kept = caches()

    assert compute(kept, "a", [1, 2, 3, 4], [5, 6]) == 0
    assert compute(kept, "a", [1, 2, 3, 4, 5, 6, 7, 8]) == 6
    assert compute(kept, "a", [1, 2, 9, 9]) == 2
    assert compute(kept, "a", [1, 2, 3]) == 2


def test_a_cache_holds_what_is_said_of_it() -> None:
    kept = caches()
    compute(kept, "a", [1, 2, 3, 4])

    begun = kept.take("a", [1, 2, 7, 7])

    assert begun == Begun([Layer(2), Layer(2)], 2)


def test_the_last_token_is_always_computed() -> None:
    kept = caches()
    compute(kept, "a", [1, 2, 3, 4])

    assert compute(kept, "a", [1, 2, 3, 4]) == 3


def test_two_threads_keep_a_cache_each() -> None:
    kept = caches()
    compute(kept, "a", [1, 2, 3])
    compute(kept, "b", [7, 8, 9])

    assert compute(kept, "a", [1, 2, 3, 4]) == 3
    assert compute(kept, "b", [7, 8, 9, 10]) == 3
    assert compute(kept, "c", [1, 2, 3]) == 0


def test_nothing_in_common_begins_anew() -> None:
    kept = caches()
    compute(kept, "a", [1, 2, 3])

    assert kept.take("a", [5, 6]) == Begun([Layer(), Layer()], 0)


def test_the_thread_not_used_for_longest_is_forgotten() -> None:
    kept = caches(limit=2)
    for thread in ("a", "b", "a", "c"):
        compute(kept, thread, [1, 2, 3])

    assert len(kept) == 2
    assert [compute(kept, thread, [1, 2, 3]) for thread in ("a", "c", "b")] == [2, 2, 0]


def test_memory_is_bounded_and_the_newest_stays() -> None:
    kept = caches(limit_bytes=100)
    compute(kept, "a", [1, 2])  # 40 bytes
    compute(kept, "b", [1, 2])
    assert len(kept) == 2
    compute(kept, "c", [1, 2])
    assert len(kept) == 2
    compute(kept, "d", list(range(1_000)))
    assert len(kept) == 1
    assert compute(kept, "d", list(range(1_000))) == 999


def test_what_was_stopped_is_kept_as_far_as_it_came() -> None:
    kept = caches()
    kept.give("a", [Layer(2), Layer(2)], [1, 2, 3, 4])

    assert compute(kept, "a", [1, 2, 3, 4]) == 2


def test_a_token_too_many_is_taken_off() -> None:
    kept = caches()
    kept.give("a", [Layer(5), Layer(5)], [1, 2, 3, 4])

    assert kept.take("a", [1, 2, 3, 4, 9]) == Begun([Layer(4), Layer(4)], 4)


@pytest.mark.parametrize(
    "cache",
    [[Layer(3), Layer(2)], [Untold()], [Layer(0)], [], [Layer(5, trimmable=False)]],
    ids=["half done", "untold", "empty", "no layers", "too long"],
)
def test_a_cache_that_cannot_be_trusted_is_not_kept(cache: list[object]) -> None:
    kept = caches()

    kept.give("a", cache, [1, 2, 3])

    assert len(kept) == 0


def test_a_cache_that_cannot_be_shortened_serves_only_what_goes_on_from_it() -> None:
    kept = PrefixCaches(lambda: [Layer(trimmable=False), Untold()], 10_000)
    begun = kept.take("a", [1, 2, 3])
    begun.cache[0].offset = 4
    kept.give("a", begun.cache, [1, 2, 3, 4])

    assert compute_last(kept, [1, 2, 3, 4, 5]) == 4
    kept.give("a", begun.cache, [1, 2, 3, 4])
    assert compute_last(kept, [1, 2, 9]) == 0


def compute_last(kept: PrefixCaches, prompt: list[int]) -> int:
    return kept.take("a", prompt).tokens


def test_lengths() -> None:
    assert common_length([1, 2, 3], [1, 2]) == 2
    assert common_length([], [1]) == 0
    assert common_length([1, 5], [2, 5]) == 0
    assert length_of([Layer(3), Untold(), Layer(3)]) == 3
