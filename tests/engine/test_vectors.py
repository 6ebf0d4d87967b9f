"""Code found by what a real embedding model makes of it: the tiny model, pooled, on the real engine."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from tests.engine.tiny_model import TinyModel
from tests.engine.variants import write_variant
from tests.project.shop import shop
from vivek.project.ranking import rank
from vivek.project.vectors.chunks import pieces_of
from vivek.project.vectors.searching import open_vectors
from vivek.providers.adapters.embedded import EmbeddedProvider
from vivek.workspace.process import launch

pytestmark = pytest.mark.engine


@pytest.fixture
async def embedder(tiny_model: TinyModel, tmp_path: Path) -> AsyncIterator[EmbeddedProvider]:
    """Run a model that gives vectors."""
    file = write_variant(tiny_model.q8_0, tmp_path / "embedder.gguf", qwen2__pooling_type=1)
    provider = EmbeddedProvider(file, launcher=launch, state=tmp_path / "state", threads=1, window=4_096, linger=0.1)
    yield provider
    await provider.close()


async def test_a_real_model_finds_the_piece_it_was_given(embedder: EmbeddedProvider, tmp_path: Path) -> None:
    async def embed(texts: Sequence[str]) -> Sequence[Sequence[float]] | None:
        return await embedder.embed("embedder", texts)

    lookup = shop()
    vectors = open_vectors(tmp_path / ".vivek", "local/embedder")
    status = await vectors.fill(lookup, lookup.read, embed)
    data = lookup.read("shop/prices.py") or b""
    _, surcharge = pieces_of("shop/prices.py", data, lookup.definitions_in("shop/prices.py"))
    answer = await embed([surcharge.text])

    assert answer is not None
    near = vectors.nearest(answer[0])
    assert (status.told, status.dimension, status.files) == ("", 64, len(lookup.paths()))
    assert (near[0].path, near[0].line) == ("shop/prices.py", surcharge.line)
    assert near[0].score == pytest.approx(1, abs=1e-3)
    assert near[0].score > near[-1].score
    assert rank("zzz", lookup, near=[(each.path, each.score) for each in near])[0].path == "shop/prices.py"
    vectors.close()
