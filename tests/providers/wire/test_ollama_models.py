import pytest

from vivek.providers.wire.ollama_models import parameter_count, tagged


@pytest.mark.parametrize(
    ("name", "full"),
    [
        ("qwen2.5", "qwen2.5:latest"),
        ("qwen2.5:7b", "qwen2.5:7b"),
        ("hf.co/user/model", "hf.co/user/model:latest"),
        ("host:5000/user/model", "host:5000/user/model:latest"),
    ],
)
def test_a_model_without_a_tag_is_its_latest(name: str, full: str) -> None:
    assert tagged(name) == full


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("8.0B", 8_000_000_000),
        ("137M", 137_000_000),
        ("1.5b", 1_500_000_000),
        ("", None),
        ("B", None),
        (None, None),
        ("7", None),
    ],
)
def test_sizes_are_read(text: object, count: int | None) -> None:
    assert parameter_count(text) == count
