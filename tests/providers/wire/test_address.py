import pytest

from vivek.errors import ConfigError
from vivek.providers.wire.address import (
    bearer_header,
    check_encrypted,
    is_loopback,
    is_near,
    is_same_place,
    key_header,
    ollama_url,
    parse_address,
)
from vivek.schema.secret import Secret


@pytest.mark.parametrize(
    ("value", "url"),
    [
        (None, "http://127.0.0.1:11434"),
        ("", "http://127.0.0.1:11434"),
        ("  ", "http://127.0.0.1:11434"),
        ('"10.0.0.5"', "http://10.0.0.5:11434"),
        ("10.0.0.5:1234", "http://10.0.0.5:1234"),
        (":8000", "http://127.0.0.1:8000"),
        ("0.0.0.0", "http://127.0.0.1:11434"),
        ("0.0.0.0:9", "http://127.0.0.1:9"),
        ("gpu-box", "http://gpu-box:11434"),
        ("http://gpu-box", "http://gpu-box:80"),
        ("https://gpu-box", "https://gpu-box:443"),
        ("https://gpu-box:8443/ollama/", "https://gpu-box:8443/ollama"),
        ("gpu-box/path", "http://gpu-box:11434/path"),
        ("::1", "http://[::1]:11434"),
        ("[::1]", "http://[::1]:11434"),
        ("[::]:9", "http://[::1]:9"),
        ("[fe80::2]:9", "http://[fe80::2]:9"),
        ("gpu-box:notaport", "http://gpu-box:11434"),
        ("gpu-box:70000", "http://gpu-box:11434"),
    ],
)
def test_ollama_host_is_read_as_ollama_reads_it(value: str | None, url: str) -> None:
    assert ollama_url(value) == url


@pytest.mark.parametrize("text", ["ftp://x", "http://", "//", "http://[::1", "javascript:alert(1)", "http://x y"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="no address"):
        parse_address(text)


def test_the_scheme_may_be_missing() -> None:
    assert str(parse_address(" localhost:8080/ ")) == "http://localhost:8080"


@pytest.mark.parametrize(
    ("host", "near"),
    [
        ("localhost", True),
        ("LOCALHOST", True),
        ("127.8.9.1", True),
        ("[::1]", True),
        ("::1", True),
        ("0.0.0.0", True),
        ("10.0.0.1", False),
        ("example.org", False),
        ("localhost.example.org", False),
    ],
)
def test_this_machine_is_told_apart(host: str, near: bool) -> None:
    assert is_loopback(host) is near


@pytest.mark.parametrize("text", ["http://me:hunter2@host:99999", "ftp://me:hunter2@x", "me:hunter2@x y"])
def test_a_password_in_what_is_no_address_is_not_shown(text: str) -> None:
    with pytest.raises(ConfigError, match=r"\*\*\*@") as caught:
        parse_address(text)
    assert "hunter2" not in caught.value.message + caught.value.hint


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://models.example", "https://models.example:443/v1", True),
        ("models.example:80", "http://models.example", True),
        ("https://models.example", "http://models.example", False),
        ("https://models.example", "https://models.example:8443", False),
        ("https://models.example", "https://models.example.org", False),
    ],
)
def test_two_addresses_of_one_server_are_known(one: str, other: str, same: bool) -> None:
    assert is_same_place(one, other) is same


@pytest.mark.parametrize(
    ("host", "near"),
    [
        ("localhost", True),
        ("127.0.0.1", True),
        ("192.168.1.20", True),
        ("10.0.0.1", True),
        ("100.100.1.2", True),
        ("[fe80::1]", True),
        ("gpu-box", True),
        ("nas.local", True),
        ("8.8.8.8", False),
        ("[2606:4700::1]", False),
        ("api.example.com", False),
        ("local.example.com", False),
    ],
)
def test_ones_own_network_is_told_apart(host: str, near: bool) -> None:
    assert is_near(host) is near


def test_a_key_is_not_sent_for_everybody_to_read() -> None:
    key = Secret("sk-secret-123", source="`MODEL_KEY`")
    with pytest.raises(ConfigError, match=r"The key from `MODEL_KEY` is not sent to http://api\.example") as caught:
        check_encrypted(parse_address("http://api.example.com"), key)
    assert "https://api.example.com" in caught.value.hint
    assert "sk-secret" not in caught.value.message + caught.value.hint
    with pytest.raises(ConfigError, match="A key is not sent"):
        check_encrypted(parse_address("http://me:password@api.example.com"), None)


@pytest.mark.parametrize("address", ["https://api.example.com", "http://127.0.0.1:8080", "http://gpu-box:8000"])
def test_a_key_is_sent_where_few_or_none_can_read_it(address: str) -> None:
    check_encrypted(parse_address(address), Secret("sk-secret-123"))


@pytest.mark.parametrize("key", ["with\nline", "schlüssel", "\x7f"])
def test_a_key_that_no_header_can_carry_is_refused_without_being_shown(key: str) -> None:
    with pytest.raises(ConfigError, match="The key from `MODEL_KEY`") as caught:
        bearer_header(Secret(key, source="`MODEL_KEY`"))
    assert key not in caught.value.message + caught.value.hint


def test_no_key_makes_no_header() -> None:
    assert bearer_header(None) == bearer_header("") == {}
    made = bearer_header(Secret("abc", source="here"))["Authorization"]
    assert (made.reveal(), made.source) == ("Bearer abc", "here")
    assert key_header("x-api-key", "abc")["x-api-key"].reveal() == "abc"
