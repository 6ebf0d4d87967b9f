import pytest

from vivek.errors import ConfigError
from vivek.providers.wire.address import bearer_header, is_loopback, ollama_url, parse_address


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


@pytest.mark.parametrize("key", ["with\nline", "schlüssel", "\x7f"])
def test_a_key_that_no_header_can_carry_is_refused_without_being_shown(key: str) -> None:
    with pytest.raises(ConfigError) as caught:
        bearer_header(key)
    assert key not in caught.value.message + caught.value.hint


def test_no_key_makes_no_header() -> None:
    assert bearer_header(None) == bearer_header("") == {}
    assert bearer_header("abc") == {"Authorization": "Bearer abc"}
