"""How the maker or the server of a model wants its tokens to be drawn, from the three places that tell it. Pure."""

from collections.abc import Mapping

from vivek.providers.wire.reply import amount
from vivek.schema.request import Sampling

_GGUF = {"temperature": "temp", "top_p": "top_p", "top_k": "top_k", "repeat_penalty": "penalty_repeat"}
_USUAL = {"temperature": 0.8, "top_p": 0.95, "top_k": 40.0, "repeat_penalty": 1.0}
"""What llama.cpp does when nobody says otherwise."""

_NEAR = 1e-4


def from_gguf(values: Mapping[str, object]) -> Sampling:
    """Return what the keys `general.sampling.*` of a model file say; llama.cpp takes its defaults from them."""
    return _sampling({ours: amount(values.get(f"general.sampling.{theirs}")) for ours, theirs in _GGUF.items()})


def from_modelfile(parameters: str) -> Sampling:
    """Return what the parameters of a Modelfile say, a line each: a name, blanks, a value."""
    return _sampling({name: _parsed(value) for name, value in modelfile_lines(parameters).items()})


def from_props(settings: Mapping[str, object]) -> Sampling:
    """Return what a llama.cpp server draws with, as far as that is not what it does anyway.

    What differs was set in the model file or by whoever started it.
    """
    found = {name: amount(settings.get(name)) for name in _USUAL}
    return _sampling({name: None if _is_usual(name, value) else value for name, value in found.items()})


def modelfile_lines(parameters: str) -> dict[str, str]:
    """Return the parameters of a Modelfile by name, the last of each; `/api/show` writes them as text."""
    lines = (line.split() for line in parameters.splitlines())
    return {line[0]: line[1] for line in lines if len(line) == 2}


def _is_usual(name: str, value: float | None) -> bool:
    return value is not None and abs(value - _USUAL[name]) < _NEAR


def _parsed(value: str) -> float | None:
    try:
        return amount(float(value))
    except ValueError:
        return None


def _sampling(told: Mapping[str, float | None]) -> Sampling:
    # Files and servers keep them in 32 bits: 0.7 comes back as 0.699999988.
    values = {name: round(value, 6) for name, value in told.items() if value is not None}
    top_k = values.get("top_k")
    return Sampling(
        temperature=values.get("temperature"),
        top_p=values.get("top_p"),
        top_k=None if top_k is None else int(top_k),
        repeat_penalty=values.get("repeat_penalty"),
    )
