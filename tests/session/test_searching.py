"""Search in what was said, and threads handed out."""

import hashlib
from pathlib import Path

import pytest

from tests.session.travel.talking import THREAD, request_of, talk
from vivek.errors import ThreadError
from vivek.prompts.transcript import row_hash
from vivek.schema.transcript import Row
from vivek.session.doors.exporting import export_thread
from vivek.session.doors.history import delete_thread, plan_pruning, prune_threads
from vivek.session.doors.searching import search_threads
from vivek.session.doors.travel import rewind_thread
from vivek.session.locks import thread_lock
from vivek.session.place import Place, open_place, prepare_data
from vivek.session.threads.heads import open_heads
from vivek.session.threads.index import ThreadIndex
from vivek.workspace.store import Store

TOKEN = "ghp_" + "a1B2c3D4e5F6" * 3


@pytest.fixture
def place(workspace: Path) -> Place:
    return open_place(workspace)


def say(place: Place, thread: str, *turns: tuple[str, str]) -> None:
    """Write a thread as finished turns leave it, without states: as one whose checkpoints are gone."""
    prepare_data(place)
    head = None
    with Store.open(place.data) as store, ThreadIndex.open() as index:
        for said in turns:
            for role, text in zip(("user", "assistant"), said, strict=True):
                name = row_hash(head, role, "log", text)  # type: ignore[arg-type]  # the two roles of a log
                blob = hashlib.sha256(text.encode()).hexdigest()
                store.commit_message(Row(name, head, role, "log", blob, 1), text)  # type: ignore[arg-type]  # as above
                head = name
        index.begin(thread, place.root, kind="chat", title=turns[0][0], model="ollama/m")
        index.end(thread, place.root, status="finished", turns=len(turns), log=head)


def places(found: object) -> list[tuple[str, int, str, str]]:
    return [(hit.thread, hit.turn, hit.role, hit.line) for hit in found.hits]  # type: ignore[attr-defined]  # a Found


def test_words_are_found_in_requests_and_answers(place: Place) -> None:
    say(place, "old-owl-1", ("Add a discount", "Done.\nThe Discount is in prices.py"), ("and taxes?", "No taxes."))
    say(place, "red-fox-2", ("Straße und Grüße", "日本語のテキスト"))

    assert places(search_threads(place, ["discount"])) == [
        ("old-owl-1", 1, "user", "Add a discount"),
        ("old-owl-1", 1, "assistant", "The Discount is in prices.py"),
    ]
    assert places(search_threads(place, ["prices.py", "DISCOUNT"]))[0][:3] == ("old-owl-1", 1, "assistant")
    assert places(search_threads(place, ["no taxes"])) == [("old-owl-1", 2, "assistant", "No taxes.")]
    assert places(search_threads(place, ["strasse"])) == [("red-fox-2", 1, "user", "Straße und Grüße")]
    assert places(search_threads(place, ["本語"])) == [("red-fox-2", 1, "assistant", "日本語のテキスト")]
    assert search_threads(place, ["discount", "nowhere"]).total == 0
    with pytest.raises(ThreadError, match="nothing to look for"):
        search_threads(place, [" "])


def test_a_search_tells_how_much_it_leaves_out_and_the_newest_thread_comes_first(place: Place) -> None:
    for number in range(5):
        say(place, f"old-owl-{number}", ("same words", f"answer {number}"))

    found = search_threads(place, ["same"], most=2)

    assert (found.total, found.searched) == (5, 5)
    assert [hit.thread for hit in found.hits] == ["old-owl-4", "old-owl-3"]


def test_all_projects_are_searched_and_those_that_are_gone_named(place: Place, tmp_path: Path) -> None:
    other = tmp_path / "other"
    (other / ".vivek").mkdir(parents=True)
    say(place, "old-owl-1", ("a discount", "yes"))
    say(open_place(other), "red-fox-2", ("another discount", "yes"))
    with ThreadIndex.open() as index:
        index.begin("dim-jay-3", tmp_path / "gone", kind="chat", title="x", model="m")
        index.end("dim-jay-3", tmp_path / "gone", status="finished", turns=1, log="0" * 64)

    found = search_threads(None, ["discount"])

    assert {(hit.thread, hit.directory) for hit in found.hits} == {
        ("old-owl-1", str(place.root)),
        ("red-fox-2", str(other)),
    }
    assert found.unread == (str(tmp_path / "gone"),)


async def test_what_is_deleted_or_set_aside_is_found_no_more(place: Place) -> None:
    await talk(place.root, {"a.txt": "one\n"}, {"b.txt": "two\n"})
    assert search_threads(place, ["b.txt"]).total == 2
    rewind_thread(place, THREAD, "1")
    assert search_threads(place, ["b.txt"]).total == 0
    assert search_threads(place, ["a.txt"]).total == 2
    delete_thread(place, THREAD)
    assert search_threads(place, ["a.txt"]).total == 0


async def test_an_export_has_messages_diffs_checks_models_and_figures(place: Place) -> None:
    await talk(place.root, {"a.txt": "one\n"}, {}, {"a.txt": f"key = {TOKEN}\n"})

    exported = export_thread(place, "calm")

    assert [turn.request for turn in exported.turns] == [
        request_of({"a.txt": ""}),
        request_of({}),
        request_of({"a.txt": ""}),
    ]
    first, second, third = exported.turns
    assert "+one" in first.diff
    assert [(change.path, change.applied) for change in first.changes] == [("a.txt", True)]
    assert (first.status, first.mode, first.models) == ("done", "peer", ("scripted/default",))
    assert {check.name for check in first.checks} >= {"parse"}
    assert first.usage is not None
    assert first.usage.calls == 1
    assert (second.diff, second.answer) == ("", "Nothing of that kind.")
    assert TOKEN not in repr(exported)
    assert "[redacted]" in third.diff


async def test_an_export_without_states_has_the_words(place: Place) -> None:
    await talk(place.root, {"a.txt": "one\n"})
    with open_heads(place.data) as heads:
        heads._db.execute("UPDATE checkpoints SET checkpoint = x'c1'")

    (turn,) = export_thread(place, THREAD).turns

    assert (turn.request, turn.status, turn.diff) == (request_of({"a.txt": ""}), "", "")


def test_pruning_takes_the_oldest_and_leaves_what_is_in_use(place: Place) -> None:
    for number in range(6):
        say(place, f"old-owl-{number}", (f"turn {number}", "x" * 9_000 + str(number)))

    with ThreadIndex.open() as index:
        now = index.list(place.root)[0].updated
    assert [one.id for one in plan_pruning(place, older_than=None, keep=2, now=now)] == [
        *("old-owl-0", "old-owl-1", "old-owl-2", "old-owl-3")
    ]
    assert plan_pruning(place, older_than=3_600, keep=None, now=now) == []
    assert len(plan_pruning(place, older_than=3_600, keep=None, now=now + 7_200)) == 6
    assert len(plan_pruning(place, older_than=3_600, keep=1, now=now + 7_200)) == 5

    with thread_lock(place.data, "old-owl-1"):
        gone, busy, _ = prune_threads(place, ["old-owl-0", "old-owl-1"])

    assert (gone, busy) == (["old-owl-0"], ["old-owl-1"])
    with ThreadIndex.open() as index:
        assert len(index.list(place.root)) == 5
