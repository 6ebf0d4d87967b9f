import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.providers.engine.mlx.folders import PACKED, PLAIN, headed, weights
from vivek.providers.engine.mlx.weights import WeightsError, load_weights


def test_the_weights_are_counted_and_weighed(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    path.write_bytes(weights(PLAIN))

    found = load_weights([path])

    assert found.parameters({}) == 8 + 16 * 8
    assert found.size_bytes == path.stat().st_size
    assert found.usual_kind() == "BF16"


def test_packed_weights_count_as_what_they_stand_for(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    path.write_bytes(weights(PACKED))

    found = load_weights([path])

    bits: dict[str, object] = {"group_size": 64, "bits": 4, "model.layers.0.v_proj": {"group_size": 64, "bits": 8}}
    assert found.parameters(bits) == 64 + 64 * 64 + 64 * 64


def test_several_files_make_one_model(tmp_path: Path) -> None:
    paths = [tmp_path / "model-00001-of-00002.safetensors", tmp_path / "model-00002-of-00002.safetensors"]
    paths[0].write_bytes(weights({"a.weight": ("F16", (4, 4))}))
    paths[1].write_bytes(weights({"b.weight": ("F16", (2, 4))}))

    assert load_weights(paths).parameters({}) == 24


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        (b"", "no file of weights"),
        (b"GGUF" + bytes(100), "no file of weights"),
        (weights()[:100], "ends before its head"),
        (weights()[:-1], "shorter than its own list"),
        (headed(b"not json at all!"), "no JSON"),
        (headed(b"[" * 100_000), "no JSON"),
        (headed(b"[1, 2]"), "no list of tensors"),
        (headed(b'{"a": 7}'), "'a' is not described"),
        (headed(b'{"a": {"dtype": "F16", "shape": [2], "data_offsets": [4, 0]}}', 8), "described wrongly"),
        (headed(b'{"a": {"dtype": "F16", "shape": [-2], "data_offsets": [0, 4]}}', 8), "not described"),
        (
            headed(b'{"a": {"dtype": "F16", "shape": [99999999, 99999999], "data_offsets": [0, 4]}}', 8),
            "described wrongly",
        ),
        (headed(b'{"a": {"dtype": "F16", "shape": ["x"], "data_offsets": [0, 4]}}', 8), "not described"),
        (headed(b'{"a": {"dtype": "F16", "shape": 3, "data_offsets": [0, 4]}}', 8), "not described"),
        (headed(b'{"__metadata__": {}}'), "hold no weights"),
    ],
)
def test_a_file_that_is_wrong_is_told_by_its_name(tmp_path: Path, written: bytes, reason: str) -> None:
    path = tmp_path / "model.safetensors"
    path.write_bytes(written)

    with pytest.raises(WeightsError, match=reason) as caught:
        load_weights([path])

    if "hold no" not in reason:
        assert "model.safetensors: " in str(caught.value)


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    head=st.dictionaries(
        st.text(max_size=8),
        st.recursive(st.none() | st.integers() | st.floats() | st.text(max_size=4), st.lists, max_leaves=5)
        | st.fixed_dictionaries(
            {
                "dtype": st.text(max_size=4) | st.integers(),
                "shape": st.lists(st.integers() | st.floats(), max_size=9),
                "data_offsets": st.lists(st.integers(-4, 64), max_size=3),
            }
        ),
        max_size=4,
    ),
    cut=st.integers(0, 200),
)
def test_no_head_makes_it_fall_over(tmp_path: Path, head: dict[str, object], cut: int) -> None:
    path = tmp_path / "model.safetensors"
    path.write_bytes(headed(json.dumps(head).encode(), 32)[: cut or None])

    try:
        found = load_weights([path])
    except WeightsError:
        return
    assert found.parameters({}) >= 0
