"""What helps a small model along: in the prompt where it is due, told as an event, and off where the user says so."""

import pytest

from tests.session.conftest import Heard, Open, say
from vivek.providers.adapters.scripted import ScriptedProvider, ScriptedReply
from vivek.schema.events import AidUsed, Notice

PRICES = "till/prices.py"
RENAMED = "def rebate(price: int, percent: int) -> int:\n    return price - price * percent // 100\n"
FACTS = "About this project: python"
RENAME = "A rename touches every use."


def used(heard: Heard) -> list[tuple[str, str]]:
    return [(event.aid, event.detail) for event in heard.events if isinstance(event, AidUsed)]


async def test_facts_are_said_once_a_generation_and_advice_where_it_fits(open_at: Open) -> None:
    provider = ScriptedProvider(["It cuts the cents off.", f"{PRICES}\n```python\n{RENAMED}```\n"])
    async with open_at(lambda: provider, approve="all") as session:
        first = await say(session, f"what does {PRICES} do?")
        second = await say(session, f"rename discount to rebate in {PRICES}")

    asked = [request.messages[-1].content for request in provider.requests]
    assert FACTS in asked[0]
    assert FACTS not in asked[1]
    assert RENAME not in asked[0]
    assert RENAME in asked[1]
    assert [aid for aid, _ in used(first)] == ["facts"]
    assert used(second) == [("advice", "rename")]


@pytest.mark.parametrize(("aid", "text"), [("FACTS", FACTS), ("ADVICE", RENAME)])
async def test_each_can_be_switched_off(aid: str, text: str, open_at: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"VIVEK_AIDS_{aid}", "false")
    provider = ScriptedProvider([f"{PRICES}\n```python\n{RENAMED}```\n"])
    async with open_at(lambda: provider, approve="all") as session:
        heard = await say(session, f"rename discount to rebate in {PRICES}")

    assert text not in provider.requests[0].messages[-1].content
    assert aid.lower() not in [name for name, _ in used(heard)]
    assert len(used(heard)) == 1


async def test_an_answer_about_files_that_are_not_there_is_asked_for_once_more(open_at: Open) -> None:
    provider = ScriptedProvider(["It is in `src/discounts.py`.", "It is in `src/other.py`."])
    async with open_at(lambda: provider) as session:
        heard = await say(session, "where is the discount?")

    assert "There is no file `src/discounts.py` in this project." in provider.requests[1].messages[-1].content
    assert any(isinstance(event, Notice) and "asking it again" in event.text for event in heard.events)
    assert heard.report.answer == "It is in `src/other.py`.", "once is enough"


async def test_without_the_correction_an_answer_stays_as_it_is(open_at: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIVEK_AIDS_CORRECTION", "false")
    provider = ScriptedProvider(["It is in `src/discounts.py`."])
    async with open_at(lambda: provider) as session:
        heard = await say(session, "where is the discount?")

    assert heard.report.answer == "It is in `src/discounts.py`."


async def test_a_change_that_speaks_only_of_files_that_are_not_there_is_asked_for_once_more(open_at: Open) -> None:
    said = "It is renamed in `src/discounts.py`."
    for replies, answer, files in (
        ([said, f"{PRICES}\n```python\n{RENAMED}```\n"], f"Changed {PRICES} (+1 -5).", (PRICES,)),
        ([said, said], said, ()),
    ):
        provider = ScriptedProvider(replies)
        async with open_at(lambda provider=provider: provider, approve="all") as session:
            heard = await say(session, f"rename discount to rebate in {PRICES}")

        assert "There is no file `src/discounts.py` in this project." in provider.requests[1].messages[-1].content
        assert ("correction", "There is no file `src/discounts.py` in this project.") in [
            (aid, detail.split(". ")[0] + ".") for aid, detail in used(heard)
        ]
        assert tuple(each.path for each in heard.report.changes) == files
        assert heard.report.answer == answer, "once is enough"


async def test_code_that_names_no_file_is_asked_for_once_more(open_at: Open) -> None:
    nameless = f"Here it is:\n\n```python\n{RENAMED}```\n"
    for replies, files in (([nameless, f"{PRICES}\n```python\n{RENAMED}```\n"], (PRICES,)), ([nameless, nameless], ())):
        provider = ScriptedProvider(replies)
        async with open_at(lambda provider=provider: provider, approve="all") as session:
            heard = await say(session, f"rename discount to rebate in {PRICES}")

        assert f"such as `{PRICES}`" in provider.requests[1].messages[-1].content
        assert tuple(each.path for each in heard.report.changes) == files
        assert ("```" in heard.report.answer) is not bool(files), "what was written twice is shown"


@pytest.mark.parametrize(
    "said", ["It is `src/new.py` that I would create.", "`src/new.py` is like `README.md`.", "Done."]
)
async def test_a_change_that_is_only_spoken_of_is_an_answer(open_at: Open, said: str) -> None:
    provider = ScriptedProvider([said.replace("It is", "I would create")])
    async with open_at(lambda: provider, approve="all") as session:
        heard = await say(session, f"rename discount to rebate in {PRICES}")

    assert len(provider.requests) == 1
    assert heard.report.answer


CUT = ScriptedReply("It rounds each price down to", finish="length")


async def test_a_reply_that_was_cut_off_is_gone_on_with_unless_that_is_off(
    open_at: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    on = ScriptedProvider([CUT, " whole cents."])
    async with open_at(lambda: on) as session:
        heard = await say(session, f"what does {PRICES} do?")
    monkeypatch.setenv("VIVEK_AIDS_CONTINUATION", "false")
    off = ScriptedProvider([CUT])
    async with open_at(lambda: off) as session:
        bare = await say(session, f"what does {PRICES} do?")

    assert heard.report.answer == "It rounds each price down to whole cents."
    assert ("continuation", "executor") in used(heard)
    assert bare.report.status == "incomplete"
    assert bare.report.answer == "It rounds each price down to"
    assert "continuation" not in dict(used(bare))


async def test_an_empty_reply_is_asked_for_once_more_unless_that_is_off(
    open_at: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    on = ScriptedProvider([" ", "It rounds."])
    async with open_at(lambda: on) as session:
        heard = await say(session, f"what does {PRICES} do?")
    monkeypatch.setenv("VIVEK_AIDS_CORRECTION", "false")
    off = ScriptedProvider([" "])
    async with open_at(lambda: off) as session:
        bare = await say(session, f"what does {PRICES} do?")

    assert heard.report.answer == "It rounds."
    assert ("correction", "it was empty.") in used(heard)
    assert bare.report.status == "failed"
    assert len(off.requests) == 1


async def test_thinking_is_capped_and_asked_to_be_left_out_unless_that_is_off(
    open_at: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    thought = ScriptedReply("", thinking="hmm, " * 20)
    on = ScriptedProvider([thought, "It rounds."])
    async with open_at(lambda: on) as session:
        heard = await say(session, f"what does {PRICES} do?")
    monkeypatch.setenv("VIVEK_AIDS_THINKING", "false")
    off = ScriptedProvider([thought])
    async with open_at(lambda: off) as session:
        bare = await say(session, f"what does {PRICES} do?")

    assert heard.report.answer == "It rounds."
    assert on.requests[1].think is False
    assert ("thinking", "executor") in used(heard)
    assert bare.report.status == "failed"
    assert len(off.requests) == 1
