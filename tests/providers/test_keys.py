"""Which key goes to which server."""

import asyncio
from collections.abc import Callable

import pytest

from tests.providers.raw_server import Seen, json_reply, raw_server
from vivek.errors import AuthenticationError, ConfigError
from vivek.providers.keys import key_for
from vivek.providers.registry import PROVIDERS, open_adapter, usual_key
from vivek.providers.spec import ModelSpec
from vivek.schema.secret import USUAL, Secret

VARIABLES = {
    "OPENAI_API_KEY": "of-openai",
    "OPENROUTER_API_KEY": "of-openrouter",
    "ANTHROPIC_API_KEY": "of-anthropic",
    "OLLAMA_HOST": "gpu-box:11434",
}
ENTERED = "entered-by-the-user"


def entered(address: str) -> Secret:
    return Secret(ENTERED, source="`model.api_key` (config.toml:3)", entered_for=address)


def sent(key: Secret | None, address: str) -> str:
    """Return the key that a door to this address sends, "" for none."""
    from vivek.providers.wire.address import is_for

    return key.reveal() if key and is_for(key, address) else ""


@pytest.mark.parametrize(
    ("provider", "base_url", "key"),
    [
        ("openai", None, "of-openai"),
        ("openai", "https://api.openai.com/v1", "of-openai"),
        ("openai", "https://proxy.example/v1", ""),
        ("openai", "http://api.openai.com/v1", ""),
        ("openai", "https://api.openai.com.evil.example", ""),
        ("openrouter", None, "of-openrouter"),
        ("openrouter", "https://openrouter.ai/api/v1", "of-openrouter"),
        ("openrouter", "https://evil.example/api/v1", ""),
        ("anthropic", None, "of-anthropic"),
        ("anthropic", "http://127.0.0.1:8080", ""),
        ("ollama", None, ""),
        ("openai_compat", "http://127.0.0.1:8080", ""),
    ],
)
def test_a_key_of_the_environment_goes_to_its_own_service_alone(provider: str, base_url: str | None, key: str) -> None:
    found = key_for(provider, base_url, None, VARIABLES.get)
    assert sent(found, base_url or PROVIDERS[provider].base_url or "") == key
    if found:
        assert found.source == f"`{PROVIDERS[provider].key_variable}`"


@pytest.mark.parametrize(
    ("entered_for", "provider", "base_url", "key"),
    [
        ("https://my.example/v1", "openai_compat", "https://my.example/v1", ENTERED),
        ("https://my.example/v1", "openai_compat", "https://my.example:443/other", ENTERED),
        ("https://my.example/v1", "openai_compat", "https://other.example/v1", ""),
        ("https://my.example/v1", "openai_compat", "http://my.example/v1", ""),
        ("https://my.example/v1", "openai_compat", "https://my.example:8443", ""),
        ("https://my.example/v1", "openai", None, "of-openai"),
        ("https://my.example/v1", "llamacpp", None, ""),
        ("openai", "openai", None, ENTERED),
        ("openai", "openai", "https://my.example", ""),
        ("openai", "openrouter", None, "of-openrouter"),
        ("openai", "openai_compat", "https://api.openai.com", ENTERED),
        ("ollama", "ollama", None, ENTERED),
        ("ollama", "ollama", "gpu-box:11434", ENTERED),
        ("ollama", "ollama", "http://127.0.0.1:11434", ""),
        (USUAL, "llamacpp", None, ENTERED),
        (USUAL, "llamacpp", "http://127.0.0.1:8080", ENTERED),
        (USUAL, "llamacpp", "http://gpu-box:8080", ""),
        (USUAL, "openai_compat", "http://gpu-box:8080", ""),
        ("", "openai_compat", "http://gpu-box:8080", ENTERED),
        ("", "llamacpp", None, ENTERED),
    ],
)
def test_an_entered_key_goes_where_it_was_entered_for(
    entered_for: str, provider: str, base_url: str | None, key: str
) -> None:
    found = key_for(provider, base_url, entered(entered_for), VARIABLES.get)
    where = base_url or {"ollama": "gpu-box:11434"}.get(provider) or PROVIDERS[provider].base_url or ""
    assert sent(found, where) == key


def test_no_key_is_none() -> None:
    assert key_for("openai", None, None, {}.get) is None
    assert usual_key("openai", None, {"OPENAI_API_KEY": ""}.get) is None


def test_an_address_that_is_none_is_told() -> None:
    with pytest.raises(ConfigError):
        key_for("openai", "http://host:99999", None, VARIABLES.get)


async def test_a_key_that_stays_here_is_told_when_the_server_wants_one() -> None:
    async def refuse(request: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(json_reply({"error": "no key"}, "401 Unauthorized"))

    async with raw_server(refuse) as server:
        key = key_for("openai_compat", server.url, entered("https://my.example/v1"), VARIABLES.get)
        provider = open_adapter(ModelSpec("openai_compat", "m"), base_url=server.url, key=key)
        with pytest.raises(AuthenticationError) as caught:
            await provider.models()
        await provider.close()

    assert all("authorization" not in request.headers for request in server.seen)
    assert caught.value.hint == (
        "The key from `model.api_key` (config.toml:3) was entered for https://my.example/v1 and is sent nowhere else. "
        "Set `model.base_url` and `model.api_key` together."
    )


@pytest.mark.parametrize("name", [name for name, entry in PROVIDERS.items() if entry.base_url != ""])
async def test_no_adapter_sends_a_key_to_another_address(name: str) -> None:
    async def answer(request: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(json_reply({}))

    async with raw_server(answer) as server:
        for key, expected in ((entered("https://my.example"), False), (entered(server.url), True)):
            server.seen.clear()
            provider = open_adapter(ModelSpec(name, "m"), base_url=server.url, key=key)
            await provider.health()
            await provider.close()
            assert server.seen
            assert any(ENTERED in str(request.headers) for request in server.seen) is expected


def test_every_variable_of_a_key_is_asked_for_by_its_name() -> None:
    asked: list[str] = []

    def environment(name: str) -> str | None:
        asked.append(name)
        return None

    lookup: Callable[[str], str | None] = environment
    for name in PROVIDERS:
        key_for(name, None, None, lookup)
    assert {"OPENAI_API_KEY", "OPENROUTER_API_KEY", "ANTHROPIC_API_KEY"} <= set(asked)
