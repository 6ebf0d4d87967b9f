"""Code found by its meaning: vectors are made behind the conversation, and asked within a bound."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from tests.conftest import PRICES
from tests.engine.tiny_model import TinyModel
from tests.engine.variants import write_variant
from tests.session.conftest import Open, say
from tests.session.knowledge.test_knowing import nobody, until
from vivek.cli.render.index import status_text
from vivek.errors import ProviderUnavailableError
from vivek.project.vectors.searching import Near, open_vectors
from vivek.providers.adapters.scripted import ScriptedProvider
from vivek.schema.events import Event, Notice
from vivek.session.doors.index import find_home, open_project_index
from vivek.session.knowledge.informed import Informed, inform
from vivek.session.knowledge.knowing import Knowing
from vivek.session.knowledge.meaning import Meaning, contrasted
from vivek.session.options import Choices
from vivek.session.place import open_place
from vivek.session.settings import load_settings
from vivek.session.spec import IndexSpec

PLAN = '{"kind": "answer", "steps": [], "files": [], "question": ""}'
PATIENT = IndexSpec(wait=120.0)
MODEL = "ollama/embedder"


class Embedder(ScriptedProvider):
    """Gives vectors that tell whether a text speaks of a percentage, in whatever word, or of a sum."""

    def __init__(self, *, fails: bool = False) -> None:
        super().__init__([])
        self.fails = fails
        self.texts: list[str] = []
        self.may = asyncio.Event()
        self.may.set()
        self.closed = False

    async def embed(self, model: str, texts: Sequence[str]) -> Sequence[Sequence[float]] | None:
        """Return vectors, once it may."""
        self.texts += texts
        await self.may.wait()
        if self.fails:
            msg = "No model server answers."
            raise ProviderUnavailableError(msg, hint="Start it.")
        return [[1.0, float("percentage" in text or "rebate" in text), float("sum(" in text)] for text in texts]

    async def close(self) -> None:
        """Remember it."""
        self.closed = True


def informed_by(embedder: Embedder, root: Path, *, resident: bool = True, patience: float = 60.0) -> Informed:
    """Return what is known of a project with an embedding model."""
    meaning = Meaning(
        root, MODEL, lambda: (embedder, "embedder"), patience=patience, clock=iter(range(0, 10**6, 100)).__next__
    )
    return Informed(Knowing(open_place(root), PATIENT, resident=resident), meaning)


def pieces(root: Path) -> int:
    """Return how many pieces have vectors."""
    vectors = open_vectors(root / ".vivek", MODEL)
    found = vectors.status().pieces
    vectors.close()
    return found


async def filled(informed: Informed) -> None:
    """Wait until all vectors are made."""
    assert informed.meaning is not None
    filling = informed.meaning._filling
    assert filling is not None
    await asyncio.wait({filling})


async def test_vectors_are_made_behind_the_conversation_and_answer_its_requests(workspace: Path) -> None:
    embedder = Embedder()
    async with informed_by(embedder, workspace) as informed:
        informed.begin()
        await filled(informed)
        source = await informed.look("a percentage", nobody)

    assert source is not None
    assert source.near[0][0] == "till/prices.py"
    assert pieces(workspace) >= 4
    assert embedder.closed


async def test_a_request_in_other_words_finds_the_code(
    workspace: Path, open_at: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIVEK_INDEX_WAIT", "120")
    await _fill(workspace)
    shown = []
    for meaning in (None, Meaning(workspace, MODEL, lambda: (Embedder(), "embedder"), patience=60.0)):
        provider = ScriptedProvider([PLAN, "In till/prices.py."])
        async with open_at(lambda: provider) as session:  # noqa: B023 - it is called here
            session._parts.knowing.meaning = meaning
            await say(session, "where are rebates granted?")
        shown.append("price * percent // 100" in provider.requests[-1].messages[-1].content)

    assert shown == [False, True]


async def test_a_turn_goes_on_with_words_when_vectors_are_late_and_says_so_once(workspace: Path) -> None:
    embedder, heard = Embedder(), list[Event]()
    async with informed_by(embedder, workspace, patience=0.01) as informed:
        informed.begin()
        await filled(informed)
        embedder.may.clear()
        for _ in range(3):
            async with asyncio.timeout(30):
                source = await informed.look("a percentage", heard.append)
            assert source is not None
            assert source.near == ()

    assert embedder.texts.count("a percentage") == 1
    assert heard == [Notice(f"{MODEL} took longer than 0.01 s; words alone chose the code.")]


async def test_a_server_that_fails_is_told_once_and_not_asked_again(workspace: Path) -> None:
    embedder, heard = Embedder(fails=True), list[Event]()
    async with informed_by(embedder, workspace) as informed:
        informed.begin()
        await filled(informed)
        asked = len(embedder.texts)
        for _ in range(2):
            source = await informed.look("a percentage", heard.append)
            assert source is not None
            assert (source.name, source.near) == ("index", ())

    assert heard == [Notice("Words alone choose the code: No model server answers.", "Start it.")]
    assert len(embedder.texts) == asked
    assert pieces(workspace) == 0


async def test_nothing_is_embedded_while_a_model_computes(workspace: Path) -> None:
    embedder = Embedder()
    async with informed_by(embedder, workspace) as informed:
        async with informed.making_way():
            informed.begin()
            await informed.knowing.built()
            await asyncio.sleep(0.2)
            assert embedder.texts == []
        await filled(informed)

    assert embedder.texts


async def test_leaving_stops_what_asks_for_vectors_and_what_waits_and_loses_none(workspace: Path) -> None:
    embedder = Embedder()
    embedder.may.clear()
    informed = informed_by(embedder, workspace)
    informed.begin()
    await until(lambda: bool(embedder.texts))
    async with asyncio.timeout(30):
        await informed.close()
    assert embedder.closed

    async with informed_by(Embedder(), workspace) as informed:
        informed.begin()
        await filled(informed)
    before = pieces(workspace)
    waiting = informed_by(Embedder(), workspace)
    async with waiting.making_way(), asyncio.timeout(30):
        waiting.begin()
        await waiting.knowing.built()
        await asyncio.sleep(0.1)
        await waiting.close()
    assert pieces(workspace) == before > 0


async def test_a_conversation_that_ends_with_its_turn_makes_none_and_uses_those_that_are_there(workspace: Path) -> None:
    async with informed_by(embedder := Embedder(), workspace, resident=False) as informed:
        informed.begin()
        source = await informed.look("a percentage", nobody)
        assert source is not None
        assert source.near == ()
        assert informed.meaning is not None
        assert informed.meaning._filling is None
    async with informed_by(Embedder(), workspace) as informed:
        informed.begin()
        await filled(informed)
    async with informed_by(embedder, workspace, resident=False) as informed:
        source = await informed.look("a percentage", nobody)

    assert source is not None
    assert source.near[0][0] == "till/prices.py"
    assert embedder.texts == ["a percentage"]


async def test_what_changed_gets_new_vectors_with_the_next_turn(workspace: Path) -> None:
    async with informed_by(Embedder(), workspace) as informed:
        informed.begin()
        await filled(informed)
        (workspace / "till/sums.py").write_text("def added(coins):\n    return sum(coins) + sum(coins)\n")
        await informed.look("", nobody)
        await filled(informed)
        before = pieces(workspace)
        (workspace / "till/sums.py").unlink()
        await informed.look("", nobody)
        await filled(informed)

    assert pieces(workspace) == before - 1


def test_what_all_code_has_in_common_tells_no_place() -> None:
    near = [Near("a", 1, 2, 0.9), Near("b", 1, 2, 0.8), Near("a", 5, 9, 0.7), Near("c", 1, 2, 0.6)]

    assert [(path, round(score, 6)) for path, score in contrasted(near)] == [("a", 0.3), ("b", 0.2)]
    assert contrasted(near[:1]) == (("a", 0.9),)
    assert contrasted(()) == ()


async def test_the_status_names_the_model_and_what_it_did(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def status() -> list[str]:
        place = open_place(workspace)
        with open_project_index(place, find_home(place)) as index:
            return status_text(index.status(), "here").splitlines()

    assert "meaning      words alone: no embedding model is set" in status()
    monkeypatch.setenv("VIVEK_INDEX_EMBEDDINGS", MODEL)
    assert f"meaning      0 pieces with vectors of {MODEL}" in status()
    await _fill(workspace)
    assert f"meaning      {pieces(workspace)} pieces with vectors of {MODEL}" in status()


async def _fill(root: Path) -> None:
    async with informed_by(Embedder(), root) as informed:
        informed.begin()
        await filled(informed)


@pytest.mark.engine
async def test_a_real_model_of_the_settings_finds_the_piece_that_is_asked_for(
    workspace: Path, tiny_model: TinyModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write_variant(tiny_model.q8_0, tmp_path / "embedder.gguf", qwen2__pooling_type=1)
    monkeypatch.setenv("VIVEK_INDEX_EMBEDDINGS", f"local/{file}")
    place = open_place(workspace)
    settings = load_settings(place, Choices())
    settings = replace(settings, index=replace(settings.index, wait=120.0), model=replace(settings.model, threads=1))
    async with inform(place, settings, resident=True) as informed:
        assert informed.meaning is not None
        informed.meaning.patience = 60.0
        informed.begin()
        await filled(informed)
        heard: list[Event] = []
        source = await informed.look(f"till/prices.py discount\n{PRICES[PRICES.index('def') :]}", heard.append)

    assert heard == []
    assert source is not None
    assert source.near[0][0] == "till/prices.py"
