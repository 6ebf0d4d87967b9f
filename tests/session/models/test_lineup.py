"""Several models in one thread, others behind them, and what is told of it."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.engine.forced import ForcedEngine
from tests.engine.server import EngineServer
from tests.session.conftest import Heard, say
from tests.session.test_turns import EDIT, FIXED, PLAN, PRICES, verdict
from vivek.cli.render.jsonl import report_object
from vivek.errors import ConfigError, ContextWindowExceededError, ProviderUnavailableError
from vivek.providers.adapters.scripted import ScriptedProvider
from vivek.providers.spec import ModelSpec
from vivek.schema.events import CallDone, Notice
from vivek.schema.known import Known
from vivek.schema.models import ModelInfo
from vivek.session.models.known import KnownModels
from vivek.session.models.lineup import Lineup, check_windows, crowded, find_lineup
from vivek.session.models.serving import Served, place_of
from vivek.session.opening import open_session
from vivek.session.options import Choices
from vivek.session.place import open_place
from vivek.session.settings import Settings
from vivek.session.spec import ModelChoice, SessionSpec

NOBODY = "http://127.0.0.1:9"


@pytest.fixture
def engines(engine_server: EngineServer) -> Iterator[tuple[ForcedEngine, ForcedEngine]]:
    """Two servers that want no key."""
    with ForcedEngine(engine_server) as one, ForcedEngine(engine_server) as other:
        one.opens = other.opens = True
        yield one, other


def settings(**model: object) -> Settings:
    return Settings(ModelChoice(**model), SessionSpec())  # type: ignore[arg-type]  # names are checked by the class


@pytest.mark.engine
async def test_planner_and_executor_can_be_two_models_on_two_servers(
    workspace: Path, engines: tuple[ForcedEngine, ForcedEngine]
) -> None:
    thinker, worker = engines
    thinker.script([PLAN, verdict(0.9, needs_work=False)])
    worker.script([EDIT])
    choices = Choices(
        model=f"llamacpp/worker@{worker.url}",
        planner=f"llamacpp/planner@{thinker.url}",
        reviewer=f"llamacpp/reviewer@{thinker.url}",
        depth="full",
        approve="edits",
    )
    async with open_session(open_place(workspace), choices) as session:
        heard = await say(session, f"change {PRICES}")

    assert heard.report.status == "done"
    assert (workspace / PRICES).read_text() == FIXED
    assert session.banner.startswith("llamacpp/worker · 32k window")
    assert "planner: llamacpp/planner" in session.banner
    assert "reviewer: llamacpp/reviewer" in session.banner
    assert heard.report.model == "llamacpp/worker"
    done = [event for event in heard.events if isinstance(event, CallDone)]
    assert [(event.node, event.model) for event in done] == [
        ("planner", "llamacpp/planner"),
        ("executor", "llamacpp/worker"),
        ("reviewer", "llamacpp/reviewer"),
    ]
    shown = report_object(heard.report)
    assert json.loads(json.dumps(shown))["usage"]["models"][0]["node"] == "planner"
    assert [(one.node, one.model, one.calls) for one in heard.report.usage.models] == [
        ("planner", "llamacpp/planner", 1),
        ("executor", "llamacpp/worker", 1),
        ("reviewer", "llamacpp/reviewer", 1),
    ]
    assert (len(thinker.requests), len(worker.requests)) == (2, 1)
    # One conversation: each goes on from what the others said.
    assert worker.requests[0]["messages"][: len(thinker.requests[0]["messages"])] == thinker.requests[0]["messages"]
    assert thinker.requests[1]["messages"][: len(worker.requests[0]["messages"])] == worker.requests[0]["messages"]


@pytest.mark.engine
async def test_one_who_stands_by_answers_when_the_first_cannot(
    workspace: Path, engines: tuple[ForcedEngine, ForcedEngine], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, other = engines
    other.script(["It takes a percentage off."])
    monkeypatch.setenv("VIVEK_MODEL_FALLBACKS", f"llamacpp/other@{other.url}")
    choices = Choices(model="llamacpp/first", base_url=NOBODY, approve="none")
    async with open_session(open_place(workspace), choices) as session:
        heard = await say(session, f"what does {PRICES} do?")

    assert heard.report.status == "done"
    assert heard.report.answer == "It takes a percentage off."
    assert (heard.report.model, heard.report.answered_by) == ("llamacpp/first", "llamacpp/other")
    [done] = heard.report.usage.models
    assert (done.model, done.instead_of) == ("llamacpp/other", "llamacpp/first")
    assert "127.0.0.1:9" in done.why
    assert report_object(heard.report)["answered_by"] == "llamacpp/other"
    assert any("Asking llamacpp/other instead" in text for text in told(heard))


def told(heard: Heard) -> list[str]:
    return [event.text for event in heard.events if isinstance(event, Notice)]


@pytest.mark.engine
async def test_speeds_of_a_session_are_known_to_the_next_one(
    workspace: Path, engines: tuple[ForcedEngine, ForcedEngine]
) -> None:
    one, _ = engines
    one.script(["word " * 60, "Yes."])
    choices = Choices(model="llamacpp/default", base_url=one.url)
    async with open_session(open_place(workspace), choices) as session:
        assert "tok/s" not in session.banner
        # Words that no test has said before: what the engine's cache holds teaches nothing.
        await say(session, "what is " + " ".join(f"{workspace.parent.name}{number}" for number in range(60)))
    known = KnownModels().load(ModelSpec("llamacpp", "default"), one.url)
    async with open_session(open_place(workspace), choices) as session:
        assert f"~{known.decode_rate:.0f} tok/s" in session.banner

    assert known.decode_rate is not None
    assert known.decode_rate > 32
    assert known.prefill_rate is not None


@pytest.mark.engine
async def test_a_window_that_is_asked_for_is_kept_to(
    workspace: Path, engines: tuple[ForcedEngine, ForcedEngine]
) -> None:
    one, _ = engines
    one.script(["Yes."])
    choices = Choices(model="llamacpp/default", base_url=one.url, window=4_096)
    async with open_session(open_place(workspace), choices) as session:
        heard = await say(session, "what is this? " + "word " * 4_000)

    assert "4k window" in session.banner
    assert heard.report.error is not None
    assert "4,096" in heard.report.error.message
    assert one.requests == []


@pytest.mark.engine
async def test_a_model_that_cannot_be_reached_ends_the_start_and_leaves_nothing_open(
    engines: tuple[ForcedEngine, ForcedEngine],
) -> None:
    one, _ = engines
    wanted = settings(name="llamacpp/default", base_url=one.url, planner=f"openai_compat/x@{NOBODY}")

    with pytest.raises(ProviderUnavailableError, match=r"127\.0\.0\.1:9"):
        await find_lineup(wanted)


@pytest.mark.engine
async def test_models_of_one_server_share_its_connection(engines: tuple[ForcedEngine, ForcedEngine]) -> None:
    one, other = engines
    wanted = settings(
        name="llamacpp/a", base_url=one.url, planner="llamacpp/b", reviewer=f"llamacpp/a@{other.url}", executor=None
    )
    lineup = await find_lineup(wanted)
    await lineup.close()

    assert str(lineup.usual.spec) == "llamacpp/a"
    assert lineup.own["planner"].provider is lineup.usual.provider
    assert lineup.own["reviewer"].provider is not lineup.usual.provider
    assert len(lineup.models) == 3


@pytest.mark.engine
async def test_the_same_model_for_all_is_one(engines: tuple[ForcedEngine, ForcedEngine]) -> None:
    one, _ = engines
    lineup = await find_lineup(settings(name="llamacpp/a", base_url=one.url, planner="llamacpp/a"))
    await lineup.close()

    assert lineup.models == (lineup.usual,)
    assert lineup.own == {}


@pytest.mark.engine
async def test_an_executor_alone_is_the_model_of_all(engines: tuple[ForcedEngine, ForcedEngine]) -> None:
    one, _ = engines
    lineup = await find_lineup(settings(executor="llamacpp/a", base_url=one.url))
    await lineup.close()

    assert (str(lineup.usual.spec), lineup.own) == ("llamacpp/a", {})


def test_a_model_can_be_written_with_its_address() -> None:
    assert place_of("llamacpp/default@http://127.0.0.1:8081") == (
        ModelSpec("llamacpp", "default"),
        "http://127.0.0.1:8081",
    )
    assert place_of("openai_compat/some/model@q4") == (ModelSpec("openai_compat", "some/model@q4"), None)
    with pytest.raises(ConfigError):
        place_of("nobody/x@http://127.0.0.1")


def of_size(name: str, size: int | None, *, loaded: bool = False, load: float | None = None) -> Served:
    info = ModelInfo(name, size_bytes=size, loaded=loaded)
    known = Known(f"ollama/{name}", load_seconds=load)
    return Served(ScriptedProvider([]), ModelSpec("ollama", name), info, 8_192, "usual", known=known)


@pytest.mark.parametrize(
    ("one", "other", "free", "told"),
    [
        (of_size("qwen:7b", 5 << 30, load=8.0), of_size("qwen:3b", 2 << 30, load=3.0), 6 << 30, "about 8 s each step"),
        (of_size("qwen:7b", 5 << 30), of_size("qwen:3b", 2 << 30), 6 << 30, "not measured yet"),
        (of_size("qwen:7b", 5 << 30), of_size("qwen:3b", 2 << 30), 8 << 30, ""),
        (of_size("qwen:7b", 5 << 30, loaded=True), of_size("qwen:3b", 2 << 30), 3 << 30, ""),
        (of_size("qwen:7b", None), of_size("qwen:3b", 2 << 30), 1 << 30, ""),
        (of_size("qwen:7b", 5 << 30), of_size("qwen:3b", 2 << 30), None, ""),
    ],
)
def test_two_models_that_memory_cannot_hold_are_told_with_what_it_costs(
    one: Served, other: Served, free: int | None, told: str
) -> None:
    notice = crowded(Lineup(one, {"planner": other}), free)

    assert (notice is None) == (told == "")
    if notice is not None:
        assert notice.text.startswith("Swapping ollama/qwen:7b and ollama/qwen:3b costs")
        assert told in notice.text


def test_a_window_that_holds_no_turn_is_refused_by_name() -> None:
    info = ModelInfo("tiny", window_loaded=512, loaded=True)
    served = Served(ScriptedProvider([]), ModelSpec("llamacpp", "tiny"), info, 512, "as loaded by the server")

    with pytest.raises(ContextWindowExceededError, match="llamacpp/tiny has a window of 512 tokens") as caught:
        check_windows(Lineup(served))

    assert (caught.value.needed, caught.value.window) == (1_024, 512)
    assert "1,024 at least" in caught.value.hint
    check_windows(Lineup(replace(served, window=1_024)))
