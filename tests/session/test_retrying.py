"""What was asked last in a thread is found however its turn ended."""

import json
from pathlib import Path

from tests.session.conftest import Open, say
from vivek.providers.adapters.scripted import ScriptedProvider
from vivek.session.doors.retrying import LastRequest, last_request
from vivek.session.place import open_place
from vivek.session.threads.index import ThreadIndex
from vivek.workspace.store import Store

THREAD = "calm-otter-7"
PRICES = "till/prices.py"
EDIT = f"Halved.\n\n{PRICES}\n```python\ndef discount(price: int, percent: int) -> int:\n    return 0\n```\n"


async def test_of_a_turn_that_ended_and_of_one_that_waits(open_at: Open, workspace: Path) -> None:
    place = open_place(workspace)
    async with open_at(lambda: ScriptedProvider(["A till.", EDIT]), thread=THREAD) as session:
        await say(session, "what is this?")
        assert last_request(place, THREAD) == LastRequest("what is this?", 1)
        waiting = await say(session, f"change {PRICES}: halve it")
        assert waiting.report.status == "needs_approval"
        assert last_request(place, THREAD) == LastRequest(f"change {PRICES}: halve it", 2)


async def test_of_a_turn_that_was_cut_off_before_anything_was_saved(open_at: Open, workspace: Path) -> None:
    place = open_place(workspace)
    async with open_at(lambda: ScriptedProvider(["A till."]), thread=THREAD) as session:
        await say(session, "what is this?")
    with Store.open(place.data) as store:
        request = store.put_text("and what is in it?")
    asked = json.dumps({"turn": 2, "input": {"request": request, "reads_only": True}})
    with ThreadIndex.open() as index:
        index.begin(THREAD, place.root, kind="chat", title="x", model="m", base_url=None, asked=asked)

    assert last_request(place, THREAD) == LastRequest("and what is in it?", 2, reads_only=True)
