"""Messages that show pictures: kept, migrated to, sent again byte for byte."""

import sqlite3
from pathlib import Path

import pytest

from tests.pictures import png
from vivek.errors import ThreadError, WorkspaceError
from vivek.prompts.transcript import Entry, Transcript
from vivek.schema.messages import Image, Message
from vivek.schema.pictures import Picture
from vivek.workspace.database import open_database
from vivek.workspace.store import Store
from vivek.workspace.tables import MIGRATIONS

SHOT = png(4, 3)


def shown(store: Store) -> Picture:
    return Picture("shot.png", "image/png", store.put(SHOT), 4, 3)


def test_a_picture_is_sent_again_as_it_was_in_every_later_call(store: Store) -> None:
    transcript = Transcript(store)
    head = transcript.begin_generation("rules")
    picture = shown(store)
    asked = transcript.request(head, "what is it?", (picture,))

    later = transcript.append(
        head, [Entry("user", "executor", "what is it?", 9, (picture,)), ("assistant", "", "grey", 1)]
    )

    assert asked == (Message("system", "rules"), Message("user", "what is it?", (Image("image/png", SHOT),)))
    assert transcript.request(later, "and now?")[: len(asked)] == asked
    assert store.chain(later)[1].pictures == (picture,)


def test_the_hash_of_a_row_holds_its_pictures_and_rows_without_one_are_hashed_as_ever(store: Store) -> None:
    transcript = Transcript(store)
    head = transcript.begin_generation("rules")

    bare = transcript.append(head, [Entry("user", "executor", "look", 1)])
    with_one = transcript.append(head, [Entry("user", "executor", "look", 1, (shown(store),))])

    assert bare != with_one
    assert bare == transcript.append(head, [("user", "executor", "look", 1)])


def test_a_picture_that_was_exchanged_is_damage(store: Store) -> None:
    transcript = Transcript(store)
    head = transcript.append(transcript.begin_generation("rules"), [Entry("user", "", "look", 1, (shown(store),))])
    other = store.put(png(5, 5))
    direct(
        store.path,
        "UPDATE transcript SET pictures = replace(pictures, ?, ?) WHERE pictures NOT NULL",
        shown(store).sha,
        other,
    )

    with pytest.raises(ThreadError, match="damaged"):
        transcript.messages(head)


@pytest.mark.parametrize("junk", ["{", "[1]", '[["a", "image/svg", "x", 1, 1]]', '[["a", "image/png", "x", "w", 1]]'])
def test_pictures_that_cannot_be_read_are_damage(store: Store, junk: str) -> None:
    transcript = Transcript(store)
    head = transcript.append(transcript.begin_generation("rules"), [Entry("user", "", "look", 1, (shown(store),))])
    direct(store.path, "UPDATE transcript SET pictures = ? WHERE pictures NOT NULL", junk)

    with pytest.raises(WorkspaceError, match="pictures cannot be read"):
        store.chain(head)


def test_a_store_of_the_version_before_is_read_and_goes_on(tmp_path: Path) -> None:
    old = open_database(tmp_path / "workspace.db", migrations=MIGRATIONS[:1], synchronous="FULL").connection
    sha, row = bytes.fromhex(RULES), bytes.fromhex(ROW)
    old.execute("INSERT INTO blobs (sha, size, packed, data) VALUES (?, 5, 0, CAST('rules' AS BLOB))", (sha,))
    old.execute("INSERT INTO transcript (hash, role, node, blob, tokens) VALUES (?, 'system', '', 1, 3)", (row,))
    old.commit()
    old.close()

    with Store.open(tmp_path) as store:
        transcript = Transcript(store)
        assert transcript.messages(ROW) == (Message("system", "rules"),)
        head = transcript.append(ROW, [Entry("user", "", "look", 1, (shown(store),))])
        assert transcript.messages(head)[1].images == (Image("image/png", SHOT),)


def direct(path: Path, statement: str, *values: object) -> None:
    connection = sqlite3.connect(path)
    connection.execute(statement, values)
    connection.commit()
    connection.close()


# SHA-256 of `rules`, and of the row that says it first of all, as version 1 wrote them.
RULES = "6c621d1a05138a7888d37d9269a9da8e2e11e4aced2f6cfd24b05ab1b9e61bb0"
ROW = "db71a5b8250211358d62d2b891ee87eb15278b79dae23e5e0bae899da3e2527e"
