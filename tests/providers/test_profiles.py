import pytest

from vivek.providers.profiles import code_sampling, parameters_in, planning_sampling, profile_for
from vivek.schema.models import ModelInfo
from vivek.schema.request import Sampling


@pytest.mark.parametrize(
    ("info", "size"),
    [
        (ModelInfo("m"), "small"),
        (ModelInfo("m", parameters=3_090_000_000), "small"),
        (ModelInfo("m", parameters=3_500_000_000), "medium"),
        (ModelInfo("m", parameters=8_190_000_000), "medium"),
        (ModelInfo("m", parameters=9_240_000_000), "large"),
        (ModelInfo("qwen2.5-coder:7b"), "medium"),
        (ModelInfo("qwen2.5-coder:7b", parameters=500_000_000), "small"),
        (ModelInfo("mixtral-8x7b-instruct"), "large"),
    ],
)
def test_the_size_decides_and_an_unknown_one_is_small(info: ModelInfo, size: str) -> None:
    assert profile_for(info).size == size


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("qwen2.5-coder:7b", 7e9),
        ("Qwen2.5-Coder-1.5B-Instruct-Q4_K_M", 1.5e9),
        ("smollm:135m", 135e6),
        ("mixtral-8x7b", 56e9),
        ("qwen3:30b-a3b", 30e9),
        ("phi-4-mini", None),
        ("model-q8_0", None),
        ("llama3", None),
        ("qwen2.5", None),
    ],
)
def test_a_name_may_tell_the_size(name: str, count: float | None) -> None:
    assert parameters_in(name) == count


def test_code_is_copied_without_a_penalty() -> None:
    profile = profile_for(ModelInfo("m"))
    assert profile.sampling == Sampling(temperature=0.3, top_p=0.9, repeat_penalty=1.2)
    assert code_sampling(profile) == Sampling(temperature=0.3, top_p=0.9, repeat_penalty=1.0)


def test_plans_are_drawn_closer_to_the_likeliest() -> None:
    assert planning_sampling(profile_for(ModelInfo("m"))) == Sampling(temperature=0.15, top_p=0.9, repeat_penalty=1.0)


def test_larger_models_get_more_room() -> None:
    small, medium, large = (profile_for(ModelInfo("m", parameters=int(size * 1e9))) for size in (1, 7, 30))
    assert small.prose_tokens < medium.prose_tokens < large.prose_tokens
    assert small.fixed_tokens < medium.fixed_tokens < large.fixed_tokens
    assert (small.step_limit, medium.step_limit, large.step_limit) == (6, 8, 8)


def test_the_seeds_figures_are_the_last_resort() -> None:
    small, medium, large = (profile_for(ModelInfo("m", parameters=int(size * 1e9))) for size in (3.4, 8, 14))
    assert (small.sampling, small.prose_tokens) == (Sampling(0.3, 0.9, repeat_penalty=1.2), 512)
    assert (medium.sampling, medium.prose_tokens) == (Sampling(0.2, 0.9, repeat_penalty=1.1), 1024)
    assert (large.sampling, large.prose_tokens) == (Sampling(0.1, 0.9, repeat_penalty=1.0), 2048)
    assert [each.thinking_tokens for each in (small, medium, large)] == [1024, 2048, 4096]
    assert [each.step_limit for each in (small, medium, large)] == [6, 8, 8]


def test_each_field_comes_from_the_first_who_says_something() -> None:
    own = Sampling(temperature=0.7, top_p=0.8, top_k=20, repeat_penalty=1.05)
    info = ModelInfo("m", parameters=7_000_000_000, sampling=own)

    assert profile_for(info).sampling == own, "no field of the profile replaces what the model's maker set"

    merged = profile_for(info, user=Sampling(seed=7, temperature=0.0), probed=Sampling(temperature=0.4, top_p=0.95))
    assert merged.sampling == Sampling(0.0, 0.95, 20, 1.05, 7)
    assert profile_for(ModelInfo("m"), probed=Sampling(top_k=40)).sampling == Sampling(0.3, 0.9, 40, 1.2)


def test_code_and_plans_follow_the_merged_sampling() -> None:
    own = Sampling(temperature=0.6, top_p=0.95, top_k=20, repeat_penalty=1.1)
    profile = profile_for(ModelInfo("m", parameters=7_000_000_000, sampling=own))

    assert code_sampling(profile) == Sampling(0.6, 0.95, 20, 1.0)
    assert planning_sampling(profile) == Sampling(0.3, 0.95, 20, 1.0)
