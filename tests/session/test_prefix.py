"""Within a generation every request begins with what was committed before it, byte for byte: over whole threads."""

import asyncio
import itertools
import json
from pathlib import Path

import pytest

from tests.session.conftest import Open, decide, say
from vivek.providers.adapters.scripted import ScriptedProvider, ScriptedReply
from vivek.schema.events import Notice, TextDelta
from vivek.schema.messages import Message
from vivek.schema.sandbox import SandboxStatus
from vivek.session.session import Session

PRICES = "till/prices.py"
HEAD = '"""Prices in cents."""\n\n\ndef discount(price: int, percent: int) -> int:\n'
GOOD = HEAD + "    return round(price - price * percent / 100)\n"
BETTER = HEAD + "    return price - price * percent // 100\n"
WRONG = HEAD + "    return round(price + price * percent / 100)\n"
TESTS = """\
import unittest

from till.prices import discount


class Discount(unittest.TestCase):
    def test_ten_percent_off(self) -> None:
        self.assertEqual(discount(100, 10), 90)
"""
PLAN = json.dumps({"kind": "change", "steps": ["Round.", "Say so."], "files": [PRICES], "mode": "peer", "question": ""})
ASKING = json.dumps({"kind": "change", "steps": ["Round."], "files": [], "mode": "peer", "question": "Up or down?"})
POOR = json.dumps({"feedback": "Say why.", "needs_work": True, "score": 0.2})
FINE = json.dumps({"feedback": "Good.", "needs_work": False, "score": 0.9})


def whole(text: str, said: str = "I round now.") -> str:
    return f"{said}\n\n{PRICES}\n```python\n{text}```\n"


def assert_only_added_to(provider: ScriptedProvider, *, mending: frozenset[int] = frozenset()) -> None:
    """Hold every request against the one before it.

    Args:
        provider: Who was asked.
        mending: Which requests repeat a reply to have it mended. That reply is forgotten once it is: the next request
            follows on the one that asked first.
    """
    committed: tuple[Message, ...] = ()
    for number, request in enumerate(provider.requests):
        now = request.messages
        assert now[: len(committed)] == committed, f"request {number} does not begin with what was committed"
        roles = [message.role for message in now]
        assert all(one != other for one, other in itertools.pairwise(roles))
        committed = committed if number in mending else now


async def _stop(session: Session, text: str) -> None:
    """Send a text and stop the turn at its first word."""
    begun = asyncio.Event()

    async def listen() -> None:
        async for event in session.send(text):
            if isinstance(event, TextDelta):
                begun.set()

    task = asyncio.create_task(listen())
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_over_a_thread_of_everything_that_can_happen(
    workspace: Path, open_at: Open, sandbox: SandboxStatus
) -> None:
    (workspace / "tests").mkdir(exist_ok=True)
    (workspace / "tests/__init__.py").touch()
    (workspace / "tests/test_prices.py").write_text(TESTS)
    provider = ScriptedProvider(
        [
            "It takes a percentage off.",  # a question
            *(whole(WRONG), whole(GOOD, "Minus, not plus.")),  # a change: its check is red, then green
            *(whole(BETTER), whole(GOOD, "As before.")),  # refused with a reason
            *("search: discount", "find: total", "It is called once."),  # what the model looks up
            ScriptedReply("one two three four five six seven eight nine ten", delay=0.05),  # stopped
            "Ten of them.",
            "They say cents.",  # the notes have changed
            "Someone changed it.",  # and so has the file
        ],
        window=65_536,
    )
    async with open_at(lambda: provider) as session:
        await say(session, "what does discount do?")
        await say(session, f"fix the discount in {PRICES}: use round")
        await decide(session)  # trust
        await decide(session)
        await say(session, f"in {PRICES} take the slashes")
        await decide(session, approved=False, reason="round is better")
        await say(session, "who calls discount?")
        await _stop(session, "can you count the files?")
        await say(session, "how many was that?")
        (workspace / "vivek.md").write_text("Prices are whole cents.\n")
        await say(session, "what do the notes say?")
        (workspace / PRICES).write_text("RATE = 5\n")
        heard = await say(session, f"explain {PRICES} again")

    assert heard.report.answer == "Someone changed it."
    assert_only_added_to(provider)
    assert len(provider.requests) == 12
    said = "\n".join(message.content for message in provider.requests[-1].messages)
    for part in ("110 != 90", "round is better", "[interrupted]", "Prices are whole cents.", "RATE = 5"):
        assert part in said, part


async def test_over_plans_reviews_and_replies_that_are_mended(workspace: Path, open_at: Open) -> None:
    provider = ScriptedProvider(
        [
            *(PLAN, whole(WRONG), POOR, whole(GOOD), FINE),  # planned, written, reviewed, written anew
            *(ASKING, PLAN, whole(BETTER), FINE),  # the planner asks, then plans anew
            *("no object", PLAN, "It is right as it is."),
        ],
        window=65_536,
    )
    async with open_at(lambda: provider, depth="full") as session:
        # Words that every tokenizer knows: this provider counts a token for four bytes, whatever they are, and a
        # prompt with many more tokens than that would look like one that was cut.
        await say(session, "make prices round: " + "everybody understands another beautiful morning. " * 100)
        await decide(session)
        asked = await say(session, "do it otherwise")
        assert asked.report.status == "needs_answer", asked.report
        await say(session, "down")
        await decide(session)
        await say(session, "and once more")

    assert_only_added_to(provider, mending=frozenset({10}))
    kept = [request.messages for request in provider.requests]
    assert "no object" in kept[10][-2].content
    assert not any("no object" in message.content for message in kept[-1])


async def test_a_thread_that_is_opened_again_goes_on_with_the_same_bytes(open_at: Open) -> None:
    provider = ScriptedProvider(["One.", "Two.", "Three."], window=65_536)
    async with open_at(lambda: provider) as session:
        await say(session, "what is a price?")
        thread = session.thread_id
    for text in ("what is a rate?", "what is a till?"):
        async with open_at(lambda: provider, thread=thread) as session:
            heard = await say(session, text)
            assert not any("summary" in event.text for event in heard.events if isinstance(event, Notice))

    assert_only_added_to(provider)
