"""What a new generation begins with, under every strategy; nothing of the old one is lost."""

import itertools
import sqlite3
from pathlib import Path

import pytest

from tests.session.conftest import Open, decide, say
from tests.session.talking import (
    ANSWER,
    NOTED,
    PRICES,
    Noting,
    configure,
    first_words,
    is_aside,
    spoken,
    told,
    until_anew,
)
from vivek.errors import ConfigError
from vivek.prompts.transcript import Transcript
from vivek.providers.adapters.scripted import ScriptedProvider
from vivek.schema.messages import Message
from vivek.workspace.store import Store


async def test_recent_repeats_the_last_exchanges_as_messages(workspace: Path, open_at: Open) -> None:
    configure(workspace, 'strategy = "recent"')
    provider = Noting(window=8192)
    async with open_at(lambda: provider) as session:
        await until_anew(session, 20)

    messages = spoken(provider)[-1]
    assert [message.role for message in messages] == [
        "system",
        *["user", "assistant"] * (len(messages) // 2 - 1),
        "user",
    ]
    assert Message("assistant", ANSWER) in messages or Message("assistant", ANSWER.strip()) in messages
    assert "Requests of the user" in messages[1].content


async def test_selective_repeats_what_the_request_is_about(workspace: Path, open_at: Open) -> None:
    configure(workspace, 'strategy = "selective"')
    provider = Noting(window=8192)
    async with open_at(lambda: provider) as session:
        await say(session, "what does the mango_rule say?")
        for number in range(9):
            await say(session, f"what is rule number {number}?")
        await session.compact()
        await say(session, "and the mango_rule?")
        repeated_without_name = spoken(provider)[-1]
        for number in range(12):
            heard = await say(session, f"what says the mango_rule of number {number}?")
            if any("word for word" in text for text in told(heard)):
                break

    assert len(repeated_without_name) == 2
    assert any("what does the mango_rule say?" in message.content for message in spoken(provider)[-1][1:-1])


async def test_an_unknown_strategy_is_a_mistake_in_the_settings(workspace: Path, open_at: Open) -> None:
    configure(workspace, 'strategy = "oldest"')
    with pytest.raises(ConfigError, match=r"context\.strategy"):
        async with open_at(Noting):
            pass


async def test_what_the_user_refused_and_what_stayed_open_is_repeated(open_at: Open) -> None:
    edit = f"{PRICES}\n```python\nRATE = 1\n```\n"
    provider = ScriptedProvider([edit, "Then I leave it.", edit, NOTED, *[ANSWER] * 3])
    async with open_at(lambda: provider) as session:
        await say(session, f"change {PRICES}")
        await decide(session, approved=False, reason="keep the\nold names")
        await say(session, f"change {PRICES} then")
        await decide(session, approved=False)
        await session.compact("the cents")
        await say(session, "and now?")

    words = spoken(provider)[-1][1].content
    assert "- request 1: the user did not want the change: keep the old names" in words
    assert "- request 2: the user did not want the change, it was not applied" in words


async def test_the_files_that_lay_before_the_model_are_outlined(open_at: Open) -> None:
    provider = Noting(window=32_768)
    async with open_at(lambda: provider) as session:
        await say(session, f"explain {PRICES}")
        await session.compact("the cents")
        await say(session, "and now?")

    assert f"{PRICES} (" in first_words(provider)
    assert "with discount" in first_words(provider)


async def test_older_generations_stay_readable_to_their_first_message(workspace: Path, open_at: Open) -> None:
    provider = Noting()
    async with open_at(lambda: provider) as session:
        for number in range(12):
            await say(session, f"what is rule number {number}?")

    sent = spoken(provider)
    ends = [before for before, after in itertools.pairwise(sent) if after[: len(before)] != before]
    assert len(ends) >= 2
    with Store.open(workspace / ".vivek") as store:
        transcript = Transcript(store)
        with sqlite3.connect(store.path) as connection:
            heads = connection.execute(
                "SELECT hash FROM transcript WHERE id NOT IN (SELECT parent FROM transcript WHERE parent IS NOT NULL)"
            ).fetchall()
        connection.close()
        chains = [transcript.messages(head.hex()) for (head,) in heads if store.chain(head.hex())[0].role == "system"]
    for end in ends:
        assert any(chain[: len(end)] == end for chain in chains)


async def test_a_turn_whose_next_call_cannot_fit_goes_on_in_a_new_generation(open_at: Open) -> None:
    rules = [f"# Rule {at} of this shop says that a price is rounded to a whole cent.\n" for at in range(60)]
    edits = [f"{PRICES}\n```python\nRATE = {number}\n{''.join(rules)}```\n" for number in range(3)]
    provider = ScriptedProvider([ANSWER, ANSWER, *edits], window=5632)
    async with open_at(lambda: provider, depth="fast") as session:
        await say(session, "what is a price?")
        await say(session, "what is a rule?")
        await say(session, f"change {PRICES}")
        await decide(session, approved=False, reason="other rates")
        heard = await decide(session, approved=False, reason="not these either")

    assert heard.report.status == "needs_approval", heard.report
    assert sum("goes on from a summary" in text for text in told(heard)) == 1
    last = provider.requests[-1].messages
    assert [message.role for message in last] == ["system", "user"]
    assert "2. what is a rule?" in last[1].content
    assert f"The user's request:\nchange {PRICES}" in last[1].content
    assert "- request 3: the user did not want the change: not these either" in last[1].content
    assert f"RATE = 1\n{rules[0]}" in last[1].content
    assert "RATE = 0" not in last[1].content
    assert not any(is_aside(request.messages) for request in provider.requests)


async def test_what_cannot_fit_even_alone_fails_as_before(open_at: Open) -> None:
    provider = ScriptedProvider([ANSWER] * 9, window=4096)
    async with open_at(lambda: provider) as session:
        await say(session, "what is a price?")
        heard = await say(session, "what is " + "this thing and that one? " * 2000)

    assert heard.report.status == "failed"
    assert heard.report.error is not None
    assert heard.report.error.type == "ContextWindowExceededError"
