"""A thread whose saved state is no state: told with its name, and the others go on."""

import sqlite3
from pathlib import Path

import pytest

from tests.session.conftest import Open, say
from vivek.errors import ThreadError
from vivek.providers.adapters.scripted import ScriptedProvider


@pytest.mark.covers("D01", "D02", "D03", "F-D08")
@pytest.mark.parametrize("kind", ["json", "pickle", "msgpack", "never heard of"])
async def test_a_damaged_thread_is_told_and_others_go_on(workspace: Path, open_at: Open, kind: str) -> None:
    def provider() -> ScriptedProvider:
        return ScriptedProvider(["Yes."] * 4)

    for thread in ("calm-otter-1", "calm-otter-2"):
        async with open_at(provider, thread=thread) as session:
            await say(session, "is it tested?")
    with sqlite3.connect(workspace / ".vivek/checkpoints.db") as connection:
        forged = b'{"lc": 2, "type": "constructor", "id": ["os", "getcwd"], "args": [], "kwargs": {}}'
        connection.execute(
            "UPDATE checkpoints SET type = ?, checkpoint = ? WHERE thread_id = 'calm-otter-1'", (kind, forged)
        )
    connection.close()

    with pytest.raises(ThreadError, match="calm-otter-1 is damaged"):
        async with open_at(provider, thread="calm-otter-1"):
            pass
    async with open_at(provider, thread="calm-otter-2") as session:
        assert (await say(session, "is it fast?")).report.status == "done"
