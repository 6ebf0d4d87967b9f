import pytest

from vivek.providers.wire.decoding import GarbledError
from vivek.providers.wire.ndjson import is_object, load_object


def test_an_object_is_loaded() -> None:
    assert load_object(' {"a": [1]} ') == {"a": [1]}


@pytest.mark.parametrize("text", ["", "<html>", '{"a": 1', "[" * 100_000])
def test_what_is_no_json_is_shown(text: str) -> None:
    with pytest.raises(GarbledError, match="no JSON"):
        load_object(text)


@pytest.mark.parametrize("text", ["[1]", '"text"', "null", "3"])
def test_json_that_is_no_object_is_refused(text: str) -> None:
    with pytest.raises(GarbledError, match="no JSON object"):
        load_object(text)


def test_half_an_object_is_none() -> None:
    assert is_object("{}")
    assert not is_object('{"a": "b')
