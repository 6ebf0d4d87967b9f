import subprocess
import sys
from pathlib import Path

import pytest

from tests.providers.conversation import ask, collect, text_of
from vivek.errors import ConfigError, ModelNotFoundError, RequestInvalidError
from vivek.providers.base import Provider
from vivek.providers.registry import EXAMPLES, RESIZABLE, find_model_file, open_provider, parse_model
from vivek.providers.spec import Folders, ModelSpec
from vivek.schema.process import Child


@pytest.mark.parametrize(
    ("text", "provider", "model"),
    [
        ("ollama/qwen2.5-coder:7b", "ollama", "qwen2.5-coder:7b"),
        ("ollama/hf.co/user/model:Q4_K_M", "ollama", "hf.co/user/model:Q4_K_M"),
        ("llamacpp/default", "llamacpp", "default"),
        ("llamacpp", "llamacpp", "default"),
        ("openai_compat/", "openai_compat", "default"),
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
    for provider in EXAMPLES:
        assert f"`{provider}/" in caught.value.hint


@pytest.mark.parametrize("text", ["ollama", "ollama/", "local/", "scripted"])
def test_a_provider_without_a_model_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="names no model"):
        parse_model(text)


@pytest.mark.parametrize(
    ("spec", "address"),
    [
        (ModelSpec("ollama", "m"), "http://127.0.0.1:11434"),
        (ModelSpec("llamacpp", "default"), "http://127.0.0.1:8080"),
    ],
)
async def test_the_usual_address_is_used_when_none_is_given(spec: ModelSpec, address: str) -> None:
    provider = open_provider(spec)
    assert (provider.name, provider.base_url) == (spec.provider, address)
    await provider.close()


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


def test_a_model_file_is_found_by_its_path(tmp_path: Path) -> None:
    path = tmp_path / "a.gguf"
    path.write_bytes(b"GGUF")
    folders = Folders(state=tmp_path, here=tmp_path)
    assert find_model_file("a.gguf", folders) == path
    assert find_model_file(str(path), folders) == path


def test_a_model_file_is_found_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    path = tmp_path / "models" / "tiny-coder.gguf"
    path.write_bytes(b"GGUF")
    folders = Folders(state=tmp_path, models=[tmp_path / "models"], here=tmp_path)
    assert find_model_file("tiny-coder", folders) == path
    assert find_model_file("tiny-coder.gguf", folders) == path
    with pytest.raises(ModelNotFoundError) as caught:
        find_model_file("tiny-codr", folders)
    assert caught.value.hint == "Did you mean `local/tiny-coder`?"
    with pytest.raises(ModelNotFoundError) as caught:
        find_model_file("zzzzzz", Folders(state=tmp_path))
    assert caught.value.hint == "Give the path of a GGUF file."


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


def test_only_known_providers_take_a_window() -> None:
    assert set(EXAMPLES) > RESIZABLE
