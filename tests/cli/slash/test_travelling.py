"""Back, aside and out of a chat, through the real loop and a real session."""

from pathlib import Path

import pytest

from tests.cli.slash.talking import real_chat

PRICES = "till/prices.py"
ASK = f"change {PRICES}: halve the price"
EDIT = f"Halved.\n\n{PRICES}\n```python\ndef discount(price: int) -> int:\n    return price // 2\n```\n"


async def test_diff_shows_the_last_change_or_that_of_a_turn(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with real_chat(workspace, EDIT, "It halves.", approve="edits") as talk:
        await talk.types(ASK)
        await talk.types("what is it?")
        assert await talk.types("/diff") == f"{PRICES} +2 -6"
        assert "+    return price // 2\n" in capsys.readouterr().out
        assert await talk.types("/diff all") == await talk.types("/diff 1")
        assert "Turn 2 of thread" in await talk.types("/diff 2")
        await talk.types("/undo")
        assert "has changed no file" in await talk.types("/diff")


async def test_rewind_takes_files_and_conversation_back_and_can_be_undone(workspace: Path) -> None:
    before = (workspace / PRICES).read_bytes()
    async with real_chat(workspace, "A till.", EDIT, "Yes.", approve="edits") as talk:
        await talk.types("what is it?")
        await talk.types(ASK)
        after = (workspace / PRICES).read_bytes()
        await talk.types("/rewind", "n")
        assert (workspace / PRICES).read_bytes() == after != before
        assert "The thread is at the end of turn 1." in await talk.types("/rewind 1", "y")
        assert (workspace / PRICES).read_bytes() == before
        await talk.types("/rewind undo", "y")
        assert (workspace / PRICES).read_bytes() == after
        await talk.types("is it halved?")
        assert any("Halved." in message.content for message in talk.opener.provider.requests[-1].messages)
        assert "The thread is at its beginning." in await talk.types("/rewind 0", "y")


async def test_fork_goes_on_in_the_branch_and_clear_in_a_new_thread(workspace: Path) -> None:
    async with real_chat(workspace, "A till.", "Here.", "There.") as talk:
        await talk.types("what is it?")
        first = talk.chat.thread
        assert f"of {first} after turn 1" in await talk.types("/fork")
        branch = talk.chat.thread
        await talk.types("what else is it?")
        assert talk.reports[-1].thread_id == branch != first
        assert f"`/resume {branch}`" in await talk.types("/clear")
        assert talk.chat.thread is None
        await talk.types("what is new?")
        assert talk.reports[-1].thread_id not in (first, branch)
        assert talk.opener.asked[-1].found == talk.reports[0].model  # a model that only the thread named
        assert not any("A till." in message.content for message in talk.opener.provider.requests[-1].messages)


async def test_an_answer_is_copied_or_one_of_its_blocks_and_a_thread_is_written_to_a_new_file(
    workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = tmp_path / "clipboard"
    program = tmp_path / "bin" / "pbcopy"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\ncat > {held}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    for variable in ("DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME"):
        monkeypatch.delenv(variable, raising=False)
    target = tmp_path / "thread.md"
    async with real_chat(workspace, "Do:\n\n```sh\nls\n```\n\nor\n\n```sh\npwd\n```\n") as talk:
        await talk.types("what can I do?")
        assert "copied the last answer" in await talk.types("/copy")
        assert held.read_text().startswith("Do:")
        assert "copied code block 2, 4 characters (pbcopy)" in await talk.types("/copy 2")
        assert held.read_text() == "pwd\n"
        assert "has blocks 1 to 2" in await talk.types("/copy 3")
        assert await talk.types(f"/export {target}") == f"written to {target}"
        assert "what can I do?" in target.read_text()
        assert "is there already" in await talk.types(f"/export {target}")


async def test_a_message_is_written_in_the_editor_and_sent_with_enter(
    workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\nprintf "what is it?\\n" > "$1"\n')
    editor.chmod(0o755)
    monkeypatch.setenv("VISUAL", str(editor))
    async with real_chat(workspace, "A till.") as talk:
        await talk.types("/editor")
        assert talk.reports == [], "Enter sends it, not the editor"
        await talk.types("")

    assert [report.answer for report in talk.reports] == ["A till."]
    assert "what is it?" in talk.prompt()


async def test_approve_holds_for_the_turns_that_follow(workspace: Path) -> None:
    before = (workspace / PRICES).read_bytes()
    async with real_chat(workspace, EDIT, approve="ask") as talk:
        assert (await talk.types("/approve")).startswith("approval: ask")
        assert (await talk.types("/approve edits")).startswith("approval: edits")
        await talk.types(ASK)

    assert (workspace / PRICES).read_bytes() != before
