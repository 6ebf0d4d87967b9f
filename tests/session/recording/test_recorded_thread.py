"""A thread that was recorded once does the same today: a changed prompt, node or way through the graph shows here.

When the change is meant, `pytest --update-golden` records the thread anew.
"""

import lzma
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.session.recording.test_replay import record
from vivek.session.place import open_place, prepare_data
from vivek.session.recording.replay import replay_recorded

RECORDED = Path(__file__).parent / "golden" / "recorded_thread.db.xz"
THREAD = "calm-otter-7"


async def test_a_recorded_thread_is_replayed_by_todays_nodes_and_prompts(
    workspace: Path, request: pytest.FixtureRequest
) -> None:
    place = open_place(workspace)
    prepare_data(place)
    database = place.data / "workspace.db"
    if request.config.getoption("--update-golden"):
        await record(place, THREAD)
        with closing(sqlite3.connect(database, isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE")
            connection.execute("VACUUM")
        RECORDED.parent.mkdir(exist_ok=True)
        RECORDED.write_bytes(lzma.compress(database.read_bytes()))
    else:
        database.write_bytes(lzma.decompress(RECORDED.read_bytes()))

    replayed = await replay_recorded(place, THREAD)

    assert replayed.difference is None, "a prompt or a node changed; `--update-golden` if that is meant"
    assert (replayed.turns, replayed.skipped) == ((1, 2, 3), ())
