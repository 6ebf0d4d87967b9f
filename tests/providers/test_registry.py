import subprocess
import sys
from pathlib import Path

import pytest

from tests.providers.conversation import ask, collect, text_of
from vivek.errors import ConfigError, RequestInvalidError
from vivek.providers.base import Provider
from vivek.providers.registry import PROVIDERS, open_adapter, open_provider, parse_model, usual_address, usual_key
from vivek.providers.spec import Folders, ModelSpec
from vivek.schema.models import ModelInfo
from vivek.schema.process import Child


@pytest.mark.parametrize(
    ("text", "provider", "model"),
    [
        ("ollama/qwen2.5-coder:7b", "ollama", "qwen2.5-coder:7b"),
        ("ollama/hf.co/user/model:Q4_K_M", "ollama", "hf.co/user/model:Q4_K_M"),
        ("llamacpp/default", "llamacpp", "default"),
        ("llamacpp", "llamacpp", "default"),
        ("openai_compat/", "openai_compat", "default"),
        ("lmstudio", "lmstudio", "default"),
        ("lmstudio/qwen/qwen3-4b", "lmstudio", "qwen/qwen3-4b"),
        ("openrouter/qwen/qwen-2.5-coder-7b-instruct:free", "openrouter", "qwen/qwen-2.5-coder-7b-instruct:free"),
        ("openai/ft:gpt-4o:me::1", "openai", "ft:gpt-4o:me::1"),
        ("local//abs/model.gguf", "local", "/abs/model.gguf"),
        (" scripted/talk.jsonl ", "scripted", "talk.jsonl"),
    ],
)
def test_a_name_says_provider_and_model(text: str, provider: str, model: str) -> None:
    spec = parse_model(text)
    assert spec == ModelSpec(provider, model)
    assert parse_model(str(spec)) == spec


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("qwen2.5-coder:7b", "For a model of Ollama write `ollama/qwen2.5-coder:7b`."),
        ("models/a.gguf", "For a model file write `local/models/a.gguf`."),
        ("olama/qwen", "Did you mean `ollama/qwen`?"),
        ("llama.cpp/x", "Did you mean `llamacpp/x`?"),
        ("zzz/x", "Models are written"),
        ("", "Models are written"),
    ],
)
def test_a_name_without_a_known_provider_comes_with_the_nearest(text: str, hint: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_model(text)
    assert hint in caught.value.hint
    for provider in PROVIDERS:
        assert f"`{provider}/" in caught.value.hint


@pytest.mark.parametrize("text", ["ollama", "ollama/", "openai", "openrouter/", "local/", "scripted"])
def test_a_provider_without_a_model_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="names no model"):
        parse_model(text)


@pytest.mark.parametrize(
    ("spec", "address"),
    [
        (ModelSpec("ollama", "m"), "http://127.0.0.1:11434"),
        (ModelSpec("llamacpp", "default"), "http://127.0.0.1:8080"),
        (ModelSpec("lmstudio", "default"), "http://127.0.0.1:1234"),
    ],
)
async def test_the_usual_address_is_used_when_none_is_given(spec: ModelSpec, address: str) -> None:
    provider = open_provider(spec)
    assert (provider.name, provider.base_url) == (spec.provider, address)
    await provider.close()


@pytest.mark.parametrize(
    ("provider", "address"), [("openai", "https://api.openai.com"), ("openrouter", "https://openrouter.ai/api")]
)
async def test_a_provider_far_away_is_reached_with_its_key(provider: str, address: str) -> None:
    adapter = open_adapter(ModelSpec(provider, "m"), key="k")
    assert (adapter.name, adapter.base_url) == (provider, address)
    await adapter.close()


@pytest.mark.parametrize(
    ("provider", "variable"),
    [("openai", "OPENAI_API_KEY"), ("openrouter", "OPENROUTER_API_KEY"), ("anthropic", "ANTHROPIC_API_KEY")],
)
async def test_a_missing_key_names_its_variable(provider: str, variable: str) -> None:
    for base_url in (None, f"{PROVIDERS[provider].base_url}/v1"):
        with pytest.raises(ConfigError, match="needs a key") as caught:
            open_adapter(ModelSpec(provider, "m"), base_url=base_url)
        assert f"`{variable}`" in caught.value.hint
    gateway = open_adapter(ModelSpec(provider, "m"), base_url="http://127.0.0.1:9")
    await gateway.close()


@pytest.mark.parametrize(
    ("provider", "base_url", "found"),
    [
        ("openai", None, True),
        ("openai", "https://api.openai.com/v1", True),
        ("openai", "https://api.openai.com:443", True),
        ("openai", "http://api.openai.com", False),
        ("openai", "https://api.openai.com.evil.example/v1", False),
        ("openai", "https://evil.example/https://api.openai.com", False),
        ("openai", "http://127.0.0.1:8000/v1", False),
        ("openrouter", None, False),
        ("ollama", None, False),
        ("openai_compat", "https://api.openai.com/v1", False),
        ("nobody", None, False),
    ],
)
def test_a_key_of_the_environment_goes_to_its_own_address(provider: str, base_url: str | None, found: bool) -> None:
    key = usual_key(provider, base_url, {"OPENAI_API_KEY": "sk-1"}.get)
    assert (key is not None) is found
    if key is not None:
        assert (key.reveal(), key.source) == ("sk-1", "`OPENAI_API_KEY`")


def test_an_empty_variable_holds_no_key_and_no_address() -> None:
    assert usual_key("openai", None, {"OPENAI_API_KEY": ""}.get) is None
    assert usual_address("ollama", {"OLLAMA_HOST": ""}.get) is None
    assert usual_address("ollama", {"OLLAMA_HOST": "gpu-box"}.get) == "gpu-box"
    assert usual_address("openai", {"OLLAMA_HOST": "gpu-box"}.get) is None
    assert usual_address("nobody", {"OLLAMA_HOST": "gpu-box"}.get) is None


@pytest.mark.parametrize(
    ("provider", "loaded", "resizable"),
    [
        ("ollama", True, True),
        ("local", False, True),
        ("lmstudio", False, True),
        ("lmstudio", True, False),
        ("llamacpp", True, False),
        ("openai", False, False),
        ("openai_compat", False, False),
    ],
)
def test_who_lets_a_window_be_chosen(provider: str, loaded: bool, resizable: bool) -> None:
    assert PROVIDERS[provider].can_resize(ModelInfo("m", loaded=loaded)) is resizable


@pytest.mark.parametrize("provider", sorted(PROVIDERS))
def test_every_example_can_be_typed(provider: str) -> None:
    assert parse_model(PROVIDERS[provider].example).provider == provider


async def test_an_address_is_handed_on() -> None:
    provider = open_provider(ModelSpec("openai_compat", "m"), base_url="http://127.0.0.1:1/v1", key="k")
    assert provider.base_url == "http://127.0.0.1:1"
    await provider.close()


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        (ModelSpec("openai_compat", "m"), "needs an address"),
        (ModelSpec("nobody", "m"), "no provider `nobody`"),
        (ModelSpec("local", "m.gguf"), "cannot be started from here"),
        (ModelSpec("scripted", "missing.jsonl"), "cannot be read"),
    ],
)
def test_what_is_missing_is_named(spec: ModelSpec, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        open_provider(spec)


async def test_a_script_is_found_from_the_folder_given(tmp_path: Path) -> None:
    (tmp_path / "talk.jsonl").write_text('"hello"\n', encoding="utf-8")
    folders = Folders(state=tmp_path, here=tmp_path)

    provider = open_provider(ModelSpec("scripted", "talk.jsonl"), folders=folders)

    with pytest.raises(RequestInvalidError, match="lacks `maxLength`"):
        await collect(provider, ask(schema={"type": "string"}))
    assert text_of(await collect(provider)) == "hello", "what is refused before it is sent uses up nothing"


def test_opening_one_provider_imports_no_other() -> None:
    script = (
        "import sys; from vivek.providers.registry import open_adapter; from vivek.providers.spec import ModelSpec;"
        "open_adapter(ModelSpec('llamacpp', 'default'));"
        "print(*sorted(name for name in sys.modules if name.startswith('vivek.providers.adapters.')))"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    assert ran.stdout.split() == ["vivek.providers.adapters.llamacpp"]


def test_reading_a_name_imports_nothing_heavy() -> None:
    script = (
        "import sys; from vivek.providers.registry import parse_model; parse_model('ollama/m');"
        "print(*({'httpx', 'rapidfuzz', 'vivek.providers.engine.gguf'} & sys.modules.keys()))"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    assert ran.stdout.split() == []


async def test_a_local_model_is_given_the_launcher_and_starts_nothing_yet(tmp_path: Path) -> None:
    async def launcher(argv: object, *, env: object = None) -> Child:
        raise AssertionError("nothing may start yet")

    (tmp_path / "a.gguf").write_bytes(b"GGUF")
    provider: Provider = open_provider(
        ModelSpec("local", "a.gguf"),
        launcher=launcher,
        folders=Folders(state=tmp_path / "state", here=tmp_path),
        window=2048,
    )
    assert provider.name == "local"
    await provider.close()
