"""A request that goes on with the turn before needs no planner, and is about the same files."""

from pathlib import Path

from tests.session.conftest import Open, decide, say
from vivek.providers.adapters.scripted import ScriptedProvider
from vivek.schema.events import PlanReady

PRICES = "till/prices.py"
ROUNDED = "def discount(price: int, percent: int) -> int:\n    return round(price - price * percent / 100)\n"
RENAMED = ROUNDED.replace("percent", "share")


def edit(text: str) -> str:
    return f"{PRICES}\n```python\n{text}```\n"


async def test_a_second_change_is_about_the_file_of_the_first_and_asks_no_planner(
    workspace: Path, open_at: Open
) -> None:
    provider = ScriptedProvider([edit(ROUNDED), edit(RENAMED)])
    async with open_at(lambda: provider, approve="all") as session:
        await say(session, f"change {PRICES} so that it rounds")
        heard = await say(session, "now rename percent to share in it")

    [plan] = heard.of(PlanReady)
    assert isinstance(plan, PlanReady)
    assert not plan.made
    assert plan.plan.files == (PRICES,)
    assert (workspace / PRICES).read_text() == RENAMED
    assert len(provider.requests) == 2


async def test_after_a_restart_a_follow_up_still_knows_its_file(workspace: Path, open_at: Open) -> None:
    first = ScriptedProvider(["It cuts the cents off."])
    async with open_at(lambda: first) as session:
        await say(session, f"what does {PRICES} do?")
        thread = session.thread_id
    second = ScriptedProvider([edit(ROUNDED)])
    async with open_at(lambda: second, thread=thread) as session:
        await say(session, "then fix it")
        await decide(session)

    assert (workspace / PRICES).read_text() == ROUNDED
    assert len(second.requests) == 1


async def test_a_file_that_is_gone_is_not_followed(workspace: Path, open_at: Open) -> None:
    provider = ScriptedProvider(["It counts.", "There is none."])
    async with open_at(lambda: provider) as session:
        await say(session, f"what does {PRICES} do?")
        (workspace / PRICES).unlink()
        heard = await say(session, "and the other function")

    [ready] = heard.of(PlanReady)
    assert isinstance(ready, PlanReady)
    assert ready.plan.files == ()
