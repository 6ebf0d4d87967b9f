import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from tests.providers.conversation import ask, collect
from tests.providers.engine.mlx.folders import write_folder
from vivek.errors import ModelNotFoundError, ProviderUnavailableError, RequestInvalidError
from vivek.providers.adapters.mlx import MlxProvider
from vivek.providers.registry import PROVIDERS, open_provider, parse_model
from vivek.providers.spec import Folders
from vivek.schema.messages import Image, Message
from vivek.schema.request import Request
from vivek.schema.tools import ToolCard

Question = Callable[[MlxProvider], Awaitable[object]]
QUESTIONS: dict[str, Question] = {
    "stream": collect,
    "describe": lambda provider: provider.describe("default"),
    "models": lambda provider: provider.models(),
    "count_tokens": lambda provider: provider.count_tokens(ask()),
}


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)
async def test_a_folder_that_is_not_there_is_told(tmp_path: Path, question: Question) -> None:
    provider = MlxProvider(tmp_path / "gone")

    with pytest.raises(ModelNotFoundError, match="There is no model folder") as caught:
        await question(provider)

    assert "mlx/PATH" in caught.value.hint
    assert not (await provider.health()).ok


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)
async def test_a_folder_that_is_no_model_says_why(tmp_path: Path, question: Question) -> None:
    path = write_folder(tmp_path / "m")
    (path / "model.safetensors").write_bytes(b"half")
    provider = MlxProvider(path)

    with pytest.raises(RequestInvalidError, match=r"model\.safetensors: It is no file of weights") as caught:
        await question(provider)

    assert "fetch it again" in caught.value.hint
    health = await provider.health()
    assert not health.ok
    assert "model.safetensors" in health.detail


async def test_a_folder_with_a_gguf_file_is_led_to_the_other_engine(tmp_path: Path) -> None:
    (tmp_path / "coder.gguf").write_bytes(b"GGUF")

    with pytest.raises(RequestInvalidError) as caught:
        await MlxProvider(tmp_path).describe("default")

    assert f"`local/{tmp_path / 'coder.gguf'}`" in caught.value.hint


@pytest.mark.parametrize("library", ["mlx", "mlx_lm", "llguidance"])
async def test_a_library_that_is_not_installed_is_told_with_the_way_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, library: str
) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    provider = MlxProvider(write_folder(tmp_path / "m"))

    for question in (QUESTIONS["stream"], QUESTIONS["count_tokens"]):
        with pytest.raises(ProviderUnavailableError, match=f"{library} is not installed") as caught:
            await question(provider)
        assert "pip install" in caught.value.hint or "another model" in caught.value.hint
    health = await provider.health()
    assert not health.ok
    assert caught.value.hint in health.detail
    assert (await provider.describe("default")).parameters, "what lies on the disk is known all the same"
    await provider.close()


async def test_pictures_are_refused_in_plain_words(tmp_path: Path) -> None:
    shown = Message("user", "What is this?", images=(Image("image/png", b"..."),))

    with pytest.raises(RequestInvalidError, match="mlx-lm is text only") as caught:
        await collect(MlxProvider(write_folder(tmp_path / "m")), Request("m", (shown,), 10))

    assert "that can see" in caught.value.hint


async def test_tools_are_refused_where_the_template_has_no_place_for_them(tmp_path: Path) -> None:
    card = ToolCard("look", "Looks.", {"type": "object"})

    with pytest.raises(RequestInvalidError, match="no place for tools"):
        await collect(MlxProvider(write_folder(tmp_path / "m")), ask(tools=(card,)))


@pytest.mark.parametrize(("window", "told"), [(None, None), (8_192, 8_192), (10**6, 32_768)])
async def test_a_model_is_described_without_being_loaded(tmp_path: Path, window: int | None, told: int | None) -> None:
    provider = MlxProvider(write_folder(tmp_path / "m"), window=window)

    info = await provider.describe("maker/m")

    assert (info.name, info.window_loaded, info.window_maximum, info.loaded) == ("maker/m", told, 32_768, False)
    assert ("window_loaded" in info.sources) == (told is not None)
    assert info.gpu_share is None
    assert [each.name for each in await provider.models()] == ["m"]
    assert await provider.embed("m", ["a"]) is None


async def test_a_name_leads_to_the_folder_where_models_lie(tmp_path: Path) -> None:
    write_folder(tmp_path / "models" / "maker" / "coder")
    spec = parse_model("mlx/maker/coder")

    provider = open_provider(spec, folders=Folders(tmp_path / "state", (tmp_path / "models",)))

    assert (provider.name, provider.base_url) == ("mlx", "")
    assert (await provider.describe(spec.model)).parameters == 136
    assert PROVIDERS["mlx"].can_resize(await provider.describe(spec.model))
    with pytest.raises(ModelNotFoundError):
        open_provider(parse_model("mlx/maker/other"), folders=Folders(tmp_path / "state", (tmp_path / "models",)))


async def test_closing_what_was_never_used_is_no_error(tmp_path: Path) -> None:
    provider = MlxProvider(tmp_path / "gone")

    await provider.close()
    await provider.close()
