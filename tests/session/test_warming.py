"""While one types, the model reads what the next prompt begins with: once, here only, and without a trace."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path

import pytest

from tests.cli.fakes import until
from tests.session.conftest import Open, say
from tests.session.talking import until_anew
from vivek.providers.adapters.scripted import ScriptedProvider, ScriptedReply
from vivek.schema.chunk import Chunk, Progress, Usage
from vivek.schema.events import PrefillProgress
from vivek.schema.models import ModelInfo
from vivek.schema.request import Request
from vivek.session.session import Session

ASK = "explain what a discount is"


class Warmable(ScriptedProvider):
    """Answers as scripted, and reads ahead when it is asked to, at once or when it is let."""

    name = "llamacpp"  # prepared replies are not spent on reading ahead

    def __init__(self, replies: int = 20, *, base_url: str = "", model: str = "default") -> None:
        super().__init__(["It takes a percentage off."] * replies)
        self.base_url = base_url
        self.model = model
        self.let = asyncio.Event()
        self.let.set()
        self.stopped = 0

    @property
    def read_ahead(self) -> list[Request]:
        """Return the requests that only read."""
        return [request for request in self.requests if request.max_tokens == 1]

    @property
    def asked(self) -> list[Request]:
        """Return the others."""
        return [request for request in self.requests if request.max_tokens > 1]

    async def describe(self, model: str) -> ModelInfo:
        return ModelInfo(self.model, window_loaded=32_768, abilities=self._abilities)

    async def stream(self, request: Request) -> AsyncIterator[Chunk]:
        """Read ahead slowly, answer as usual."""
        if request.max_tokens > 1:
            async for chunk in super().stream(request):
                yield chunk
            return
        self.requests.append(request)
        try:
            yield Chunk(phase="prefill", progress=Progress(10, 100, 0, 1.0))
            await self.let.wait()
        except asyncio.CancelledError:
            self.stopped += 1
            raise
        yield Chunk(text="x")
        yield Chunk(usage=Usage(prompt_tokens=100, cached_tokens=0, completion_tokens=1), finish="length")


async def warmed(session: Session) -> None:
    """Let the session read ahead, to the end."""
    session.warm()
    async with asyncio.timeout(10):
        task = session.warming._task
        if task is not None:
            await asyncio.wait({task})


async def test_the_beginning_of_the_first_prompt_is_read_once_and_sent_again_byte_for_byte(open_at: Open) -> None:
    model = Warmable()
    async with open_at(lambda: model) as session:
        await warmed(session)
        await warmed(session)
        heard = await say(session, ASK)

    [ahead] = model.read_ahead
    first = model.asked[0]
    assert heard.report.status == "done"
    assert first.messages[: len(ahead.messages) - 1] == ahead.messages[:-1]
    assert (first.window, first.tools, first.think, first.thread_id, first.model) == (
        ahead.window,
        ahead.tools,
        ahead.think,
        ahead.thread_id,
        ahead.model,
    )


async def test_a_thread_that_is_gone_on_with_is_read_before_the_next_request(open_at: Open) -> None:
    async with open_at(Warmable, thread="red-fox-1") as session:
        await say(session, ASK)
        await say(session, "and why?")
    model = Warmable()
    async with open_at(lambda: model, thread="red-fox-1") as session:
        await warmed(session)
        await say(session, "and how?")

    [ahead] = model.read_ahead
    assert len(ahead.messages) == 6  # the system text, two exchanges, and what stands for the request
    assert model.asked[0].messages[:5] == ahead.messages[:5]


async def test_what_a_turn_has_just_read_is_not_read_ahead(open_at: Open) -> None:
    model = Warmable()
    async with open_at(lambda: model) as session:
        await say(session, ASK)
        await warmed(session)
        await say(session, "and why?")
        await warmed(session)

    assert model.read_ahead == []


async def test_a_new_generation_between_two_turns_is_read_ahead(open_at: Open) -> None:
    model = Warmable()
    async with open_at(lambda: model) as session:
        await say(session, ASK)
        await warmed(session)
        await session.compact()
        await warmed(session)
        await say(session, "and why?")

    [ahead] = model.read_ahead
    start = ahead.messages[-1].content.removesuffix(".")
    assert ahead.messages[:-1] == model.asked[-1].messages[: len(ahead.messages) - 1]
    assert model.asked[-1].messages[len(ahead.messages) - 1].content.startswith(start)


async def test_reading_ahead_leaves_no_trace(open_at: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIVEK_INDEX_WAIT", "120")  # what is known of the project must be the same for both
    model = Warmable()
    async with open_at(lambda: model, thread="red-fox-1") as session:
        await warmed(session)
        heard = await say(session, ASK)
        told = await session.context()
    silent = Warmable()
    async with open_at(lambda: silent, thread="old-owl-2") as other:
        alone = await say(other, ASK)

    assert heard.report.usage.calls == alone.report.usage.calls == len(silent.asked)
    assert heard.report.usage.prompt_tokens == alone.report.usage.prompt_tokens
    assert told.calls == len(model.asked)
    assert [request.messages for request in model.asked] == [request.messages for request in silent.asked]


@pytest.mark.parametrize(
    "model",
    [Warmable(base_url="https://models.example.org"), Warmable(base_url="http://127.0.0.1:1", model="large:cloud")],
    ids=["elsewhere", "passed on"],
)
async def test_a_model_that_is_not_on_this_machine_is_never_asked(open_at: Open, model: Warmable) -> None:
    async with open_at(lambda: model) as session:
        await warmed(session)

    assert model.requests == []


async def test_it_can_be_switched_off(open_at: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIVEK_MODEL_WARM", "false")
    model = Warmable()
    async with open_at(lambda: model) as session:
        await warmed(session)

    assert model.requests == []


async def test_a_list_of_models_is_left_alone(open_at: Open, workspace: Path) -> None:
    from vivek.config.folders import config_folder

    config_folder().mkdir(parents=True)
    (config_folder() / "config.toml").write_text('[model]\nfallbacks = ["ollama/other"]\n')
    model = Warmable()
    async with open_at(lambda: model) as session:
        await warmed(session)

    assert model.requests == []


async def test_a_request_that_comes_early_waits_for_what_is_being_read_and_shows_how_far_it_is(open_at: Open) -> None:
    model = Warmable()
    model.let.clear()
    async with open_at(lambda: model) as session:
        session.warm()
        await until(lambda: model.read_ahead)
        asyncio.get_running_loop().call_later(0.05, model.let.set)
        heard = await say(session, ASK)

    assert model.requests[0] is model.read_ahead[0]
    assert heard.of(PrefillProgress)
    assert heard.report.status == "done"
    assert model.stopped == 0


async def test_who_stops_the_turn_stops_what_is_being_read(open_at: Open) -> None:
    model = Warmable()
    model.let.clear()
    async with open_at(lambda: model) as session:
        session.warm()
        await until(lambda: model.read_ahead)
        async with asyncio.timeout(10), aclosing(session.send(ASK)) as events:  # type: ignore[type-var]  # it is one
            async for event in events:
                if isinstance(event, PrefillProgress):
                    break
        assert model.stopped == 1
        model.let.set()
        assert (await say(session, ASK)).report.status == "done"


async def test_a_session_that_closes_stops_reading(open_at: Open) -> None:
    model = Warmable()
    model.let.clear()
    async with open_at(lambda: model) as session:
        session.warm()
        await until(lambda: model.read_ahead)

    assert model.stopped == 1


async def test_a_thread_that_is_about_to_be_summed_up_is_not_read(open_at: Open) -> None:
    from tests.session.talking import Noting

    async with open_at(Noting, thread="red-fox-1") as session:
        await until_anew(session)
        for number in range(20):
            head = (await session._runner.look()).values["head"]
            if session._parts.transcript.tokens(head) > 0.6 * session._parts.window:
                break
            await say(session, f"what is rule {number}?")
        else:
            pytest.fail("the window never fills up")
    again = Noting()
    async with open_at(lambda: again, thread="red-fox-1") as session:
        await warmed(session)

    assert again.requests == []


async def test_a_server_that_fails_is_told_by_the_turn_that_needs_it(open_at: Open) -> None:
    model = ScriptedProvider([ScriptedReply("half", finish=None), "Yes.", "Yes."])
    model.name = "llamacpp"
    async with open_at(lambda: model) as session:
        await warmed(session)
        heard = await say(session, ASK)

    assert heard.report.status == "done"
