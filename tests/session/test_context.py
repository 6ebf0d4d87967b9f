"""What the user can see of a thread's window and cache."""

from pathlib import Path

from tests.session.conftest import Open, say
from vivek.providers.adapters.scripted import ScriptedProvider

LONG = "Everybody understands that another beautiful morning follows every single evening. " * 30


async def test_a_new_thread_has_cost_nothing(open_at: Open) -> None:
    async with open_at(lambda: ScriptedProvider(["Yes."])) as session:
        report = await session.context()

    assert report.prompts == ()
    assert (report.calls, report.messages, report.lost) == (0, 0, None)


async def test_the_head_the_notes_and_the_figures_of_all_calls(workspace: Path, open_at: Open) -> None:
    (workspace / "vivek.md").write_text("Prices are whole cents.\n")
    provider = ScriptedProvider([LONG] * 3, window=32_768)
    async with open_at(lambda: provider) as session:
        first = (await say(session, "what is a price?")).report.usage
        second = (await say(session, "what is a rule?")).report.usage
        report = await session.context()
        thread = session.thread_id

    [prompt] = report.prompts
    assert prompt.prompt == second.prompt_tokens
    assert prompt.cached == second.cached_tokens
    assert report.messages == 5
    assert report.system > 100
    assert 0 < report.notes < 60
    assert first.prompt_tokens is not None
    assert second.prompt_tokens is not None
    assert (report.calls, report.prompt_tokens) == (2, first.prompt_tokens + second.prompt_tokens)
    assert report.lost is None

    async with open_at(lambda: provider, thread=thread) as session:
        again = await session.context()
        assert (again.calls, again.prompts) == (2, ())
        await say(session, "what is a till?")
        assert (await session.context()).calls == 3


async def test_a_new_generation_is_named_as_what_cost_the_cache(open_at: Open) -> None:
    provider = ScriptedProvider([LONG, LONG, "- a price is a number", LONG, LONG], window=32_768)
    async with open_at(lambda: provider) as session:
        await say(session, "what is a price?")
        await say(session, "what is a rule?")
        await session.compact()
        await say(session, "what is a till?")
        lost = (await session.context()).lost
        await say(session, "what is a cent?")
        later = (await session.context()).lost

    assert lost is not None
    assert (lost.node, lost.calls_ago, lost.message, lost.role) == ("executor", 0, 2, "user")
    assert lost.now.startswith("The earlier")
    assert later is not None
    assert later.calls_ago == 1
