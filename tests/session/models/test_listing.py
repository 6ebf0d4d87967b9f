"""What lies on this disk among all that can be reached, and which of it a first chat begins with."""

import json
import shutil
from pathlib import Path

import pytest

from tests.end_to_end.ollama_shelf import OllamaShelf
from tests.engine.tiny_model import TinyModel
from vivek.errors import ConfigError, ProviderUnavailableError
from vivek.schema.listing import ListedModel, ListedServer, ModelList
from vivek.schema.models import ModelInfo
from vivek.session.models.listing import list_models
from vivek.session.models.picking import is_ollama_stopped, load_candidates, ranked
from vivek.session.options import Choices
from vivek.session.place import open_place
from vivek.session.spec import ModelChoice

pytestmark = pytest.mark.usefixtures("_nothing_serves")


def put(tiny_model: TinyModel, *places: Path) -> None:
    for place in places:
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(tiny_model.q8_0, place)


async def names(choice: ModelChoice | None = None, only: str | None = "local") -> list[str]:
    return [model.name for model in (await list_models(choice or ModelChoice(), only=only)).models]


async def test_model_files_are_listed_by_what_can_be_typed(home: Path, tiny_model: TinyModel) -> None:
    studio = home / ".lmstudio" / "models" / "maker" / "tiny"
    put(tiny_model, home / "vivek" / "models" / "one.gguf", studio / "one.gguf", studio / "two.gguf")

    assert set(await names()) == {"local/one", "local/two", f"local/{studio / 'one.gguf'}"}


async def test_the_chosen_one_is_marked(home: Path, tiny_model: TinyModel) -> None:
    put(tiny_model, home / "vivek" / "models" / "one.gguf", home / "vivek" / "models" / "two.gguf")

    found = await list_models(ModelChoice(name="local/two"), only="local")

    assert {model.name: model.chosen for model in found.models} == {"local/one": False, "local/two": True}


async def test_a_file_in_use_is_listed_wherever_it_lies(home: Path, tiny_model: TinyModel) -> None:
    put(tiny_model, home / "elsewhere" / "mine.gguf", home / "vivek" / "models" / "one.gguf")
    mine = f"local/{home / 'elsewhere' / 'mine.gguf'}"

    found = await list_models(ModelChoice(name=mine), only="local")

    assert {model.name: model.chosen for model in found.models} == {"local/one": False, mine: True}
    assert {model.name for model in found.usable()} == {"local/one", mine}
    assert await names(ModelChoice(name=f"local/{home / 'vivek' / 'models' / 'one.gguf'}")) == ["local/one"]
    assert await names(ModelChoice(name="local//nowhere/mine.gguf")) == ["local/one"]
    assert await names(ModelChoice(name=mine), only="mlx") == []


async def test_a_broken_file_is_listed_with_its_reason(home: Path) -> None:
    path = home / "vivek" / "models" / "broken.gguf"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"GGUF" + b"\0" * 10)

    found = await list_models(ModelChoice(), only="local")

    assert found.models[0].reason
    assert found.usable() == ()


async def test_the_files_of_a_store_that_ollama_lists_itself_are_left_out(
    home: Path, tiny_model: TinyModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, digest = home / ".ollama" / "models", "ab" * 32
    put(tiny_model, store / "blobs" / f"sha256-{digest}")
    manifest = store / "manifests" / "registry.ollama.ai" / "library" / "tiny" / "1b"
    manifest.parent.mkdir(parents=True)
    layer = {"mediaType": "application/vnd.ollama.image.model", "digest": f"sha256:{digest}"}
    manifest.write_text(json.dumps({"layers": [layer]}))

    assert await names(only=None) == ["local/tiny:1b"]
    with OllamaShelf({"tiny:1b": 1.0}) as shelf:
        monkeypatch.setenv("OLLAMA_HOST", shelf.url)
        assert await names(only=None) == ["ollama/tiny:1b"]


async def test_the_one_that_is_asked_for_alone_must_answer() -> None:
    with pytest.raises(ProviderUnavailableError, match="nothing listens"):
        await names(only="llamacpp")
    with pytest.raises(ConfigError, match="no provider `olama`") as error:
        await names(only="olama")
    assert "`ollama`" in error.value.hint


@pytest.mark.parametrize(("installed", "reason"), [(False, "not installed"), (True, "`llama-server` could run it")])
async def test_a_file_that_nothing_here_can_run_is_no_choice(
    installed: bool, reason: str, home: Path, tiny_model: TinyModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tiny_model, home / "vivek" / "models" / "tiny.gguf")
    monkeypatch.setattr("vivek.session.models.offers.find_spec", lambda name: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    if installed:
        (tmp_path / "llama-server").write_text("#!/bin/sh\n")
        (tmp_path / "llama-server").chmod(0o755)

    found = await list_models(ModelChoice(), only="local")

    assert reason in found.models[0].reason
    assert found.usable() == ()


async def test_no_service_is_asked_unasked_for_a_first_choice(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENROUTER_API_KEY", "hunter2")

    found = await load_candidates(open_place(workspace), Choices())

    assert found is not None
    assert {server.provider for server in found.servers} == {"ollama", "lmstudio", "llamacpp", "local", "mlx"}


@pytest.mark.parametrize(
    "choices", [Choices(model="ollama/x"), Choices(executor="ollama/x"), Choices(thread="a"), Choices(latest=True)]
)
async def test_where_a_model_is_named_nobody_is_asked(choices: Choices, workspace: Path) -> None:
    assert await load_candidates(open_place(workspace), choices) is None


async def test_where_the_settings_name_a_model_nobody_is_asked(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIVEK_MODEL_NAME", "ollama/x")
    assert await load_candidates(open_place(workspace), Choices()) is None


def model(name: str, size: float, *, loaded: bool = False, **more: object) -> ListedModel:
    provider, _, rest = name.partition("/")
    info = ModelInfo(rest, parameters=int(size * 1e9), loaded=loaded)
    return ListedModel(provider, info, **more)  # type: ignore[arg-type]  # names are checked by the class


def test_a_chat_begins_with_what_is_loaded_then_with_what_runs_then_with_what_lies_here() -> None:
    found = ModelList(
        (
            model("ollama/coder:7b", 7),
            model("ollama/plain:8b", 8),
            model("lmstudio/loaded:3b", 3, loaded=True),
            model("openai/big:400b", 400, near=False),
            model("ollama/embed:30b", 30, reason="an embedding model"),
            model("local/file:14b", 14),
        ),
        (),
    )

    assert [each.name for each in ranked(found)] == [
        "lmstudio/loaded:3b",
        "ollama/coder:7b",
        "ollama/plain:8b",
        "local/file:14b",
    ]


def test_ollama_is_offered_to_be_started_only_where_it_would_help(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = model("local/file:7b", 7)
    silent = ListedServer("ollama", "Ollama", "http://127.0.0.1:11434", problem="nothing listens")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert not is_ollama_stopped(ModelList((file,), (silent,)))

    (tmp_path / "ollama").write_text("#!/bin/sh\n")
    (tmp_path / "ollama").chmod(0o755)
    assert is_ollama_stopped(ModelList((file,), (silent,)))
    answers = ListedServer("ollama", "Ollama", "http://127.0.0.1:11434")
    assert not is_ollama_stopped(ModelList((file,), (answers,)))
    assert not is_ollama_stopped(ModelList((file, model("llamacpp/x:7b", 7)), (silent,)))
