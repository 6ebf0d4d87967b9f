import pytest

from vivek.errors import ModelAPIError, ProviderUnavailableError, RequestInvalidError
from vivek.providers.engine.mlx.library import StoppedError, computes_with, install_hint, told_as_ours


@pytest.mark.parametrize(
    ("raised", "kind", "said"),
    [
        (MemoryError(), ProviderUnavailableError, "m cannot be loaded: there is not enough memory."),
        (
            RuntimeError("[metal::malloc] Attempting to allocate 9000000000 bytes\nmore"),
            ProviderUnavailableError,
            "m cannot be loaded: there is not enough memory (RuntimeError: [metal::malloc] Attempting to allocate "
            "9000000000 bytes).",
        ),
        (
            ValueError("Model type mamba9 not supported."),
            RequestInvalidError,
            "m cannot be loaded: this mlx-lm does not know the architecture mamba9.",
        ),
        (
            Exception("data did not match any variant of untagged enum ModelWrapper at line 1 column 3"),
            RequestInvalidError,
            "m cannot be loaded: Exception: data did not match any variant of untagged enum ModelWrapper at line 1 "
            "column 3",
        ),
        (ValueError("a file without memory of its own"), RequestInvalidError, "ValueError: a file without memory"),
        (KeyError(), RequestInvalidError, "m cannot be loaded: KeyError"),
        (RuntimeError("\n\nfirst words\nmore"), RequestInvalidError, "m cannot be loaded: RuntimeError: first words"),
    ],
)
def test_whatever_is_raised_is_told_in_our_words(raised: Exception, kind: type[ModelAPIError], said: str) -> None:
    with pytest.raises(kind) as caught, told_as_ours("m cannot be loaded", "Choose another."):
        raise raised

    assert said in caught.value.message
    assert caught.value.hint
    assert caught.value.__cause__ is raised


def test_the_kind_of_error_can_be_chosen() -> None:
    with pytest.raises(ModelAPIError) as caught, told_as_ours("m failed", "Ask again.", ModelAPIError):
        raise IndexError("out of range")

    assert type(caught.value) is ModelAPIError
    assert caught.value.hint == "Ask again."


@pytest.mark.parametrize("ours", [StoppedError(), RequestInvalidError("as it is")])
def test_what_is_ours_passes(ours: Exception) -> None:
    with pytest.raises(type(ours)) as caught, told_as_ours("m failed", ""):
        raise ours

    assert caught.value is ours


@pytest.mark.parametrize(
    ("system", "machine", "version", "words"),
    [
        ("Darwin", "arm64", "15.2", "on the GPU"),
        ("Darwin", "arm64", "14.0", "on the GPU"),
        ("Darwin", "arm64", "13.6.1", "slow"),
        ("Darwin", "x86_64", "15.2", "slow"),
        ("Linux", "x86_64", "", "slow"),
    ],
)
def test_what_computes_is_said_before_anything_is_loaded(system: str, machine: str, version: str, words: str) -> None:
    assert words in computes_with(system, machine, version)


@pytest.mark.parametrize(
    ("system", "machine", "words"),
    [
        ("Darwin", "arm64", 'pip install "vivek[mlx]"'),
        ("Linux", "x86_64", 'pip install "mlx-lm[cpu]" llguidance'),
        ("Darwin", "x86_64", "choose another model"),
    ],
)
def test_the_way_to_install_it_fits_the_machine(system: str, machine: str, words: str) -> None:
    assert words in install_hint(system, machine)
