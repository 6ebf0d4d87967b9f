import pytest

from vivek.providers.wire.own_sampling import from_gguf, from_modelfile, from_props
from vivek.schema.request import Sampling

# As `/api/show` writes them: `%-30s %#v` a line.
MODELFILE = """num_ctx                        16384
repeat_penalty                 1.05
stop                           "<|im_start|>"
stop                           "temperature 2"
temperature                    0.7
top_k                          20
top_p                          0.8"""
PROPS = {
    "temperature": 0.800000011920929,
    "top_k": 40,
    "top_p": 0.949999988079071,
    "min_p": 0.05,
    "repeat_penalty": 1.0,
}


@pytest.mark.parametrize(
    ("values", "sampling"),
    [
        ({}, Sampling()),
        ({"general.sampling.temp": 0.699999988079071}, Sampling(temperature=0.7)),
        ({"general.sampling.temp": 1, "general.sampling.top_k": 20.0}, Sampling(temperature=1.0, top_k=20)),
        ({"general.sampling.top_p": True, "general.sampling.penalty_repeat": "1.1"}, Sampling()),
        ({"general.sampling.penalty_repeat": 1.0499999523162842}, Sampling(repeat_penalty=1.05)),
        ({"general.sampling.temp": -1.0, "general.sampling.top_p": float("nan")}, Sampling()),
    ],
)
def test_a_model_file_is_read_where_it_tells_numbers(values: dict[str, object], sampling: Sampling) -> None:
    assert from_gguf(values) == sampling


@pytest.mark.parametrize(
    ("parameters", "sampling"),
    [
        (MODELFILE, Sampling(temperature=0.7, top_p=0.8, top_k=20, repeat_penalty=1.05)),
        ("temperature 0", Sampling(temperature=0.0)),
        ("temperature\ntop_p high\n\n  ", Sampling()),
        ("top_p inf\ntop_k -3", Sampling()),
        ("", Sampling()),
    ],
)
def test_a_modelfile_is_read_line_by_line(parameters: str, sampling: Sampling) -> None:
    assert from_modelfile(parameters) == sampling


@pytest.mark.parametrize(
    ("changed", "sampling"),
    [
        ({}, Sampling()),
        ({"temperature": 0.330000013, "top_k": 17}, Sampling(temperature=0.33, top_k=17)),
        ({"top_p": 1.0, "repeat_penalty": 1.1}, Sampling(top_p=1.0, repeat_penalty=1.1)),
        ({"temperature": None, "top_k": "40"}, Sampling()),
    ],
)
def test_a_server_tells_what_is_not_usual(changed: dict[str, object], sampling: Sampling) -> None:
    assert from_props(PROPS | changed) == sampling
