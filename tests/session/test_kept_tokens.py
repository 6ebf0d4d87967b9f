"""What a server's counts taught about the tokens of its model is known to the next session; who counted is told."""

from pathlib import Path

import pytest

from tests.engine.forced import ForcedEngine
from tests.session.conftest import say
from vivek.providers.spec import ModelSpec
from vivek.session.models.known import KnownModels
from vivek.session.opening import open_session
from vivek.session.options import Choices
from vivek.session.place import open_place

pytestmark = pytest.mark.engine

LONG = "what do you make of this? " + "a remark that is told one word after another, " * 100


async def test_what_prompts_near_the_window_taught_is_known_to_the_next_session(
    workspace: Path, forced_engine: ForcedEngine
) -> None:
    forced_engine.opens = True
    forced_engine.script(["Yes.", "No.", "Why?"])
    choices = Choices(model="llamacpp/default", base_url=forced_engine.url, window=4_096)

    def known() -> list[int]:
        kept = KnownModels().load(ModelSpec("llamacpp", "default"), forced_engine.url)
        return [report.read for report in kept.tokens.reports]

    async with open_session(open_place(workspace), choices) as session:
        assert [(each.prompt, each.by) for each in session.prompts()] == [(None, "estimate")]
        await say(session, LONG)
        [first] = session.prompts()
        await say(session, LONG)
        [second] = session.prompts()
    learned = known()
    async with open_session(open_place(workspace), choices) as session:
        await say(session, "what is this?")

    assert (first.by, second.by) == ("server", "server")
    assert first.cached is not None
    assert {first.prompt, second.prompt} <= set(learned)
    assert known() == learned, "far from the window nothing is counted here, and what was learned stays"
