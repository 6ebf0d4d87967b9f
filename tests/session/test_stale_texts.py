"""Texts of files that are out of date leave the window when they weigh too much; all else stays word for word."""

import itertools
from pathlib import Path

from tests.session.conftest import Heard, Open, decide, say
from tests.session.talking import is_aside, spoken, told
from vivek.providers.adapters.scripted import ScriptedProvider
from vivek.session.session import Session

RATES = "till/rates.py"
RULES = ["# Everybody understands that another beautiful morning follows every single evening.\n"] * 45
"""Words that every tokenizer knows: a prompt of them looks like no prompt that was cut."""


def rates(number: int) -> str:
    return f"def rate() -> int:\n    return {number}\n\n\n{''.join(RULES)}"


async def _change_and_ask(workspace: Path, session: Session, most: int) -> Heard:
    """Change a file and ask about it until its older texts are left out; return that turn."""
    heard = None
    for number in range(most):
        (workspace / RATES).write_text(rates(number))
        heard = await say(session, f"explain {RATES}, number {number}")
        if any("are left out" in text for text in told(heard)):
            break
    assert heard is not None
    return heard


async def test_older_texts_shrink_to_path_hash_and_symbols_in_one_new_generation(
    workspace: Path, open_at: Open
) -> None:
    provider = ScriptedProvider([f"That is answer {number}." for number in range(20)], window=8192)
    async with open_at(lambda: provider) as session:
        heard = await _change_and_ask(workspace, session, 9)
        after = await say(session, "what is a rate?")

    [notice] = [text for text in told(heard) if "are left out" in text]
    assert notice.startswith(f"Older texts of {RATES} took ")
    *_, before, begun, last = spoken(provider)
    assert begun[: len(before)] != before
    assert [message.role for message in begun] == [message.role for message in before] + ["assistant", "user"]
    assert sum(len(message.content) for message in begun) < 0.6 * sum(len(message.content) for message in before)
    stubs = [
        line for message in begun for line in message.content.split("\n") if "older text of it is left out" in line
    ]
    assert len(stubs) == (len(begun) - 2) // 2
    assert stubs[0].startswith(f"{RATES} (")
    assert "with rate" in stubs[0]
    for number, message in enumerate(message for message in begun if message.role == "assistant"):
        assert message.content == f"That is answer {number}."
    assert rates(len(stubs)) in begun[-1].content
    assert not any(is_aside(request.messages) for request in provider.requests)
    assert after.report.status == "done"
    assert last[: len(begun)] == begun


async def test_a_lighter_load_of_older_texts_stays(workspace: Path, open_at: Open) -> None:
    provider = ScriptedProvider(["Yes."] * 20, window=32_768)
    async with open_at(lambda: provider) as session:
        heard = await _change_and_ask(workspace, session, 6)

    assert not any("are left out" in text for text in told(heard))
    for before, after in itertools.pairwise(spoken(provider)):
        assert after[: len(before)] == before


async def test_a_file_that_was_patched_is_shown_again_once_the_text_it_was_patched_from_is_left_out(
    workspace: Path, open_at: Open
) -> None:
    (workspace / RATES).write_text(f"RATE = 0\n{RULES[0] * 110}")
    patch = f"{RATES}\n<<<<<<< SEARCH\nRATE = 0\n=======\nRATE = 1\n>>>>>>> REPLACE\n"
    provider = ScriptedProvider([patch, "Yes.", "It is one."], window=8192)
    async with open_at(lambda: provider, depth="fast") as session:
        await say(session, f"change {RATES}")
        await decide(session)
        assert RULES[0] * 110 in spoken(provider)[-1][-1].content
        heard = await say(session, "what is a rate?")
        assert any("are left out" in text for text in told(heard))
        await say(session, f"explain {RATES} now")

    assert not any(RULES[0] in message.content for message in spoken(provider)[1])
    assert f"RATE = 1\n{RULES[0] * 110}" in spoken(provider)[2][-1].content


async def test_what_the_model_wrote_itself_is_not_shown_again(workspace: Path, open_at: Open) -> None:
    written = f"{RATES}\n```python\n{rates(100)}```\n"
    provider = ScriptedProvider([*["Yes."] * 3, written, "Yes.", "It is a hundred."], window=8192)
    async with open_at(lambda: provider, depth="fast") as session:
        for number in range(3):
            (workspace / RATES).write_text(rates(number))
            await say(session, f"explain {RATES}, number {number}")
        await say(session, f"change {RATES}")
        await decide(session)
        heard = await say(session, "what is a rate?")
        assert any("are left out" in text for text in told(heard))
        await say(session, f"explain {RATES} now")

    assert RULES[0] not in spoken(provider)[-1][-1].content
    assert sum(rates(100) in message.content for message in spoken(provider)[-1]) == 1


async def test_a_file_of_which_a_part_was_seen_is_shown_whole_to_who_names_it(workspace: Path, open_at: Open) -> None:
    (workspace / RATES).write_text(rates(7))
    provider = ScriptedProvider([f"read: {RATES}:1-2", "A function.", "It is seven."], window=32_768)
    async with open_at(lambda: provider, depth="fast") as session:
        await say(session, "what begins with rate?")
        assert "return 7" in spoken(provider)[-1][-1].content
        assert RULES[0] not in str(spoken(provider)[-1])
        await say(session, f"explain {RATES}")

    assert rates(7) in spoken(provider)[-1][-1].content
