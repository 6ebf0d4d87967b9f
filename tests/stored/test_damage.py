"""Damaged and hostile databases: told, kept aside, nothing executed, and vivek goes on."""

import os
import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import ormsgpack
import pytest

from tests.session.conftest import say
from tests.stored.conftest import Unpack
from vivek.config.folders import state_folder
from vivek.errors import VivekError, WorkspaceError
from vivek.providers.adapters.scripted import ScriptedProvider
from vivek.schema.threads import ThreadSummary
from vivek.session.doors.collecting import collect
from vivek.session.doors.history import show_thread
from vivek.session.opening import open_session
from vivek.session.options import Choices
from vivek.session.place import Place, open_place
from vivek.session.threads.index import ThreadIndex
from vivek.session.threads.saved_rows import LARGEST_ROW

FORM = "5-index"
THREADS = ("old-otter-1", "old-lark-3", "old-heron-2")
DATABASES = ("checkpoints.db", "workspace.db", "threads.db", "index.db")

CASES = 60
OPENED = 10


def path_of(place: Place, name: str) -> Path:
    return state_folder() / name if name == "threads.db" else place.data / name


def damage(path: Path, chance: random.Random) -> None:
    """Break a file as disks, kills and strangers do."""
    data = bytearray(path.read_bytes())
    match chance.randrange(6):
        case 0:
            del data[chance.randrange(len(data)) :]
        case 1:
            for _ in range(chance.choice((1, 5, 50, 1_000))):
                data[chance.randrange(len(data))] = chance.randrange(256)
        case 2:
            start = chance.randrange(len(data))
            data[start : start + 4096] = bytes(len(data[start : start + 4096]))
        case 3:
            first, second = (chance.randrange(len(data) // 4096) * 4096 for _ in range(2))
            page = bytes(data[first : first + 4096])
            data[first : first + 4096] = data[second : second + 4096]
            data[second : second + 4096] = page
        case 4:
            data[chance.randrange(100)] = chance.randrange(256)
        case _:
            data += chance.randbytes(chance.randrange(10_000))
    path.write_bytes(bytes(data))
    if chance.random() < 0.2:
        Path(f"{path}-wal").write_bytes(chance.randbytes(chance.randrange(9_000)))


def use_doors(place: Place) -> None:
    """List, show and collect; what fails fails with vivek's own words."""
    told(lambda: listed(place))
    told(lambda: collect(place))
    for thread in THREADS:
        told(lambda thread=thread: show_thread(place, thread))  # type: ignore[misc]  # bound now


def listed(place: Place) -> list[ThreadSummary]:
    with ThreadIndex.open() as index:
        return index.list(place.root)


def told(look: Callable[[], object]) -> None:
    try:
        look()
    except VivekError as error:
        assert error.message


def refill(place: Place, whole: dict[Path, bytes]) -> None:
    for folder in (place.data, state_folder()):
        for path in folder.glob("*.db*"):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    for path, data in whole.items():
        path.write_bytes(data)


def keep(place: Place) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in (path_of(place, name) for name in DATABASES)}


def test_doors_of_randomly_damaged_databases_fail_in_vivek_own_words(unpack: Unpack) -> None:
    place = open_place(unpack(FORM))
    whole = keep(place)
    for seed in range(CASES):
        chance = random.Random(seed)
        refill(place, whole)
        damage(path_of(place, chance.choice(DATABASES[:3])), chance)
        use_doors(place)


async def test_sessions_on_randomly_damaged_databases_open_or_say_why(unpack: Unpack) -> None:
    place = open_place(unpack(FORM))
    whole = keep(place)
    answered = 0
    for seed in range(OPENED):
        chance = random.Random(1_000 + seed)
        refill(place, whole)
        damage(path_of(place, chance.choice(DATABASES)), chance)
        for thread in ("old-otter-1", "new-owl-9"):
            provider = ScriptedProvider(["Yes."] * 9)
            choices = Choices(thread=thread, depth="fast")
            try:
                async with open_session(place, choices, provider=provider) as session:
                    heard = await say(session, "Does it work?")
                    answered += heard.report.answer == "Yes."
            except VivekError as error:
                assert error.message
                assert thread != "new-owl-9" or "threads.db" in error.message or "workspace.db" in error.message
    assert answered > OPENED


@pytest.mark.parametrize("name", DATABASES[:3])
@pytest.mark.parametrize("thing", ["folder", "pipe", "link", "dangling link"])
def test_something_else_in_a_databases_place_is_refused_and_not_followed(
    unpack: Unpack, tmp_path: Path, name: str, thing: str
) -> None:
    place = open_place(unpack(FORM))
    path, target = path_of(place, name), tmp_path / "target"
    target.write_bytes(b"mine")
    path.unlink()
    match thing:
        case "folder":
            path.mkdir()
        case "pipe":
            os.mkfifo(path)
        case "link":
            path.symlink_to(target)
        case _:
            path.symlink_to(tmp_path / "nowhere")

    use_doors(place)

    assert target.read_bytes() == b"mine"
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize("name", DATABASES[:3])
@pytest.mark.parametrize(
    "content", [b"", b"\0" * 8192, b"SQLite format 3\0" + b"\0" * 84], ids=["empty", "zero", "head"]
)
async def test_a_database_without_content_is_begun_anew(unpack: Unpack, name: str, content: bytes) -> None:
    place = open_place(unpack(FORM))
    path_of(place, name).write_bytes(content)

    async with open_session(place, Choices(thread="new-owl-9"), provider=ScriptedProvider(["Yes."])) as session:
        assert (await say(session, "Does it work?")).report.answer == "Yes."


def _views(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            connection.execute(f'ALTER TABLE "{table}" RENAME TO "real_{table}"')
            connection.execute(f'CREATE VIEW "{table}" AS SELECT * FROM "real_{table}"')


def _triggers(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            for act in ("INSERT", "UPDATE", "DELETE"):
                connection.execute(
                    f'CREATE TRIGGER "{table}_{act}" BEFORE {act} ON "{table}" BEGIN '
                    f"SELECT writefile('{path}.taken', 'x'), load_extension('{path}.so'); END"
                )


def _foreign(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("CREATE TABLE notes (id INTEGER PRIMARY KEY, text)")
        connection.execute("CREATE TABLE threads (name)")
        connection.execute("CREATE TABLE blobs (whatever)")
        connection.execute("CREATE TABLE checkpoints (whatever)")
        connection.execute("PRAGMA user_version = 1")


def _pages(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
        connection.execute("PRAGMA page_size=65536")
        connection.execute("VACUUM")


def _huge_number(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA user_version = 2147483647")


@pytest.mark.parametrize("name", DATABASES[:3])
@pytest.mark.parametrize("make", [_views, _triggers, _foreign, _pages, _huge_number])
async def test_a_database_of_another_make_runs_nothing_and_is_told(
    unpack: Unpack, name: str, make: Callable[[Path], None]
) -> None:
    place = open_place(unpack(FORM))
    path = path_of(place, name)
    make(path)

    use_doors(place)
    try:
        async with open_session(place, Choices(thread="new-owl-9"), provider=ScriptedProvider(["Yes."])) as session:
            await say(session, "Does it work?")
    except VivekError as error:
        assert error.message
        assert error.hint

    assert not list(path.parent.glob("*.taken"))


def _hostile(kind: str, victim: Path) -> tuple[str, bytes]:
    call = ormsgpack.packb(("os", "mkdir", str(victim)))
    match kind:
        case "call":
            return "msgpack", ormsgpack.packb(ormsgpack.Ext(0, call))
        case "deep":
            return "msgpack", b"\x91" * 100_000
        case "cut":
            return "msgpack", ormsgpack.packb({"channel_values": {"thread": {"turns": 2}}})[:-3]
        case "list":
            return "msgpack", ormsgpack.packb([1, 2, 3])
        case "words":
            return "msgpack", ormsgpack.packb({"channel_values": {"thread": "no", "turn": 7}})
        case "newer":
            return "msgpack", ormsgpack.packb(
                {
                    "v": 4,
                    "id": "1f0c0000-0000-6000-8000-000000000000",
                    "ts": "2026-01-01T00:00:00+00:00",
                    "channel_values": {"thread": {"turns": 2}, "turn": {"version": 99, "status": "done"}},
                    "channel_versions": {"thread": "1", "turn": "1"},
                    "versions_seen": {},
                    "updated_channels": None,
                }
            )
        case "huge":
            return "msgpack", bytes(LARGEST_ROW + 1)
        case _:
            return "pickle", b"cos\nmkdir\n(V%s\ntR." % bytes(victim)


@pytest.mark.parametrize("kind", ["call", "deep", "cut", "list", "words", "newer", "huge", "pickle"])
async def test_a_thread_with_a_hostile_state_is_told_and_the_others_go_on(
    unpack: Unpack, tmp_path: Path, kind: str
) -> None:
    place, victim = open_place(unpack(FORM)), tmp_path / "made-by-the-database"
    how, data = _hostile(kind, victim)
    with closing(sqlite3.connect(place.data / "checkpoints.db", isolation_level=None)) as connection:
        connection.execute(
            "UPDATE checkpoints SET type = ?, checkpoint = ? WHERE thread_id = 'old-otter-1'", (how, data)
        )
        connection.execute(
            "UPDATE writes SET type = ?, value = ? WHERE thread_id = 'old-otter-1'", (how, data[:10_000])
        )

    with pytest.raises(VivekError) as refused:
        async with open_session(place, Choices(thread="old-otter-1"), provider=ScriptedProvider(["Yes."])) as session:
            await say(session, "Does it work?")
    assert "old-otter-1" in refused.value.message or "newer version" in refused.value.message
    assert len(show_thread(place, "old-otter-1")) == 4
    choices = Choices(thread="old-heron-2", depth="fast", window=4096)
    async with open_session(place, choices, provider=ScriptedProvider(["Yes."], window=4096)) as session:
        assert (await say(session, "Does it work?")).report.answer == "Yes."
    told(lambda: collect(place))
    assert not victim.exists()


@pytest.mark.parametrize("name", ["metrics.db", "index.db", "vectors.db"])
@pytest.mark.parametrize("thing", ["noise", "folder", "pipe"])
async def test_databases_that_only_help_do_not_stop_a_turn(unpack: Unpack, name: str, thing: str) -> None:
    place = open_place(unpack(FORM))
    path = place.data / name
    path.unlink(missing_ok=True)
    match thing:
        case "noise":
            path.write_bytes(random.Random(1).randbytes(20_000))
        case "folder":
            path.mkdir()
        case _:
            os.mkfifo(path)

    async with open_session(place, Choices(thread="new-owl-9"), provider=ScriptedProvider(["Yes."])) as session:
        assert (await say(session, "Does it work?")).report.answer == "Yes."


def test_a_content_that_is_damaged_takes_only_its_own_turn_along(unpack: Unpack) -> None:
    place = open_place(unpack(FORM))
    with closing(sqlite3.connect(place.data / "workspace.db", isolation_level=None)) as connection:
        connection.execute("PRAGMA foreign_keys=OFF")
        found = connection.execute(
            "SELECT b.id, b.data FROM blobs AS b WHERE packed = 0 AND data = ?",
            (b"It takes a percentage off a price.",),
        ).fetchone()
        connection.execute("UPDATE blobs SET data = ? WHERE id = ?", (b"It takes a percentage off a price!", found[0]))

    with pytest.raises(WorkspaceError, match=r"Turn 1 of thread old-otter-1 .*damaged"):
        show_thread(place, "old-otter-1")
    assert len(show_thread(place, "old-heron-2")) == 10
