"""Questions of vivek's own beside a conversation, on an engine that keeps one prompt: none costs the conversation."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.asking import ask, request
from tests.engine.forced import ForcedEngine
from tests.engine.server import serve
from tests.engine.tiny_model import TinyModel
from tests.session.conftest import Heard, say
from vivek.flows.chat.summing import sum_up
from vivek.providers.adapters.llamacpp import LlamaCppProvider
from vivek.schema.chunk import Usage
from vivek.schema.events import CallDone
from vivek.schema.report import TurnUsage
from vivek.session.opening import open_session
from vivek.session.options import Choices
from vivek.session.place import open_place
from vivek.session.session import Session

pytestmark = pytest.mark.engine

ANSWER = "A price is rounded to a whole cent, since there is no coin that is smaller. "


@pytest.fixture(scope="module")
def forced(tiny_model: TinyModel) -> Iterator[ForcedEngine]:
    """An engine with one slot, and no memory for any other prompt."""
    with serve(tiny_model.q8_0, window=16_384, cache_mib=0) as server, ForcedEngine(server) as engine:
        assert server.get("/props")["total_slots"] == 1
        yield engine


def usage_of(heard: Heard) -> Usage:
    [call] = [event.usage for event in heard.events if isinstance(event, CallDone)]
    return call


async def _sum_up(session: Session) -> str:
    """Ask what a new generation would be told, and begin none."""
    head = (await session._runner.look()).values["head"]
    noted, _ = await sum_up(head, TurnUsage(), session._turns.context())
    return noted


async def test_a_summary_leaves_the_conversation_in_the_cache(forced: ForcedEngine, workspace: Path) -> None:
    forced.script([ANSWER * 8, ANSWER, "- cents are whole", ANSWER])
    provider = LlamaCppProvider(forced.url, forced.key)
    async with open_session(open_place(workspace), Choices(interactive=True), provider=provider) as session:
        await say(session, "what is a price?")
        before = usage_of(await say(session, "and a rule?"))
        noted = await _sum_up(session)
        after = usage_of(await say(session, "and a till?"))

    assert noted == "- cents are whole"
    assert before.prompt_tokens is not None
    assert after.cached_tokens is not None
    assert after.cached_tokens >= 0.99 * before.prompt_tokens
    assert [message["role"] for message in forced.requests[-1]["messages"]][-2:] == ["assistant", "user"]
    assert "cents are whole" not in str(forced.requests[-1]["messages"])


async def test_a_prompt_of_its_own_would_cost_it(forced: ForcedEngine, workspace: Path) -> None:
    forced.script([ANSWER * 8, "A title", ANSWER])
    provider = LlamaCppProvider(forced.url, forced.key)
    async with open_session(open_place(workspace), Choices(interactive=True), provider=provider) as session:
        before = usage_of(await say(session, "what is a price?"))
        await ask(provider, request("Give this a title: " + ANSWER * 8, max_tokens=4))
        after = usage_of(await say(session, "and a rule?"))

    assert (after.cached_tokens or 0) < 0.5 * (before.prompt_tokens or 0)
