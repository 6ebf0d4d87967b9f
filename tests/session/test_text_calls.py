"""A model that writes its tool calls into its text, in the form it was trained on, is understood all the same."""

import json
from pathlib import Path

import pytest

from tests.session.conftest import Open, decide, say
from vivek.providers.adapters.scripted import ScriptedProvider
from vivek.schema.events import ApprovalRequested, ToolDone

PRICES = "till/prices.py"


def called(name: str, **arguments: object) -> str:
    return f"<tool_call>\n{json.dumps({'name': name, 'arguments': arguments})}\n</tool_call>"


@pytest.mark.parametrize(
    "reply",
    [
        called("search", text="def discount"),
        '```json\n{"name": "search", "arguments": {"text": "def discount"}}\n```',
        "<function=search>\n<parameter=text>def discount</parameter>\n</function>",
    ],
)
async def test_a_call_in_the_text_is_carried_out(workspace: Path, open_at: Open, reply: str) -> None:
    provider = ScriptedProvider([reply, "It is in till/prices.py."])
    async with open_at(lambda: provider) as session:
        heard = await say(session, "where is discount defined?")

    [tool] = heard.of(ToolDone)
    assert isinstance(tool, ToolDone)
    assert (tool.tool, tool.ok) == ("search", True)
    assert "def discount(price: int" in provider.requests[1].messages[-1].content
    assert heard.report.answer == "It is in till/prices.py."


async def test_edits_by_calls_are_staged_and_shown_as_one_change(workspace: Path, open_at: Open) -> None:
    edit = called("edit", path=PRICES, old="    return price - price * percent // 100", new="    return price")
    write = called("write", path="till/made.py", text="MADE = 1\n")
    provider = ScriptedProvider([f"{edit}\n{write}"])
    async with open_at(lambda: provider) as session:
        heard = await say(session, f"change {PRICES}")
        [asked] = heard.of(ApprovalRequested)
        assert isinstance(asked, ApprovalRequested)
        assert {change.path for change in asked.changes} == {PRICES, "till/made.py"}
        done = await decide(session)

    assert done.report.status == "done"
    assert (workspace / "till/made.py").read_text() == "MADE = 1\n"
    assert "    return price\n" in (workspace / PRICES).read_text()


async def test_a_call_that_edits_is_not_heard_in_a_turn_that_only_answers(workspace: Path, open_at: Open) -> None:
    before = (workspace / PRICES).read_bytes()
    reply = called("write", path="till/made.py", text="MADE = 1\n")
    provider = ScriptedProvider([reply, "Nothing."])
    async with open_at(lambda: provider, approve="all") as session:
        await say(session, f"what does {PRICES} do?")

    assert (workspace / PRICES).read_bytes() == before
    assert not (workspace / "till/made.py").exists()


async def test_a_call_of_an_existing_file_by_write_is_refused_with_words(workspace: Path, open_at: Open) -> None:
    before = (workspace / PRICES).read_bytes()
    provider = ScriptedProvider([called("write", path=PRICES, text="x = 1\n"), "Then I leave it."])
    async with open_at(lambda: provider) as session:
        heard = await say(session, f"change {PRICES}")

    assert heard.report.answer == "Then I leave it."
    assert (workspace / PRICES).read_bytes() == before
    assert "exists" in provider.requests[1].messages[-1].content


async def test_a_call_that_cannot_be_read_is_mended(workspace: Path, open_at: Open) -> None:
    broken = '<tool_call>\n{"name": "search", "arguments": {"txet": 3}}\n</tool_call>'
    provider = ScriptedProvider([broken, "Nothing is to be done."])
    async with open_at(lambda: provider) as session:
        heard = await say(session, f"change {PRICES}")

    assert heard.report.answer == "Nothing is to be done."
    assert "search" in provider.requests[1].messages[-1].content
