"""Opening databases: private, migrated, and what becomes of damaged ones."""

import errno
import os
import shutil
import sqlite3
from pathlib import Path

import pytest

from tests.workspace.forking import die, killed_or_done
from vivek.errors import WorkspaceError
from vivek.workspace.database import (
    CHECKED_SIZE,
    IGNORED,
    Opened,
    open_database,
    prepare_data_folder,
    set_aside,
)
from vivek.workspace.database_errors import translate_database_errors

ONE = """
-- A comment; with a semicolon.
CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL DEFAULT ';');
CREATE TRIGGER kept BEFORE DELETE ON notes BEGIN SELECT RAISE(ABORT, 'kept'); END;
"""
TWO = "ALTER TABLE notes ADD COLUMN age INTEGER; INSERT INTO notes (text, age) VALUES ('second', 2)"


def open_notes(path: Path, *migrations: str) -> Opened:
    return open_database(path, migrations=migrations or (ONE,))


def fill(path: Path, rows: int = 400) -> None:
    connection = open_notes(path).connection
    connection.execute("BEGIN")
    connection.executemany("INSERT INTO notes (text) VALUES (?)", [(f"note {number} " * 20,) for number in range(rows)])
    connection.commit()
    connection.close()


def pragma(connection: sqlite3.Connection, name: str) -> object:
    return connection.execute(f"PRAGMA {name}").fetchone()[0]


@pytest.mark.covers("D08")
def test_a_new_database_is_private_and_set_up(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        opened = open_notes(tmp_path / "state/deep/notes.db")
    finally:
        os.umask(before)
    connection = opened.connection
    connection.execute("INSERT INTO notes (text) VALUES ('x')")

    assert opened.kept_aside is None
    assert (tmp_path / "state/deep").stat().st_mode & 0o777 == 0o700
    for path in (tmp_path / "state/deep").iterdir():
        assert path.stat().st_mode & 0o777 == 0o600, path.name
    assert pragma(connection, "journal_mode") == "wal"
    assert pragma(connection, "synchronous") == 2
    assert pragma(connection, "trusted_schema") == 0
    assert pragma(connection, "foreign_keys") == 1
    assert pragma(connection, "busy_timeout") == 30_000
    assert pragma(connection, "auto_vacuum") == 2
    assert pragma(connection, "user_version") == 1
    connection.close()


def test_normal_synchronous_is_what_was_asked_for(tmp_path: Path) -> None:
    connection = open_database(tmp_path / "a.db", migrations=(), synchronous="NORMAL").connection

    assert pragma(connection, "synchronous") == 1
    connection.close()


@pytest.mark.covers("F-D07")
def test_an_older_schema_is_migrated_and_keeps_its_rows(tmp_path: Path) -> None:
    fill(tmp_path / "notes.db", rows=3)

    connection = open_notes(tmp_path / "notes.db", ONE, TWO).connection

    assert pragma(connection, "user_version") == 2
    assert connection.execute("SELECT count(*), max(age) FROM notes").fetchone() == (4, 2)
    connection.close()
    again = open_notes(tmp_path / "notes.db", ONE, TWO).connection
    assert again.execute("SELECT count(*) FROM notes").fetchone() == (4,)
    again.close()


def test_a_migration_that_fails_leaves_the_database_as_it_was(tmp_path: Path) -> None:
    fill(tmp_path / "notes.db", rows=3)

    with pytest.raises(WorkspaceError, match="cannot be used"):
        open_notes(tmp_path / "notes.db", ONE, TWO + "; INSERT INTO nowhere VALUES (1)")

    connection = open_notes(tmp_path / "notes.db").connection
    assert pragma(connection, "user_version") == 1
    assert [row[1] for row in connection.execute("PRAGMA table_info(notes)")] == ["id", "text"]
    connection.close()


@pytest.mark.covers("F-H07")
@pytest.mark.kill
def test_a_process_killed_in_a_migration_leaves_the_database_as_it_was(tmp_path: Path) -> None:
    fill(tmp_path / "notes.db", rows=3)

    def work() -> None:
        sqlite3.connect(":memory:").close()
        connect = sqlite3.connect

        def traced(*args: object, **options: object) -> sqlite3.Connection:
            connection = connect(*args, **options)
            connection.set_trace_callback(lambda statement: die() if "INSERT INTO notes" in statement else None)
            return connection

        sqlite3.connect = traced
        open_notes(tmp_path / "notes.db", ONE, TWO)

    assert killed_or_done(work)
    connection = open_notes(tmp_path / "notes.db", ONE, TWO).connection
    assert connection.execute("SELECT count(*), max(age) FROM notes").fetchone() == (4, 2)
    connection.close()


@pytest.mark.covers("F-D06")
def test_a_newer_schema_is_refused_and_not_touched(tmp_path: Path) -> None:
    open_notes(tmp_path / "notes.db", ONE, TWO).connection.close()
    before = (tmp_path / "notes.db").read_bytes()

    with pytest.raises(WorkspaceError, match="newer vivek") as refused:
        open_notes(tmp_path / "notes.db")

    assert "Upgrade" in refused.value.hint
    assert (tmp_path / "notes.db").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["notes.db"]


def damage_header(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(b"NOT a database at all" + data[21:])


def damage_page(path: Path) -> None:
    data = bytearray(path.read_bytes())
    start = len(data) // 2 // 4096 * 4096
    data[start : start + 4096] = os.urandom(4096)
    path.write_bytes(data)


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: 4096 * 3 + 100])


def make_text(path: Path) -> None:
    path.write_text("This file holds some notes. " * 99)


@pytest.mark.covers("F-D04")
@pytest.mark.parametrize("damage", [damage_header, damage_page, cut_short, make_text])
def test_a_damaged_database_is_kept_aside_and_a_new_one_made(tmp_path: Path, damage) -> None:
    path = tmp_path / "notes.db"
    fill(path)
    damage(path)
    damaged = path.read_bytes()

    opened = open_notes(path)

    assert opened.kept_aside == tmp_path / "notes.db.corrupt-1"
    assert opened.kept_aside.read_bytes()[200:] == damaged[200:]
    assert opened.connection.execute("SELECT count(*) FROM notes").fetchone() == (0,)
    opened.connection.close()
    again = open_notes(path)
    assert again.kept_aside is None
    again.connection.close()


def test_a_large_database_is_opened_without_reading_all_of_it(tmp_path: Path) -> None:
    path = tmp_path / "notes.db"
    connection = open_notes(path).connection
    connection.execute("INSERT INTO notes (text) VALUES (?)", ("x" * (CHECKED_SIZE + 1),))
    connection.close()

    opened = open_notes(path)
    assert opened.kept_aside is None
    opened.connection.close()
    damage_header(path)
    again = open_notes(path)
    assert again.kept_aside is not None
    again.connection.close()


@pytest.mark.covers("F-D05")
def test_side_files_go_with_a_damaged_database_and_numbers_are_free_ones(tmp_path: Path) -> None:
    path = tmp_path / "notes.db"
    fill(path)
    live = open_notes(path).connection
    live.execute("INSERT INTO notes (text) VALUES ('in the log only')")
    shutil.copytree(tmp_path, tmp_path / "copy")
    live.close()
    (tmp_path / "copy/notes.db.corrupt-1").touch()

    kept = set_aside(tmp_path / "copy/notes.db")

    assert kept.name == "notes.db.corrupt-2"
    names = {entry.name for entry in (tmp_path / "copy").iterdir()}
    assert {"notes.db.corrupt-2", "notes.db.corrupt-2-wal", "notes.db.corrupt-2-shm"} < names
    assert not names & {"notes.db", "notes.db-wal", "notes.db-shm"}
    rescued = sqlite3.connect(kept)
    assert rescued.execute("SELECT text FROM notes ORDER BY id DESC").fetchone() == ("in the log only",)
    rescued.close()


def test_a_damaged_database_that_cannot_be_moved_is_a_clear_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(tmp_path / "notes.db", rows=1)
    damage_header(tmp_path / "notes.db")

    def rename(source: Path, target: str) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(Path, "rename", rename)

    with pytest.raises(WorkspaceError, match="cannot be moved aside") as refused:
        open_notes(tmp_path / "notes.db")
    assert refused.value.hint


def test_a_side_file_that_vanishes_meanwhile_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(tmp_path / "notes.db", rows=1)
    (tmp_path / "notes.db-wal").touch()
    lstat = Path.lstat

    def vanishing(path: Path) -> os.stat_result:
        (tmp_path / "notes.db-wal").unlink(missing_ok=True)
        return lstat(path)

    monkeypatch.setattr(Path, "lstat", vanishing)

    open_notes(tmp_path / "notes.db").connection.close()


def test_an_empty_file_is_a_new_database(tmp_path: Path) -> None:
    (tmp_path / "notes.db").touch(0o644)

    opened = open_notes(tmp_path / "notes.db")

    assert opened.kept_aside is None
    assert (tmp_path / "notes.db").stat().st_mode & 0o777 == 0o600
    opened.connection.close()


def test_what_a_killed_process_had_committed_is_there(tmp_path: Path) -> None:
    def work() -> None:
        connection = open_notes(tmp_path / "notes.db").connection
        connection.execute("INSERT INTO notes (text) VALUES ('committed')")
        connection.execute("BEGIN")
        connection.execute("INSERT INTO notes (text) VALUES ('not committed')")
        die()

    assert killed_or_done(work)
    opened = open_notes(tmp_path / "notes.db")
    assert opened.kept_aside is None
    assert opened.connection.execute("SELECT text FROM notes").fetchall() == [("committed",)]
    opened.connection.close()


@pytest.mark.covers("D06")
def test_somebody_elses_database_is_refused(tmp_path: Path) -> None:
    fill(tmp_path / "notes.db", rows=1)

    with pytest.raises(WorkspaceError, match="belongs to another user") as refused:
        open_database(tmp_path / "notes.db", migrations=(ONE,), uid=lambda: os.geteuid() + 1)
    assert refused.value.hint


@pytest.mark.parametrize("name", ["notes.db", "notes.db-wal", "notes.db-shm", "notes.db-journal"])
def test_a_link_in_a_databases_place_is_refused_and_not_followed(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / name).symlink_to(tmp_path / "elsewhere")

    with pytest.raises(WorkspaceError, match="not a plain file"):
        open_notes(tmp_path / "folder/notes.db")

    assert not (tmp_path / "elsewhere").exists()


def test_a_folder_or_a_pipe_in_a_databases_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "folder.db").mkdir()
    os.mkfifo(tmp_path / "pipe.db")

    for name in ("folder.db", "pipe.db"):
        with pytest.raises(WorkspaceError, match="not a plain file"):
            open_notes(tmp_path / name)


@pytest.mark.covers("F-B07")
def test_a_folder_that_cannot_be_made_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(WorkspaceError, match="cannot be made") as refused:
        open_notes(tmp_path / "file/notes.db")
    assert refused.value.hint


def test_a_file_that_cannot_be_made_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="cannot be made: File name too long"):
        open_notes(tmp_path / ("n" * 300))


@pytest.mark.covers("F-B02")
@pytest.mark.parametrize(
    ("code", "said"),
    [
        (sqlite3.SQLITE_BUSY, "locked"),
        (sqlite3.SQLITE_FULL, "no space"),
        (sqlite3.SQLITE_READONLY, "cannot be opened for writing"),
        (sqlite3.SQLITE_CORRUPT, "is damaged"),
        (sqlite3.SQLITE_IOERR, "cannot be used"),
    ],
)
def test_every_failure_of_sqlite_becomes_one_with_a_hint(tmp_path: Path, code: int, said: str) -> None:
    error = sqlite3.OperationalError("raw")
    error.sqlite_errorcode = code | 5 << 8

    with pytest.raises(WorkspaceError, match=said) as translated, translate_database_errors(tmp_path / "a.db"):
        raise error
    assert translated.value.hint
    assert translated.value.__cause__ is error


@pytest.mark.covers("F-D01")
def test_a_database_that_another_process_keeps_locked_is_not_kept_aside(tmp_path: Path) -> None:
    fill(tmp_path / "notes.db", rows=1)
    other = open_notes(tmp_path / "notes.db").connection
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(WorkspaceError, match=r"keeps .* locked"):
        open_database(tmp_path / "notes.db", migrations=(ONE, TWO), wait=0.05)

    other.rollback()
    other.close()
    assert not list(tmp_path.glob("*.corrupt*"))


@pytest.mark.kill
@pytest.mark.parametrize("damaged", [False, True], ids=["new", "damaged"])
def test_processes_that_open_the_same_database_at_once_agree_on_one(tmp_path: Path, damaged: bool) -> None:
    path = tmp_path / "notes.db"
    if damaged:
        fill(path)
        damage_header(path)
    read, write = os.pipe()
    children = []
    for _ in range(6):
        child = os.fork()
        if child == 0:
            code = 1
            try:
                os.close(write)
                os.read(read, 1)  # all start when the pipe closes
                connection = open_notes(path, ONE, TWO).connection
                connection.execute("INSERT INTO notes (text) VALUES ('one each')")
                connection.close()
                code = 0
            finally:
                os._exit(code)
        children.append(child)
    os.close(write)
    os.close(read)
    assert [os.waitpid(child, 0)[1] for child in children] == [0] * 6

    connection = open_notes(path, ONE, TWO).connection
    assert connection.execute("SELECT count(*) FROM notes WHERE text = 'one each'").fetchone() == (6,)
    connection.close()
    assert len(list(tmp_path.glob("*.corrupt-*"))) <= 2 * damaged
    assert not list(tmp_path.glob("*.corrupt-2*"))


def test_the_data_folder_is_private_and_tells_git_what_to_leave_out(tmp_path: Path) -> None:
    data = tmp_path / "project/.vivek"

    prepare_data_folder(data)

    assert data.stat().st_mode & 0o777 == 0o700
    assert (data / ".gitignore").read_text() == IGNORED == "*.db*\nlocks/\ncache/\n.gitignore\n"


def test_a_data_folder_that_is_there_keeps_what_is_in_it(tmp_path: Path) -> None:
    data = tmp_path / ".vivek"
    (data / "modes").mkdir(parents=True)
    data.chmod(0o755)
    (data / ".gitignore").write_text("mine\n")

    prepare_data_folder(data)
    prepare_data_folder(data)

    assert data.stat().st_mode & 0o777 == 0o700
    assert (data / ".gitignore").read_text() == "mine\n"
    assert (data / "modes").is_dir()


def test_a_data_folder_cut_off_while_it_was_made_is_completed(tmp_path: Path) -> None:
    data = tmp_path / ".vivek"
    data.mkdir()
    (data / ".gitignore").touch()

    prepare_data_folder(data)

    assert (data / ".gitignore").read_text() == IGNORED


def test_a_data_folder_that_is_no_folder_of_ours_is_refused(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real", target_is_directory=True)
    (tmp_path / "dangling").symlink_to("absent")
    (tmp_path / "file").touch()

    for name in ("link", "dangling"):
        with pytest.raises(WorkspaceError, match="not a folder of its own"):
            prepare_data_folder(tmp_path / name)
    with pytest.raises(WorkspaceError, match="cannot be made"):
        prepare_data_folder(tmp_path / "file")
    with pytest.raises(WorkspaceError, match="another user"):
        prepare_data_folder(tmp_path / "real", uid=lambda: os.geteuid() + 1)
    assert list((tmp_path / "real").iterdir()) == []


def test_a_link_in_place_of_the_ignore_file_is_not_followed(tmp_path: Path) -> None:
    data = tmp_path / ".vivek"
    data.mkdir()
    (data / ".gitignore").symlink_to(tmp_path / "elsewhere")

    prepare_data_folder(data)

    assert not (tmp_path / "elsewhere").exists()


def test_errors_of_the_system_at_the_data_folder_have_a_hint(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match=os.strerror(errno.ENAMETOOLONG)) as refused:
        prepare_data_folder(tmp_path / ("n" * 300))
    assert refused.value.hint
