"""Recorded turns run again without a model: the same prompts and outputs, or the first node that differs."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

import vivek.prompts
from tests.session.conftest import decide, say
from vivek.config.folders import config_folder
from vivek.errors import ThreadError, WorkspaceError
from vivek.providers.adapters.scripted import ScriptedProvider
from vivek.session.doors.collecting import collect
from vivek.session.doors.history import delete_thread
from vivek.session.opening import open_session
from vivek.session.options import Choices
from vivek.session.place import Place, open_place
from vivek.session.recording.replay import replay_recorded
from vivek.workspace.store import Store
from vivek.workspace.tapes import Tapes

TEMPLATES = Path(vivek.prompts.__file__).parent / "templates"

PRICES = "till/prices.py"
PLAN = json.dumps(
    {"kind": "change", "steps": ["Round the discount"], "files": [PRICES], "mode": "coder", "question": ""}
)
FIXED = """\"\"\"Prices in cents.\"\"\"


def discount(price: int, percent: int) -> int:
    \"\"\"Round.\"\"\"
    return round(price)
"""
EDIT = f"I round now.\n\n{PRICES}\n```python\n{FIXED}```\n"


async def record(place: Place, thread: str = "calm-otter-7") -> None:
    """A question, a planned change that is refused with a reason and then approved, a search, and a last question."""
    script = ["It takes a percentage off.", PLAN, EDIT, EDIT.replace("Round.", "Rounded."), "Nothing else."]
    async with open_session(
        place, Choices(thread=thread, interactive=True), provider=ScriptedProvider(script)
    ) as session:
        await say(session, "What does till/prices.py do?")
        asked = await say(session, "The discounts of the till come out wrong.")
        assert asked.report.status == "needs_approval", asked.report
        asked = await decide(session, approved=False, reason="say Rounded")
        assert asked.report.status == "needs_approval", asked.report
        done = await decide(session)
        assert done.report.status == "done"
        await say(session, "What else?")


async def test_recording_can_be_switched_off(workspace: Path) -> None:
    place = open_place(workspace)
    place.data.mkdir(mode=0o700)
    (place.data / "config.toml").write_text("[session]\nrecording = false\n")
    await record(place)

    with pytest.raises(ThreadError, match="was not recorded"):
        await replay_recorded(place, "calm-otter-7")
    with Store.open(place.data) as store:
        assert not Tapes(store).turns("calm-otter-7")


def outside_of_vivek(workspace: Path) -> dict[Path, bytes]:
    paths = (path for path in sorted(workspace.rglob("*")) if path.is_file() and ".vivek" not in path.parts)
    return {path: path.read_bytes() for path in paths}


def rows(place: Place) -> list[str]:
    with closing(sqlite3.connect(place.data / "workspace.db")) as connection:
        return list(connection.iterdump())


async def test_a_recorded_thread_does_the_same_again_and_nothing_of_the_users_is_touched(workspace: Path) -> None:
    place = open_place(workspace)
    await record(place)
    before = outside_of_vivek(workspace), rows(place)

    replayed = await replay_recorded(place, "calm-otter-7")

    assert replayed.difference is None
    assert replayed.skipped == ()
    assert replayed.turns == (1, 2, 3)
    assert replayed.steps >= 12
    assert (outside_of_vivek(workspace), rows(place)) == before


async def test_one_turn_is_replayed_alone(workspace: Path) -> None:
    place = open_place(workspace)
    await record(place)

    for turn in (1, 2, 3):
        replayed = await replay_recorded(place, "calm-otter-7", turn=turn)
        assert (replayed.turns, replayed.difference, replayed.skipped) == ((turn,), None, ())


async def test_files_that_changed_since_do_not_matter(workspace: Path) -> None:
    place = open_place(workspace)
    await record(place)
    (workspace / PRICES).write_text("PRICE = 3\n")
    (workspace / "README.md").unlink()

    assert (await replay_recorded(place, "calm-otter-7")).difference is None


async def test_another_prompt_is_found_with_its_node_and_line(workspace: Path) -> None:
    place = open_place(workspace)
    await record(place)
    own = config_folder() / "templates"
    own.mkdir(parents=True)
    text = (TEMPLATES / "planner.md").read_text()
    (own / "planner.md").write_text(text.replace(text.strip().splitlines()[-1], "Answer in rhymes."))

    found = (await replay_recorded(place, "calm-otter-7")).difference

    assert found is not None
    assert (found.turn, found.node, found.kind) == (2, "planner", "prompt")
    assert found.place.startswith("message ")
    assert found.now == "Answer in rhymes."


async def test_another_output_is_found_with_its_node(workspace: Path) -> None:
    place = open_place(workspace)
    await record(place)
    with Store.open(place.data) as store:
        [part] = Tapes(store).parts("calm-otter-7", 1)
        said = json.loads(part)
        executor = next(step for step in said["steps"] if step["node"] == "executor")
        executor["update"]["status"] = "incomplete"
        Tapes(store).begin("calm-otter-7", 1)
        Tapes(store).add("calm-otter-7", 1, json.dumps(said))

    found = (await replay_recorded(place, "calm-otter-7", turn=1)).difference

    assert found is not None
    assert (found.node, found.kind, found.place) == ("executor", "output", "status")
    assert (found.recorded, found.now) == ("incomplete", "done")


async def test_another_way_through_the_graph_is_found(workspace: Path) -> None:
    place = open_place(workspace)
    await record(place)
    with Store.open(place.data) as store:
        [part] = Tapes(store).parts("calm-otter-7", 1)
        said = json.loads(part)
        said["steps"][1]["node"] = "reviewer"
        Tapes(store).begin("calm-otter-7", 1)
        Tapes(store).add("calm-otter-7", 1, json.dumps(said))

    found = (await replay_recorded(place, "calm-otter-7", turn=1)).difference

    assert found is not None
    assert (found.kind, found.recorded, found.now) == ("way", "reviewer", "executor")


async def test_a_recording_of_which_a_part_is_missing_is_left_out_and_said(workspace: Path) -> None:
    place = open_place(workspace)
    await record(place)
    with Store.open(place.data) as store:
        parts = Tapes(store).parts("calm-otter-7", 2)
        assert len(parts) == 3, "one for each time that the turn stopped"
        Tapes(store).begin("calm-otter-7", 2)
        for part in parts[1:]:
            Tapes(store).add("calm-otter-7", 2, part)

    replayed = await replay_recorded(place, "calm-otter-7", turn=2)

    assert (replayed.skipped, replayed.difference) == ((2,), None)


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"form": 1, "thread": {}, "turn": {}, "steps": 7, "scene": "no"}'])
async def test_a_damaged_recording_is_told(workspace: Path, text: str) -> None:
    place = open_place(workspace)
    await record(place)
    with Store.open(place.data) as store:
        Tapes(store).begin("calm-otter-7", 1)
        Tapes(store).add("calm-otter-7", 1, text)

    with pytest.raises(WorkspaceError, match="turn 1"):
        await replay_recorded(place, "calm-otter-7")


async def test_a_turn_that_was_not_recorded_is_told_with_those_that_were(workspace: Path) -> None:
    place = open_place(workspace)
    await record(place)

    with pytest.raises(ThreadError, match="Turn 9") as told:
        await replay_recorded(place, "calm-otter-7", turn=9)
    assert "1, 2, 3" in told.value.hint
    with pytest.raises(ThreadError, match="not recorded"):
        await replay_recorded(place, "no-otter-1")


async def test_what_a_recording_names_survives_a_collection_and_goes_with_its_thread(workspace: Path) -> None:
    place = open_place(workspace)
    await record(place)
    collect(place)
    assert (await replay_recorded(place, "calm-otter-7")).difference is None

    delete_thread(place, "calm-otter-7")

    with Store.open(place.data) as store:
        assert list(Tapes(store).texts()) == []


async def test_secrets_of_files_are_not_kept_by_a_recording(workspace: Path) -> None:
    secret = "AKIA" + "Q7Z3L5N9P2R4T6V8"
    (workspace / PRICES).write_text(f'KEY = "{secret}"\n\n\ndef discount() -> int:\n    return 1\n')
    place = open_place(workspace)
    async with open_session(place, Choices(thread="calm-otter-7"), provider=ScriptedProvider(["A key."])) as session:
        await say(session, "What does till/prices.py do?")

    with Store.open(place.data) as store:
        [tape] = Tapes(store).parts("calm-otter-7", 1)
        assert secret not in tape
        reads = {path: sha for step in json.loads(tape)["steps"] for path, sha in step["reads"].items()}
        assert not store.has(reads[PRICES])


async def test_a_recording_of_a_turn_is_small(workspace: Path) -> None:
    place = open_place(workspace)
    async with open_session(place, Choices(thread="calm-otter-7"), provider=ScriptedProvider(["Yes."] * 30)) as session:
        for number in range(30):
            await say(session, f"Is it tested? {number}")

    with closing(sqlite3.connect(place.data / "workspace.db")) as connection:
        sizes = [
            size
            for (size,) in connection.execute(
                "SELECT length(data) FROM tapes JOIN blobs ON blobs.id = blob ORDER BY turn"
            )
        ]
    assert len(sizes) == 30
    assert max(sizes) < 3_000
    assert sizes[-1] < 1.2 * sizes[1]
