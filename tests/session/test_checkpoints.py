"""The checkpoint database: strict, pruned, safe after errors, and kept aside when damaged."""

import asyncio
import sqlite3
from contextlib import suppress
from pathlib import Path
from typing import Any

import ormsgpack
import pytest
from langgraph.graph import END, START, StateGraph
from typing_extensions import TypedDict

from vivek.session.checkpoints import open_checkpoints
from vivek.session.threads.saved_rows import NEWEST_KEPT, forget_thread

CONFIG: Any = {"configurable": {"thread_id": "calm-otter-7"}}


class Count(TypedDict):
    """A state to save."""

    count: int
    turn: dict[str, str]


def graph_with(saver: Any, steps: int = 1) -> Any:
    """A line of nodes that count."""
    graph = StateGraph(Count)
    before = START
    for number in range(steps):
        graph.add_node(f"n{number}", lambda state: {"count": state["count"] + 1})
        graph.add_edge(before, f"n{number}")
        before = f"n{number}"
    graph.add_edge(before, END)
    return graph.compile(checkpointer=saver)


def rows(path: Path, sql: str) -> list[Any]:
    connection = sqlite3.connect(path)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


async def test_the_newest_and_every_turns_end_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "checkpoints.db"
    async with open_checkpoints(path) as checkpoints:
        graph = graph_with(checkpoints.saver, steps=9)
        for turn in range(1, 11):
            await graph.ainvoke({"count": 0, "turn": {"status": ""}}, CONFIG, durability="sync")
            end = (await graph.aget_state(CONFIG)).config["configurable"]["checkpoint_id"]
            await checkpoints.end_turn("calm-otter-7", turn, end)
        snapshot = await graph.aget_state(CONFIG)

    kept = [name for (name,) in rows(path, "SELECT checkpoint_id FROM checkpoints ORDER BY checkpoint_id")]
    ends = [name for (name,) in rows(path, "SELECT checkpoint_id FROM turn_ends ORDER BY turn")]
    assert len(ends) == 10
    assert set(ends) <= set(kept)
    # Eleven checkpoints a turn: the newest twenty hold two ends, the other eight are kept besides.
    assert len(kept) == NEWEST_KEPT + 8
    assert snapshot.values["count"] == 9
    assert rows(
        path,
        "SELECT count(*) FROM writes w WHERE NOT EXISTS (SELECT 1 FROM checkpoints c "
        "WHERE c.checkpoint_id = w.checkpoint_id)",
    ) == [(0,)]


@pytest.mark.covers("D01")
async def test_a_hostile_database_runs_no_code(tmp_path: Path) -> None:
    path = tmp_path / "checkpoints.db"
    victim = tmp_path / "made-by-the-database"
    async with open_checkpoints(path) as checkpoints:
        await graph_with(checkpoints.saver).ainvoke({"count": 0, "turn": {"status": ""}}, CONFIG)
    call = ormsgpack.packb(("os", "mkdir", str(victim)))
    hostile = ormsgpack.Ext(0, call)
    connection = sqlite3.connect(path)
    packed = ormsgpack.packb(
        {
            "v": 4,
            "id": "1f0c0000-0000-6000-8000-000000000000",
            "ts": "2026-01-01T00:00:00+00:00",
            "channel_values": {"count": hostile, "turn": {"status": ""}},
            "channel_versions": {"count": "1", "turn": "1"},
            "versions_seen": {},
            "updated_channels": None,
        }
    )
    connection.execute("UPDATE checkpoints SET checkpoint = ?", (packed,))
    connection.commit()
    connection.close()

    async with open_checkpoints(path) as checkpoints:
        await graph_with(checkpoints.saver).aget_state(CONFIG)

    assert not victim.exists()


@pytest.mark.covers("D02", "D03", "F-D08")
@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("json", b'{"lc": 2, "type": "constructor", "id": ["os", "mkdir"], "args": ["%s"], "kwargs": {}}'),
        ("pickle", b"cos\nmkdir\n(V%s\ntR."),
        ("never heard of", b"%s"),
    ],
    ids=["constructor", "pickle", "unknown"],
)
async def test_rows_of_other_types_make_nothing_and_leave_other_threads_alone(
    tmp_path: Path, kind: str, content: bytes
) -> None:
    path, victim = tmp_path / "checkpoints.db", tmp_path / "made-by-the-database"
    other = {"configurable": {"thread_id": "calm-otter-2", "checkpoint_ns": ""}}
    async with open_checkpoints(path) as checkpoints:
        for config in (CONFIG, other):
            await graph_with(checkpoints.saver).ainvoke({"count": 0, "turn": {"status": ""}}, config)
    with sqlite3.connect(path) as connection:
        told = content % bytes(victim)
        thread = CONFIG["configurable"]["thread_id"]
        connection.execute("UPDATE checkpoints SET type = ?, checkpoint = ? WHERE thread_id = ?", (kind, told, thread))
    connection.close()

    async with open_checkpoints(path) as checkpoints:
        graph = graph_with(checkpoints.saver)
        with suppress(ValueError, TypeError, KeyError, NotImplementedError):
            await graph.aget_state(CONFIG)
        assert (await graph.aget_state(other)).values["count"] == 1
    assert not victim.exists()


async def test_the_probe_of_the_test_above_is_a_real_one(tmp_path: Path) -> None:
    from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer

    victim = tmp_path / "made-by-the-database"
    hostile = ormsgpack.packb(ormsgpack.Ext(0, ormsgpack.packb(("os", "mkdir", str(victim)))))

    JsonPlusSerializer(allowed_msgpack_modules=None).loads_typed(("msgpack", hostile))
    assert not victim.exists()
    JsonPlusSerializer(allowed_msgpack_modules=True).loads_typed(("msgpack", hostile))
    assert victim.exists()


@pytest.mark.covers("F-D04")
@pytest.mark.parametrize(
    "content", [b"not a database at all, but long enough to be one" * 40, b"SQLite format 3\0" + b"x" * 5000]
)
async def test_a_damaged_database_is_kept_aside_and_a_new_one_works(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "checkpoints.db"
    path.write_bytes(content)

    async with open_checkpoints(path) as checkpoints:
        assert checkpoints.kept_aside is not None
        assert checkpoints.kept_aside.read_bytes() == content
        assert (await graph_with(checkpoints.saver).ainvoke({"count": 0, "turn": {"status": ""}}, CONFIG))["count"] == 1


@pytest.mark.covers("F-A12")
async def test_an_error_does_not_poison_the_connection(tmp_path: Path) -> None:
    path = tmp_path / "checkpoints.db"
    async with open_checkpoints(path) as checkpoints:
        graph = graph_with(checkpoints.saver)
        await graph.ainvoke({"count": 0, "turn": {"status": ""}}, CONFIG)
        await checkpoints.saver.conn.execute("PRAGMA busy_timeout=0")
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            await graph.ainvoke({"count": 0, "turn": {"status": ""}}, CONFIG, durability="sync")
        assert not checkpoints.saver.conn.in_transaction
        other.execute("INSERT INTO turn_ends VALUES ('other', 1, 'x')")
        other.execute("COMMIT")
        other.close()
        assert (await graph.ainvoke({"count": 4, "turn": {"status": ""}}, CONFIG))["count"] == 5


@pytest.mark.covers("F-A07")
async def test_the_end_of_a_turn_is_synced_to_disk_and_the_middle_is_not(tmp_path: Path) -> None:
    async with open_checkpoints(tmp_path / "checkpoints.db") as checkpoints:
        connection = checkpoints.saver.conn

        async def level() -> int:
            async with connection.execute("PRAGMA synchronous") as cursor:
                row = await cursor.fetchone()
            assert row is not None
            return int(row[0])

        graph = graph_with(checkpoints.saver)
        await graph.ainvoke({"count": 0, "turn": {"status": ""}}, CONFIG, durability="sync")
        assert await level() == 1
        await graph.ainvoke({"count": 0, "turn": {"status": "done"}}, CONFIG, durability="sync")
        assert await level() == 2


async def test_a_thread_is_forgotten_without_the_graph_library(tmp_path: Path) -> None:
    path = tmp_path / "checkpoints.db"
    forget_thread(path, "calm-otter-7")
    assert not path.exists()
    async with open_checkpoints(path) as checkpoints:
        await graph_with(checkpoints.saver).ainvoke({"count": 0, "turn": {"status": ""}}, CONFIG)
        other: Any = {"configurable": {"thread_id": "bold-fox-1"}}
        await graph_with(checkpoints.saver).ainvoke({"count": 0, "turn": {"status": ""}}, other)

    forget_thread(path, "calm-otter-7")

    assert rows(path, "SELECT DISTINCT thread_id FROM checkpoints") == [("bold-fox-1",)]
    assert rows(path, "SELECT DISTINCT thread_id FROM writes") == [("bold-fox-1",)]


async def test_closing_waits_for_a_write_that_is_under_way_and_leaves_no_lock(tmp_path: Path) -> None:
    path = tmp_path / "checkpoints.db"
    writing = asyncio.Event()
    kept: list[Any] = []  # a cursor that outlives its connection, as an abandoned task's does

    async def write(saver: Any) -> None:
        async with saver.lock:
            await saver.conn.execute("INSERT INTO turn_ends VALUES ('calm-otter-7', 1, 'x')")
            cursor = await saver.conn.execute("SELECT * FROM turn_ends UNION ALL SELECT * FROM turn_ends")
            kept.append((cursor, await cursor.fetchone()))
            writing.set()
            await asyncio.sleep(0.05)

    async with open_checkpoints(path) as checkpoints:
        task = asyncio.create_task(write(checkpoints.saver))
        await writing.wait()
    await task

    other = sqlite3.connect(path, timeout=0, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert other.execute("SELECT count(*) FROM turn_ends").fetchone() == (0,)
    other.execute("COMMIT")
    other.close()


async def test_a_write_that_comes_after_the_end_is_dropped_without_noise(tmp_path: Path) -> None:
    async with open_checkpoints(tmp_path / "checkpoints.db") as checkpoints:
        saver = checkpoints.saver
        config = await graph_with(saver).aget_state(CONFIG)
    assert config.values == {}

    late: Any = {"configurable": {"thread_id": "calm-otter-7", "checkpoint_ns": "", "checkpoint_id": "1"}}
    await saver.aput_writes(late, [("count", 1)], "task")
