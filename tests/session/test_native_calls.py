"""Calls in the server's own way, from end to end: a real engine, its own template and its own reader of calls."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.caller_model import write_caller
from tests.engine.server import EngineServer, serve
from tests.flows.probe.test_sequence import probed, prober
from tests.session.conftest import Open, say
from vivek.flows.probe import cases
from vivek.flows.probe.measure import Ear
from vivek.providers.adapters.llamacpp import LlamaCppProvider
from vivek.providers.spec import ModelSpec
from vivek.schema.events import CallDone, TextDelta, ToolDone
from vivek.schema.known import Known
from vivek.session.models.known import KnownModels

ANSWER = "It is in till/prices.py."

pytestmark = pytest.mark.engine


def called(name: str, **arguments: object) -> str:
    return f"<tool_call>\n{json.dumps({'name': name, 'arguments': arguments})}\n</tool_call>"


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EngineServer]:
    """Serve a model that searches first and then answers."""
    pytest.importorskip("xllamacpp", reason="the engine is not installed here: pip install 'vivek[local]'")
    model = tmp_path_factory.mktemp("caller") / "searcher.gguf"
    with serve(write_caller(model, call=called("search", text="def discount"), answer=ANSWER), window=8_192) as server:
        yield server


async def test_what_the_engine_reads_as_a_call_is_carried_out_and_goes_on_from_the_cache(
    workspace: Path, open_at: Open, searcher: EngineServer
) -> None:
    spec = ModelSpec("llamacpp", searcher.model.name)
    KnownModels().save(spec, searcher.url, Known(str(spec), tools="native"))
    async with open_at(lambda: LlamaCppProvider(searcher.url, searcher.key)) as session:
        heard = await say(session, "where is discount defined?")

    [tool] = heard.of(ToolDone)
    assert isinstance(tool, ToolDone)
    assert (tool.tool, tool.argument, tool.ok) == ("search", "def discount", True)
    assert heard.report.answer == ANSWER
    first, second = (done.usage for done in heard.of(CallDone) if isinstance(done, CallDone))
    # The call joins the transcript as text, and the engine's cache holds it as the model said it.
    assert second.cached_tokens is not None
    assert first.prompt_tokens is not None
    assert second.cached_tokens >= 0.99 * first.prompt_tokens
    said = "".join(delta.text for delta in heard.of(TextDelta) if isinstance(delta, TextDelta))
    assert "<tool_call>" in said


async def test_without_the_probe_no_tool_is_offered_and_the_same_call_is_read_from_the_text(
    workspace: Path, open_at: Open, searcher: EngineServer
) -> None:
    async with open_at(lambda: LlamaCppProvider(searcher.url, searcher.key)) as session:
        heard = await say(session, "where is discount defined?")

    [tool] = heard.of(ToolDone)
    assert isinstance(tool, ToolDone)
    assert (tool.tool, tool.ok) == ("search", True)
    assert heard.report.answer == ANSWER


async def test_a_probe_finds_that_the_engine_reads_the_calls_itself(tmp_path: Path) -> None:
    call = called(cases.TOOL.name, path=cases.TOOL_PATH)
    model = write_caller(tmp_path / "reader.gguf", call=call, answer="Read.")
    with serve(model, window=4_096) as server:
        provider = LlamaCppProvider(server.url, server.key)
        steps = await probed(
            prober(provider, ear=Ear(provider, str(server.model), 4_096, 100.0), dialects=())  # type: ignore[arg-type]  # a real one instead of the scripted
        )
        await provider.close()

    assert steps["calls of tools"].known.tools == "native"
    assert steps["calls of tools"].verdict == "in the server's own way"
