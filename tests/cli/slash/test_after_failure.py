"""What helps after a turn that went wrong: the request again, the reply that was kept; through the real loop."""

from pathlib import Path

import pytest

from tests.cli.fakes import until
from tests.cli.slash.talking import real_chat
from vivek.providers.adapters.scripted import ScriptedReply

PRICES = "till/prices.py"
ASK = f"change {PRICES}: halve the price"
WRONG = f"Halved.\n\n{PRICES}\n<<<<<<< SEARCH\nno such line\n=======\n    return price // 2\n>>>>>>> REPLACE\n"
BROKEN = ScriptedReply("Half of the ans", finish=None)


def use_editor(command: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a command be the user's editor; `$1` is the file."""
    editor = folder / "editor"
    editor.write_text(f"#!/bin/sh\n{command}\n")
    editor.chmod(0o700)
    monkeypatch.setenv("VISUAL", str(editor))


async def test_a_failed_turn_says_where_its_reply_is_and_what_can_be_done(workspace: Path) -> None:
    async with real_chat(workspace, *[WRONG] * 6) as talk:
        told = await talk.types(ASK)
        kept = talk.reports[-1].reply

    assert (workspace / kept).read_text().count("no such line") > 1, "every attempt is kept"
    assert f"The reply is kept in {kept}." in told
    assert "`/retry` asks again" in told
    assert "`/editor` opens the reply" in told
    assert f"`vivek apply {kept}`" in told


async def test_retry_after_a_failure_asks_what_failed_and_not_what_was_asked_before(workspace: Path) -> None:
    async with real_chat(workspace, "A till.", BROKEN, "Prices.") as talk:
        await talk.types("what is this?")
        await talk.types("what is in it, and why?")
        await talk.types("/retry")

    said = "\n".join(message.content for message in talk.opener.provider.requests[-1].messages)
    assert "A till." in said, "what was said before stays"
    assert "Half of the ans" not in said, "nothing of the failed turn is told again"
    assert said.count("what is in it, and why?") == 1
    assert [report.status for report in talk.reports] == ["done", "incomplete", "done"]


async def test_retry_of_the_very_first_turn_begins_the_thread_anew(workspace: Path) -> None:
    async with real_chat(workspace, BROKEN, "Prices.") as talk:
        await talk.types("what is a till?")
        await talk.types("/retry --model scripted/other")

    said = "\n".join(message.content for message in talk.opener.provider.requests[-1].messages)
    assert "Half of the ans" not in said
    assert [report.status for report in talk.reports] == ["incomplete", "done"]
    assert talk.opener.asked[-1].model == "scripted/other"


async def test_retry_after_a_cancelled_turn_asks_it_again(workspace: Path) -> None:
    slow = ScriptedReply("Never to its end, for it is slow and long.", delay=60)
    async with real_chat(workspace, "A till.", slow, "Prices.") as talk:
        await talk.types("what is this?")
        await until(lambda: talk.line.active)
        talk.pipe.send_text("what is in it, and why?\r")
        await until(lambda: len(talk.opener.provider.requests) == 2)
        talk.interrupts.stop()
        await until(lambda: len(talk.reports) == 2)
        await talk.types("/retry")

    assert [report.status for report in talk.reports] == ["done", "cancelled", "done"]
    said = "\n".join(message.content for message in talk.opener.provider.requests[-1].messages)
    assert said.count("what is in it, and why?") == 1


async def test_retry_of_a_question_only_turn_still_changes_nothing(workspace: Path) -> None:
    before = (workspace / PRICES).read_bytes()
    edit = f"Halved.\n\n{PRICES}\n```python\ndef discount(price: int) -> int:\n    return price // 2\n```\n"
    async with real_chat(workspace, edit, edit, approve="edits") as talk:
        await talk.types(f"/ask {ASK}")
        await talk.types("/retry")

    assert len(talk.reports) == 2
    assert (workspace / PRICES).read_bytes() == before


async def test_the_editor_opens_the_reply_and_what_it_leaves_is_applied(
    workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = next(line for line in (workspace / PRICES).read_text().splitlines() if "return" in line)
    use_editor(f"sed -i 's|^no such line$|{line}|' \"$1\"", tmp_path, monkeypatch)
    async with real_chat(workspace, *[WRONG] * 6) as talk:
        await talk.types(ASK)
        kept = workspace / talk.reports[-1].reply
        kept.write_text(WRONG)  # one attempt of them
        told = await talk.types("/editor", "y")

    assert "changed till/prices.py" in told
    assert "return price // 2" in (workspace / PRICES).read_text()
    assert line in kept.read_text(), "what was mended is kept too"


async def test_the_editor_writes_a_message_where_nothing_failed(
    workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_editor("echo 'What is a till?' > \"$1\"", tmp_path, monkeypatch)
    async with real_chat(workspace, BROKEN, "A pen.", "A till.") as talk:
        await talk.types("what is this?")
        await talk.types("what is that?")
        await talk.types("/editor")
        await talk.types("")

    assert [report.answer for report in talk.reports[1:]] == ["A pen.", "A till."]
    assert "What is a till?" in talk.prompt()
