"""The chat and its background jobs: it tells of their end at a prompt, and ends those that are left itself."""

from pathlib import Path
from typing import Any

from tests.cli.fakes import FakeConversation, FakePlace, until
from tests.cli.test_repl import chat_with
from vivek.session.options import Choices

FREE: Any = Choices(sandbox="off", approve="all")


async def test_leaving_ends_the_jobs_before_the_session_closes(workspace: Path) -> None:
    place = FakePlace(workspace, workspace / ".vivek")
    async with chat_with(FakeConversation([]), place=place, choices=FREE) as talk:
        talk.type("/run sleep 600 &\r")
        await talk.says("job 1 running: sleep 600")
        talk.type("\x04")
        assert await talk.leaves() == 0

        assert [job.status for job in talk.chat.jobs.held().list()] == ["stopped"]


async def test_an_end_is_told_at_the_next_prompt(workspace: Path) -> None:
    place = FakePlace(workspace, workspace / ".vivek")
    async with chat_with(FakeConversation([]), place=place, choices=FREE) as talk:
        talk.type("/run true &\r")
        await talk.says("job 1 running: true")
        await until(lambda: talk.chat.jobs.held().list()[0].ran)
        assert not any("ended" in line for line in talk.told)
        talk.type("/jobs\r")
        await talk.says("job 1 ended (exit 0, ")
