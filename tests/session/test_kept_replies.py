"""The reply of a turn that failed is kept in a file, private, named in the report, and a limited number of them."""

import os
import stat
from pathlib import Path

from tests.session.conftest import Open, say
from vivek.providers.adapters.scripted import ScriptedProvider, ScriptedReply
from vivek.session.kept_replies import MOST, keep_reply
from vivek.session.place import open_place

PRICES = "till/prices.py"
ASK = f"change {PRICES}: halve the price"
WRONG = f"Halved.\n\n{PRICES}\n<<<<<<< SEARCH\nno such line {{}}\n=======\nx\n>>>>>>> REPLACE\n"


async def test_edits_that_are_refused_to_the_end_are_all_in_the_file(open_at: Open, workspace: Path) -> None:
    replies = [WRONG.format(number) for number in range(6)]
    async with open_at(lambda: ScriptedProvider(replies), thread="calm-otter-7") as session:
        failed = await say(session, ASK)

    assert (failed.report.status, failed.report.reply) == ("failed", ".vivek/cache/replies/calm-otter-7-1.md")
    kept = workspace / failed.report.reply
    assert "no such line 0" in kept.read_text()
    assert "no such line 1" in kept.read_text()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


async def test_a_reply_that_broke_off_is_kept_and_one_that_never_began_is_not(open_at: Open, workspace: Path) -> None:
    broke = ScriptedReply("Half of the ans", finish=None)
    async with open_at(lambda: ScriptedProvider([broke]), thread="calm-otter-7") as session:
        first = await say(session, "what is a till?")
        second = await say(session, "what is a price?")

    assert (workspace / first.report.reply).read_text() == "Half of the ans\n"
    assert (second.report.status, second.report.reply) == ("failed", "")


async def test_a_turn_that_ends_well_keeps_no_file(open_at: Open, workspace: Path) -> None:
    async with open_at(lambda: ScriptedProvider(["A till."])) as session:
        done = await say(session, "what is a till?")

    assert done.report.reply == ""
    assert not (workspace / ".vivek/cache/replies").exists()


def test_only_the_newest_are_kept_and_a_link_is_not_followed(workspace: Path, tmp_path: Path) -> None:
    place = open_place(workspace)
    place.data.mkdir(mode=0o700, exist_ok=True)
    for number in range(MOST + 3):
        path = keep_reply(place, "calm-otter-7", number, f"Reply {number}.")
        os.utime(workspace / path, ns=(number, number))
    folder = workspace / ".vivek/cache/replies"
    assert len(list(folder.iterdir())) == MOST

    victim = tmp_path / "victim"
    victim.write_text("mine")
    (folder / "loud-fox-1-1.md").symlink_to(victim)
    assert keep_reply(place, "loud-fox-1", 1, "Taken?") == ".vivek/cache/replies/loud-fox-1-1.md"
    assert victim.read_text() == "mine"


def test_nothing_breaks_where_no_file_can_be_written(workspace: Path) -> None:
    place = open_place(workspace)
    place.data.mkdir(mode=0o700, exist_ok=True)
    (place.data / "cache").write_text("no folder")

    assert keep_reply(place, "calm-otter-7", 1, "Reply.") == ""
