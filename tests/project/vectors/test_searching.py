"""Vectors of code: made once, kept, found again, thrown away with their model."""

import math
import sqlite3
import sys
from array import array
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from tests.project.memory import MemoryLookup
from tests.project.shop import FILES, shop
from vivek.errors import ContextWindowExceededError, IndexingError
from vivek.project.ranking import rank
from vivek.project.vectors.searching import MOST_PLAIN, Near, Vectors, open_vectors, plain_scores
from vivek.project.vectors.store import FILE

AXES = ("discount", "receipt", "amount")


class Embedder:
    """Makes a vector of how often each of some words occurs; notes what it was asked."""

    def __init__(self, *, extra: int = 1, longest: int = 10_000) -> None:
        """Return vectors with so many more dimensions, of texts up to a length."""
        self.asked: list[str] = []
        self.extra = extra
        self.longest = longest

    async def __call__(self, texts: Sequence[str]) -> list[list[float]]:
        """Return one vector for each text."""
        if any(len(text) > self.longest for text in texts):
            raise ContextWindowExceededError("too long", hint="")
        self.asked += texts
        return [[float(text.count(word)) for word in AXES] + [1.0] * self.extra for text in texts]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Return a data folder."""
    return tmp_path / ".vivek"


async def filled(data: Path, lookup: MemoryLookup, embed: Embedder, model: str = "test/one") -> Vectors:
    """Return the vectors of a repository, brought up to date."""
    vectors = open_vectors(data, model)
    await vectors.fill(lookup, lookup.read, embed)
    return vectors


async def test_the_nearest_pieces_are_found(data: Path) -> None:
    vectors = await filled(data, shop(), Embedder())

    near = vectors.nearest([0.0, 5.0, 0.0, 1.0])

    assert near[0].path == "shop/receipt.py"
    assert near[0].score == max(each.score for each in near) <= 1.000001
    vectors.close()


async def test_what_is_done_is_not_done_again_by_the_next_process(data: Path) -> None:
    (await filled(data, shop(), Embedder())).close()
    again = Embedder()

    vectors = await filled(data, shop(), again)

    assert again.asked == []
    assert vectors.status().told == ""
    assert vectors.status().files == vectors.status().listed == len(FILES)
    vectors.close()


async def test_only_what_changed_is_embedded_and_what_is_gone_is_forgotten(data: Path) -> None:
    (await filled(data, shop(), Embedder())).close()
    texts = {**FILES, "shop/till.py": FILES["shop/till.py"].replace("Add up.", "Add up, with amount.")}
    del texts["shop/receipt.py"]
    again = Embedder()

    vectors = await filled(data, MemoryLookup(texts), again)

    assert {text.split(" ")[0] for text in again.asked} == {"shop/till.py"}
    near = vectors.nearest([0.0, 1.0, 0.0, 1.0], limit=1_000)
    assert "shop/receipt.py" not in {each.path for each in near}
    assert len({(each.path, each.line) for each in near}) == len(near)
    vectors.close()
    with closing(sqlite3.connect(data / FILE)) as kept:
        assert kept.execute("SELECT count(*) FROM vectors").fetchone()[0] == len(near)


async def test_a_file_that_vanished_since_has_no_pieces(data: Path) -> None:
    lookup = shop()
    del lookup.files["shop/receipt.py"]

    vectors = await filled(data, lookup, Embedder())

    assert "shop/receipt.py" not in {each.path for each in vectors.nearest([0.0, 1.0, 0.0, 1.0])}
    vectors.close()


async def test_another_model_throws_the_old_vectors_away(data: Path) -> None:
    (await filled(data, shop(), Embedder())).close()

    vectors = open_vectors(data, "test/two")

    assert (vectors.status().pieces, vectors.status().dimension) == (0, 0)
    assert vectors.nearest([0.0, 1.0, 0.0, 1.0]) == ()
    vectors.close()


async def test_another_length_of_the_same_model_throws_the_old_vectors_away(data: Path) -> None:
    (await filled(data, shop(), Embedder())).close()
    lookup = shop(**{"shop/new.py": "def new():\n    return 1\n"})
    vectors = open_vectors(data, "test/one")

    first = await vectors.fill(lookup, lookup.read, Embedder(extra=3))
    second = await vectors.fill(lookup, lookup.read, Embedder(extra=3))

    assert "changed the length" in first.told
    assert (second.told, second.dimension, second.files) == ("", 6, len(FILES) + 1)
    vectors.close()


async def test_a_vector_of_another_length_is_near_to_nothing(data: Path) -> None:
    vectors = await filled(data, shop(), Embedder())

    assert vectors.nearest([1.0, 0.0]) == ()
    assert vectors.nearest([0.0] * 4) == ()
    assert vectors.nearest([math.nan] * 4) == ()
    vectors.close()


async def test_it_can_be_stopped_and_goes_on_where_it_was(data: Path) -> None:
    lookup, embed = shop(), Embedder()
    vectors = open_vectors(data, "test/one")

    stopped = await vectors.fill(lookup, lookup.read, embed, stop=lambda: len(embed.asked) > 2)
    asked = len(embed.asked)
    seen: list[tuple[int, int]] = []
    done = await vectors.fill(lookup, lookup.read, embed, on_progress=lambda now, all_: seen.append((now, all_)))

    assert "stopped" in stopped.told
    assert 0 < stopped.files < done.files == len(FILES)
    assert len(set(embed.asked)) == len(embed.asked) > asked
    assert seen[-1] == (len(FILES), len(FILES))
    vectors.close()


async def test_a_server_that_makes_no_embeddings_is_told(data: Path) -> None:
    async def nothing(_: Sequence[str]) -> None:
        return None

    vectors = open_vectors(data, "test/one")
    lookup = shop()

    status = await vectors.fill(lookup, lookup.read, nothing)

    assert "makes no embeddings" in status.told
    assert status.pieces == 0
    vectors.close()


@pytest.mark.parametrize("answer", [[], [[1.0]], [[0.0, 0.0]] * 50, [[math.inf]] * 50])
async def test_answers_that_are_no_vectors_are_refused(data: Path, answer: list[list[float]]) -> None:
    async def odd(texts: Sequence[str]) -> list[list[float]]:
        return answer[: len(texts)]

    vectors = open_vectors(data, "test/one")
    lookup = MemoryLookup({"a.py": "def a():\n    return 1\n\n\ndef b():\n    return 2\n"})

    with pytest.raises(IndexingError, match="one usable vector"):
        await vectors.fill(lookup, lookup.read, odd)
    vectors.close()


async def test_texts_that_the_model_cannot_take_at_once_are_cut(data: Path) -> None:
    embed = Embedder(longest=300)
    lookup = MemoryLookup({"a.txt": "discount and words " * 500})

    vectors = await filled(data, lookup, embed)

    assert vectors.status().pieces == 1
    assert max(len(text) for text in embed.asked) <= 300
    vectors.close()


async def test_a_model_that_takes_nothing_passes_its_error_on(data: Path) -> None:
    with pytest.raises(ContextWindowExceededError):
        await filled(data, shop(), Embedder(longest=1))


async def test_a_damaged_database_is_begun_anew(data: Path) -> None:
    (await filled(data, shop(), Embedder())).close()
    (data / FILE).write_bytes(b"no database at all" * 100)

    vectors = await filled(data, shop(), Embedder())

    assert vectors.status().files == len(FILES)
    vectors.close()


async def test_without_numpy_the_same_pieces_are_nearest(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    vectors = await filled(data, shop(), Embedder())
    with_numpy = vectors.nearest([3.0, 1.0, 2.0, 1.0])
    monkeypatch.setitem(sys.modules, "numpy", None)

    without = vectors.nearest([3.0, 1.0, 2.0, 1.0])

    assert [each.path for each in without] == [each.path for each in with_numpy]
    assert [each.score for each in without] == pytest.approx([each.score for each in with_numpy], abs=1e-6)
    vectors.close()


def test_plain_scores_are_cosines() -> None:
    one, other = array("f", [1.0, 0.0]), array("f", [0.6, 0.8])

    assert plain_scores(one, [one.tobytes(), other.tobytes()]) == pytest.approx([1.0, 0.6])
    assert MOST_PLAIN >= 1_000


async def test_a_description_finds_a_file_whose_words_differ(data: Path) -> None:
    vectors = await filled(data, shop(), Embedder())
    near: tuple[Near, ...] = vectors.nearest([0.0, 9.0, 0.0, 1.0])

    best = rank("printout for customers", shop(), near=[(each.path, each.score) for each in near])[0]

    assert (best.path, best.why[0]) == ("shop/receipt.py", "is near in meaning")
    vectors.close()
