from tests.cli.fakes import FakeConversation
from tests.cli.slash.test_registry import FakeDesk
from vivek.cli.slash.registry import run_slash
from vivek.schema.context import ContextReport
from vivek.schema.counts import PromptCount
from vivek.schema.events import BudgetSpent


async def test_context_shows_what_was_sent_and_what_came_from_the_cache() -> None:
    desk = FakeDesk()
    await run_slash(desk, "/context")
    prompt = PromptCount("scripted/one", 4_096, 1_000, 900, 100, "server")
    desk.conversation = FakeConversation([], costs=ContextReport(prompts=(prompt,), calls=3))
    desk.spent = BudgetSpent("executor", 4_096, (("request", 20),), ())
    await run_slash(desk, "/context")

    assert desk.told[0] == "Nothing was sent to a model yet."
    assert desk.told[1].startswith("executor: about 20 of 4,096 tokens of the window\n")
    assert "last call of scripted/one: 1,000 of 4,096 tokens, 900 from the cache, 100 new" in desk.told[1]


async def test_context_without_a_session_shows_the_last_prompt() -> None:
    desk = FakeDesk(conversation=None, spent=BudgetSpent("executor", 4_096, (("request", 20),), ()))

    await run_slash(desk, "/context")

    assert "your request" in desk.told[0]


async def test_compact_hands_on_what_to_keep_and_tells_what_came_of_it() -> None:
    desk = FakeDesk(spent=BudgetSpent("executor", 4_096, (("request", 20),), ()))

    await run_slash(desk, "/compact the rounding rule")

    assert desk.conversation is not None
    assert desk.conversation.compacted == ["the rounding rule"]
    assert desk.told == ["Summing the conversation up.", "It goes on from a summary."]
    assert desk.spent is None


async def test_compact_before_anything_was_said_opens_nothing() -> None:
    desk = FakeDesk(thread=None)

    await run_slash(desk, "/compact")

    assert desk.told == ["Nothing was said in this thread yet."]
    assert desk.done == []
