"""What the embedded engine knows of its file, what it makes of it, and that a replaced file is noticed."""

from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from math import isclose
from pathlib import Path

import pytest

from tests.engine.asking import ask, request, text_of
from tests.engine.tiny_model import TinyModel
from tests.engine.variants import THINKER, write_variant
from tests.pictures import png
from vivek.errors import ContextWindowExceededError, RequestInvalidError
from vivek.providers.adapters.embedded import EmbeddedProvider
from vivek.schema.chunk import Chunk
from vivek.schema.messages import Image, Message
from vivek.schema.request import Request, Sampling
from vivek.workspace.process import launch

pytestmark = pytest.mark.engine

Maker = Callable[[Path], EmbeddedProvider]


@pytest.fixture
async def make(tmp_path: Path) -> AsyncIterator[Maker]:
    """Make providers that are closed when the test is over."""
    made: list[EmbeddedProvider] = []

    def make_one(path: Path) -> EmbeddedProvider:
        made.append(
            EmbeddedProvider(path, launcher=launch, state=tmp_path / "state", threads=1, window=4_096, linger=0.1)
        )
        return made[-1]

    yield make_one
    for provider in made:
        await provider.close()


@pytest.fixture
def thinker(tiny_model: TinyModel, tmp_path: Path) -> Path:
    changed: dict[str, str | int | float] = {
        "tokenizer__chat_template": THINKER,
        "general__sampling__temp": 0.33,
        "general__sampling__top_k": 17,
    }
    return write_variant(tiny_model.q8_0, tmp_path / "thinker.gguf", **changed)


async def test_facts_are_those_of_the_file_each_with_its_source(make: Maker, thinker: Path) -> None:
    info = await make(thinker).describe("default")

    assert (info.name, info.architecture, info.quantisation, info.cache_bytes) == ("thinker", "qwen2", "Q8_0", 256)
    assert info.abilities == {"structured_output", "tools", "thinking"}, "a text model without a projector is blind"
    assert info.sampling == Sampling(temperature=0.33, top_k=17)
    assert info.sources["cache_bytes"] == "the model file: 2 layers x 2 heads x 16"
    assert set(info.sources.values()) == {"the model file", info.sources["cache_bytes"]}
    assert (info.digest or "").startswith("sampled:")


async def test_thoughts_are_told_apart_and_can_be_switched_off(make: Maker, thinker: Path) -> None:
    provider = make(thinker)

    thinks = await ask(provider, request("Think.", max_tokens=24, think=True))
    answers = await ask(provider, request("Think.", max_tokens=24, think=False))

    assert text_of(thinks) == ""
    assert "".join(chunk.thinking for chunk in thinks)
    assert text_of(answers)
    assert "".join(chunk.thinking for chunk in answers) == ""


async def test_picture_is_refused_and_the_engine_lives_on(make: Maker, tiny_model: TinyModel) -> None:
    provider = make(tiny_model.q8_0)
    shown = Request("tiny", (Message("user", "What is this?", (Image("image/png", png(8, 8)),)),), 8)

    with pytest.raises(RequestInvalidError, match="image input is not supported") as caught:
        await ask(provider, shown)

    assert "can see" in caught.value.hint
    assert await provider.count_tokens(shown) is None, "what a picture takes is not known before"
    assert text_of(await ask(provider, request("Hello.", max_tokens=4)))


async def test_file_that_was_replaced_is_loaded_anew_and_told(
    make: Maker, tiny_model: TinyModel, tmp_path: Path
) -> None:
    path = write_variant(tiny_model.q8_0, tmp_path / "model.gguf", general__sampling__top_k=3)
    provider = make(path)
    first = await ask(provider, request("Hello.", max_tokens=4))
    before = (await provider.describe("")).digest
    fresh = write_variant(tiny_model.f32, tmp_path / "fresh.gguf", general__sampling__top_k=4)
    fresh.rename(path)

    async with aclosing(provider.stream(request("Hello.", max_tokens=4))) as chunks:
        second = [chunk async for chunk in chunks]
    info = await provider.describe("")

    assert first[0] == Chunk(phase="load")
    assert f"{path} was replaced" in second[0].note
    assert second[1] == Chunk(phase="load")
    assert (info.quantisation, info.loaded) == ("F32", True)
    assert info.digest != before
    assert not any(chunk.note for chunk in await ask(provider, request("Hello.", max_tokens=4)))


async def test_embedding_model_gives_vectors_and_answers_nothing(
    make: Maker, tiny_model: TinyModel, tmp_path: Path
) -> None:
    provider = make(write_variant(tiny_model.q8_0, tmp_path / "embedder.gguf", qwen2__pooling_type=1))

    assert (await provider.describe("")).abilities == {"embeddings"}
    assert "gives vectors" in (await provider.health()).detail
    with pytest.raises(RequestInvalidError, match="'embedding'"):
        await ask(provider, request("Hello."))
    with pytest.raises(RequestInvalidError, match="'embedding'"):
        await provider.count_tokens(request("Hello."))
    vectors = await provider.embed("embedder", ["def add(a, b):", "a poem", "def add(a, b):"])

    assert vectors is not None
    assert [len(vector) for vector in vectors] == [64, 64, 64]
    assert all(isclose(one, other, abs_tol=1e-3) for one, other in zip(vectors[0], vectors[2], strict=True))
    assert vectors[0] != vectors[1]
    assert len(await provider.embed("embedder", ["word " * 900]) or ()) == 1
    with pytest.raises(ContextWindowExceededError):
        await provider.embed("embedder", ["word " * 3_000])


async def test_chat_model_has_no_vectors_and_is_not_loaded_for_them(make: Maker, tiny_model: TinyModel) -> None:
    provider = make(tiny_model.q8_0)

    assert await provider.embed("tiny", ["a"]) is None
    assert not (await provider.describe("")).loaded
