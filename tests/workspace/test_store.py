"""The content store and the rows of the transcript."""

import hashlib
import os
import sqlite3
import threading
from pathlib import Path

import pytest

from tests.workspace.forking import die, killed_or_done
from vivek.errors import WorkspaceError
from vivek.schema.messages import Role
from vivek.schema.transcript import Row
from vivek.workspace.store import Store


def row(content: str, parent: Row | None, role: Role = "user", node: str = "chat") -> Row:
    above = None if parent is None else parent.hash
    digest = hashlib.sha256(f"{above}\0{role}\0{content}".encode()).hexdigest()
    return Row(digest, above, role, node, hashlib.sha256(content.encode()).hexdigest(), len(content))


def direct(store: Store, statement: str, *values: object) -> None:
    """Do to the database what vivek never does."""
    connection = sqlite3.connect(store.path)
    connection.execute(statement, values)
    connection.commit()
    connection.close()


@pytest.mark.parametrize("data", [b"", b"a", b"x" * 100_000, os.urandom(5_000), bytes(range(256)) * 4])
def test_contents_come_back_by_their_hash(store: Store, data: bytes) -> None:
    sha = store.put(data)

    assert sha == hashlib.sha256(data).hexdigest()
    assert store.get(sha) == data
    assert store.has(sha)
    assert store.put(data) == sha


@pytest.mark.parametrize("text", ["", "plain", "é\r\n\u2028", "lone \udcff surrogate", "long " * 500])
def test_texts_come_back_as_they_were(store: Store, text: str) -> None:
    assert store.get_text(store.put_text(text)) == text


def test_a_large_text_takes_little_room(store: Store) -> None:
    for number in range(200):
        store.put_text(f"{number}: " + "the same few words again and again; " * 57)
    store.close()

    assert store.path.stat().st_size < 200_000


def test_a_missing_content_is_an_error_and_never_empty(store: Store) -> None:
    for sha in ("0" * 64, hashlib.sha256(b"").hexdigest(), "no hash", ""):
        with pytest.raises(WorkspaceError, match="missing"):
            store.get(sha)
    assert not store.has("0" * 64)


@pytest.mark.parametrize("data", [b"short", b"long " * 200], ids=["plain", "packed"])
@pytest.mark.parametrize("damage", ["data = x'00'", "data = substr(data, 1, 3)", "size = 3", "packed = 1 - packed"])
def test_a_content_that_is_no_longer_what_was_kept_is_an_error(store: Store, data: bytes, damage: str) -> None:
    sha = store.put(data)
    direct(store, f"UPDATE blobs SET {damage}")

    if damage == "size = 3" and data == b"short":
        assert store.get(sha) == data  # the size of a plain content is not used
        return
    with pytest.raises(WorkspaceError, match="damaged"):
        store.get(sha)


def test_what_put_returned_survives_a_kill(root: Path) -> None:
    data = b"kept " * 1000

    def work() -> None:
        Store.open(root / ".vivek").put(data)
        die()

    assert killed_or_done(work)
    with Store.open(root / ".vivek") as store:
        assert store.get(hashlib.sha256(data).hexdigest()) == data


def test_a_damaged_store_is_kept_aside_and_said(root: Path) -> None:
    (root / ".vivek").mkdir()
    (root / ".vivek/workspace.db").write_bytes(b"junk " * 1000)

    with Store.open(root / ".vivek") as store:
        assert store.kept_aside == root / ".vivek/workspace.db.corrupt-1"
        assert store.get_text(store.put_text("works")) == "works"


def test_somebody_elses_store_is_refused(root: Path, store: Store) -> None:
    with pytest.raises(WorkspaceError, match="another user"):
        Store.open(root / ".vivek", uid=lambda: os.geteuid() + 1)


def test_a_chain_is_read_from_its_first_message_to_the_head(store: Store) -> None:
    system = row("rules", None, "system")
    question = row("why?", system)
    answer = row("because", question, "assistant", "executor")
    other = row("how?", system)
    for message, content in ((system, "rules"), (question, "why?"), (answer, "because"), (other, "how?")):
        store.commit_message(message, content)

    assert store.chain(answer.hash) == [system, question, answer]
    assert store.chain(other.hash) == [system, other]
    assert store.chain(answer.hash, limit=2) == [question, answer]
    assert store.chain(answer.hash, limit=0) == []
    assert store.chain(None) == []
    assert store.chain(answer.hash, limit=1) == [answer]
    assert store.get_text(answer.blob) == "because"


def test_a_long_chain_is_one_query(store: Store) -> None:
    with store.transaction():
        last = None
        for number in range(2_000):
            last = row(f"message {number}", last)
            store.commit_message(last, f"message {number}")
    asked: list[str] = []
    store._connection.set_trace_callback(asked.append)

    assert len(store.chain(last.hash)) == 2_000
    assert len(asked) == 1


def test_a_row_is_kept_once(store: Store) -> None:
    message = row("once", None)

    store.commit_message(message, "once")
    store.commit_message(message, "once")
    store.put_row(message)

    assert store.chain(message.hash) == [message]


def test_a_row_cannot_name_what_is_not_there(store: Store) -> None:
    first = row("first", None)
    second = row("second", first)

    with pytest.raises(WorkspaceError, match="missing"):
        store.put_row(first)
    with pytest.raises(WorkspaceError, match="missing"):
        store.commit_message(second, "second")
    with pytest.raises(WorkspaceError, match="its own content"):
        store.commit_message(first, "another content")
    with pytest.raises(WorkspaceError, match="missing"):
        store.chain(first.hash)
    assert not store.has(second.blob), "a message that fails leaves nothing"


def test_a_chain_with_a_hole_is_an_error(store: Store) -> None:
    first, second = row("first", None), row("second", row("first", None))
    store.commit_message(first, "first")
    store.commit_message(second, "second")
    direct(store, "DELETE FROM transcript WHERE parent IS NULL")

    for head in (second.hash, first.hash, "junk"):
        with pytest.raises(WorkspaceError, match="missing"):
            store.chain(head)


def test_a_message_without_its_content_is_an_error_and_not_left_out(store: Store) -> None:
    last = None
    for content in ("first", "second", "third"):
        last = row(content, last)
        store.commit_message(last, content)
    direct(store, "DELETE FROM blobs WHERE id = 2")

    with pytest.raises(WorkspaceError, match="missing"):
        store.chain(last.hash)


@pytest.mark.parametrize("table", ["blobs", "transcript"])
def test_a_hash_is_looked_up_in_an_index(store: Store, table: str) -> None:
    message = row("hello", None)
    store.commit_message(message, "hello")
    asked: list[str] = []
    store._connection.set_trace_callback(asked.append)
    if table == "blobs":
        store.get(message.blob)
    else:
        store.chain(message.hash)
    store._connection.set_trace_callback(None)

    plan = store._connection.execute(f"EXPLAIN QUERY PLAN {asked[-1]}").fetchall()
    assert any(f"{table}_by_" in step[3] for step in plan)
    assert not any(step[3].startswith(f"SCAN {table}") for step in plan)


def test_hashes_that_begin_alike_are_told_apart(store: Store) -> None:
    message = row("hello", None)
    store.commit_message(message, "hello")

    assert not store.has(message.blob[:8] + "0" * 56)
    with pytest.raises(WorkspaceError, match="missing"):
        store.chain(message.hash[:8] + "0" * 56)


def test_a_forged_circle_ends(store: Store) -> None:
    message = row("round", None)
    store.commit_message(message, "round")
    direct(store, "UPDATE transcript SET parent = id")

    with pytest.raises(WorkspaceError, match="missing"):
        store.chain(message.hash)


def test_a_forged_role_is_an_error(store: Store) -> None:
    message = row("hello", None)
    store.commit_message(message, "hello")
    direct(store, "UPDATE transcript SET role = 'root'")

    with pytest.raises(WorkspaceError, match="is damaged"):
        store.chain(message.hash)


def test_a_transaction_is_all_or_nothing_and_may_be_nested(store: Store) -> None:
    with pytest.raises(KeyError), store.transaction():
        lost = store.put(b"lost")
        with store.transaction():
            store.put(b"lost too")
        raise KeyError

    assert not store.has(lost)
    with store.transaction():
        kept = store.put(b"kept")
    assert store.has(kept)


def test_threads_take_turns_on_one_connection(store: Store) -> None:
    def work(number: int) -> None:
        for count in range(20):
            assert store.get(store.put(f"{number}-{count}".encode())) == f"{number}-{count}".encode()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert all(store.has(hashlib.sha256(f"{n}-{c}".encode()).hexdigest()) for n in range(4) for c in range(20))


def test_a_thread_does_not_write_in_the_transaction_of_another(store: Store) -> None:
    inside = threading.Event()

    def write() -> None:
        inside.wait()
        store.put(b"kept")

    writer = threading.Thread(target=write)
    writer.start()
    with pytest.raises(KeyError), store.transaction():
        inside.set()
        writer.join(0.1)  # it waits for this transaction, which fails
        raise KeyError
    writer.join()

    assert store.has(hashlib.sha256(b"kept").hexdigest())


def test_two_processes_that_keep_the_same_keep_it_once(root: Path, store: Store) -> None:
    with Store.open(root / ".vivek") as other:

        def first(statement: str) -> None:
            if statement.startswith("BEGIN"):
                store._connection.set_trace_callback(None)
                other.put(b"same")

        store._connection.set_trace_callback(first)
        store.put(b"same")

    assert store._connection.execute("SELECT count(*) FROM blobs").fetchone() == (1,)


def test_two_processes_share_a_store(root: Path, store: Store) -> None:
    with Store.open(root / ".vivek") as other:
        sha = other.put(b"from the other")
        assert store.get(sha) == b"from the other"
        assert store.put(b"from the other") == sha


def test_a_closed_store_says_so(store: Store) -> None:
    store.close()
    store.close()

    with pytest.raises(WorkspaceError, match="cannot be used"):
        store.put(b"late")
