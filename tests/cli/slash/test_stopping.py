"""What is typed while a command of the chat runs: messages wait for its end, Esc stops it."""

import shutil
from pathlib import Path

import pytest

from tests.cli.fakes import until
from tests.cli.slash.talking import RealTalk, real_chat

WAIT = "touch begun; until [ -e go ]; do sleep 0.02; done; echo went"


async def begin(talk: RealTalk, root: Path) -> None:
    await until(lambda: talk.line.active)
    talk.pipe.send_text(f"/run {WAIT}\r")
    await until((root / "begun").exists)


async def test_a_message_typed_while_a_command_runs_is_sent_at_its_end(workspace: Path) -> None:
    async with real_chat(workspace, "It is a shop.", approve="all", sandbox="off") as talk:
        await begin(talk, workspace)
        talk.pipe.send_text("what is it?\r")
        await until(lambda: talk.line.ahead.queued == ["what is it?"])
        talk.pipe.send_text("and th")
        await until(lambda: talk.line.ahead.shown()[1] != "")
        assert not talk.reports

        (workspace / "go").touch()
        await until(lambda: len(talk.reports) == 1 and talk.line.active)

        assert talk.reports[0].answer == "It is a shop."
        assert talk.line._session.default_buffer.text == "and th"
        talk.pipe.send_text("\x15")  # the chat ends with its line


@pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap is not installed")
async def test_escape_stops_the_projects_tests(workspace: Path) -> None:
    (workspace / ".vivek").mkdir(exist_ok=True)
    (workspace / ".vivek" / "config.toml").write_text("[project]\ntest = 'sleep 600'\n")
    async with real_chat(workspace, "It is a shop.") as talk:
        await until(lambda: talk.line.active)
        talk.pipe.send_text("/test\r")
        await until(lambda: any(line.startswith("$ ") for line in talk.told))
        talk.pipe.send_text("\x1b")
        await until(lambda: "stopped" in talk.told and talk.line.active)


async def test_escape_stops_a_command(workspace: Path) -> None:
    async with real_chat(workspace, "It is a shop.", approve="all", sandbox="off") as talk:
        await begin(talk, workspace)
        talk.pipe.send_text("\x1b")
        await until(lambda: "stopped" in talk.told and talk.line.active)

        assert not (workspace / "go").exists()
