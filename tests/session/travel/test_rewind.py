"""Returns to earlier turns: the conversation, the files, what the user changed, and the way back."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.session.travel.talking import THREAD, request_of, talk, tree_of
from vivek.errors import ThreadError, WorkspaceError
from vivek.providers.adapters.scripted import ScriptedProvider
from vivek.session.doors.collecting import collect
from vivek.session.doors.history import delete_thread, show_thread
from vivek.session.doors.travel import preview_rewind, preview_undo_rewind, rewind_thread, undo_rewind
from vivek.session.doors.undo import redo, undo
from vivek.session.locks import thread_lock
from vivek.session.opening import open_session
from vivek.session.options import Choices
from vivek.session.place import Place, open_place
from vivek.session.threads.heads import open_heads
from vivek.session.threads.index import ThreadIndex

ONE, TWO, THREE = {"a.txt": "one\n"}, {"a.txt": "two\n", "sub/b.txt": "b\n"}, {"a.txt": None, "README.md": "# New\n"}


@pytest.fixture
def place(workspace: Path) -> Place:
    return open_place(workspace)


async def record(root: Path, *turns: Mapping[str, str | None]) -> list[dict[str, tuple[str, int]]]:
    """Take turns one by one and return the tree before the first and after each."""
    trees = [tree_of(root)]
    for wanted in turns:
        await talk(root, wanted)
        trees.append(tree_of(root))
    return trees


async def test_every_turn_can_be_returned_to_with_its_files(place: Place) -> None:
    trees = await record(place.root, ONE, TWO, {}, THREE)

    for turn in (3, 2, 1, 0):
        done = rewind_thread(place, THREAD, str(turn))
        assert tree_of(place.root) == trees[turn]
        assert done.plan.turn == turn
        assert [line.number for line in done.plan.dropped] == [turn + 1]
        with ThreadIndex.open() as index:
            found = index.find(THREAD, place.root)
        assert (found.turns, found.status) == (turn, "finished" if turn else "new")
    for turn in (1, 2, 3, 4):
        undo_rewind(place, THREAD)
        assert tree_of(place.root) == trees[turn]
    assert len(show_thread(place, THREAD)) == 8
    with pytest.raises(ThreadError, match="no return"):
        undo_rewind(place, THREAD)


async def test_the_conversation_goes_on_from_the_turn_that_was_returned_to(place: Place) -> None:
    _, before = await talk(place.root, ONE, TWO, THREE)
    rewind_thread(place, THREAD, "1")

    reports, provider = await talk(place.root, TWO)

    assert [report.status for report in reports] == ["done"]
    sent = provider.requests[0].messages
    assert sent[:3] == before.requests[1].messages[:3]
    assert not any("# New" in message.content for message in sent)
    assert (place.root / "a.txt").read_text() == "two\n"
    assert [text for role, text in show_thread(place, THREAD) if role == "user"] == [request_of(ONE), request_of(TWO)]


async def test_the_same_change_can_be_made_again_after_a_return(place: Place) -> None:
    """The same turn comes to the same change set under the same id, which the return took back."""
    await talk(place.root, ONE, TWO)
    after = tree_of(place.root)
    rewind_thread(place, THREAD, "1")

    reports, _ = await talk(place.root, TWO)

    assert reports[0].error is None
    assert tree_of(place.root) == after


async def test_a_return_and_new_turns_are_both_undone_and_brought_back(place: Place) -> None:
    trees = await record(place.root, ONE, TWO)
    rewind_thread(place, THREAD, "1")
    other = (await record(place.root, {"c.txt": "c\n"}, {"a.txt": "else\n"}))[-1]

    undone = undo_rewind(place, THREAD)
    assert tree_of(place.root) == trees[2]
    assert [line.number for line in undone.plan.dropped] == [2, 3]
    assert [line.number for line in undone.plan.restored] == [2]

    undo_rewind(place, THREAD)
    assert tree_of(place.root) == other
    assert len(show_thread(place, THREAD)) == 6
    reports, _ = await talk(place.root, THREE)
    assert reports[0].status == "done"


async def test_a_preview_changes_nothing_and_tells_what_would_happen(place: Place) -> None:
    trees = await record(place.root, ONE, TWO)

    plan = preview_rewind(place, THREAD, "1")

    assert [(file.path, file.kind, file.applied) for file in plan.files] == [
        ("a.txt", "modify", False),
        ("sub/b.txt", "delete", False),
    ]
    assert [(line.number, line.request) for line in plan.dropped] == [(2, request_of(TWO))]
    assert tree_of(place.root) == trees[2]
    with ThreadIndex.open() as index:
        assert index.find(THREAD, place.root).turns == 2
    rewind_thread(place, THREAD, "1")
    assert {file.kind for file in preview_undo_rewind(place, THREAD).files} == {"create", "modify"}
    assert tree_of(place.root) == trees[1]


async def test_a_file_that_the_user_changed_is_named_and_left_alone(place: Place) -> None:
    await talk(place.root, ONE, TWO)
    (place.root / "a.txt").write_text("mine\n")

    done = rewind_thread(place, THREAD, "1")

    assert [(file.path, file.reason) for file in done.plan.kept] == [("a.txt", "it was changed since")]
    assert (place.root / "a.txt").read_text() == "mine\n"
    assert not (place.root / "sub").exists()
    undo_rewind(place, THREAD)
    assert (place.root / "a.txt").read_text() == "mine\n"
    assert (place.root / "sub" / "b.txt").read_text() == "b\n"


async def test_force_takes_back_what_the_user_changed_and_the_way_back_has_it(place: Place) -> None:
    await talk(place.root, ONE, TWO)
    (place.root / "a.txt").write_text("mine\n")
    (place.root / "sub" / "b.txt").unlink()

    assert rewind_thread(place, THREAD, "1", force=True).plan.kept == ()
    assert (place.root / "a.txt").read_text() == "one\n"

    undo_rewind(place, THREAD)
    assert (place.root / "a.txt").read_text() == "mine\n"
    assert not (place.root / "sub" / "b.txt").exists()


async def test_a_change_of_the_user_between_two_turns_is_where_a_file_stops(place: Place) -> None:
    await talk(place.root, ONE)
    (place.root / "a.txt").write_text("mine\n")
    await talk(place.root, TWO)
    (place.root / "sub" / "b.txt").chmod(0o755)

    done = rewind_thread(place, THREAD, "0")

    assert [file.path for file in done.plan.kept] == ["a.txt"]
    assert "in between" in done.plan.kept[0].reason
    assert (place.root / "a.txt").read_text() == "mine\n"
    undo_rewind(place, THREAD)
    rewind_thread(place, THREAD, "0", force=True)
    assert not (place.root / "a.txt").exists()
    undo_rewind(place, THREAD)
    assert (place.root / "a.txt").read_text() == "two\n"


@pytest.mark.parametrize("force", [False, True])
async def test_a_folder_in_the_place_of_a_file_is_never_touched(place: Place, force: bool) -> None:
    await talk(place.root, ONE, TWO)
    (place.root / "a.txt").unlink()
    (place.root / "a.txt").mkdir()
    (place.root / "a.txt" / "kept").write_text("mine\n")

    done = rewind_thread(place, THREAD, "1", force=force)

    assert [(file.path, file.reason) for file in done.plan.kept] == [
        ("a.txt", "it is no plain file of the project now")
    ]
    assert (place.root / "a.txt" / "kept").read_text() == "mine\n"


async def test_the_conversation_alone_goes_back(place: Place) -> None:
    trees = await record(place.root, ONE, TWO)

    rewind_thread(place, THREAD, "1", files=False)

    assert tree_of(place.root) == trees[2]
    with ThreadIndex.open() as index:
        assert index.find(THREAD, place.root).turns == 1
    await talk(place.root, {"d.txt": "d\n"})
    undo_rewind(place, THREAD)
    with ThreadIndex.open() as index:
        assert index.find(THREAD, place.root).turns == 2
    rewind_thread(place, THREAD, "0")
    assert tree_of(place.root) == {**trees[0], "d.txt": tree_of(place.root)["d.txt"]}


async def test_the_files_alone_go_back(place: Place) -> None:
    trees = await record(place.root, ONE, TWO)

    done = rewind_thread(place, THREAD, "1", conversation=False)

    assert tree_of(place.root) == trees[1]
    assert (done.plan.dropped, done.plan.turn, done.aside) == ((), 2, "")
    assert len(show_thread(place, THREAD)) == 4
    reports, _ = await talk(place.root, {"a.txt": "three\n"})
    assert reports[0].status == "done"
    undo(place, THREAD)
    undo_rewind(place, THREAD)
    assert tree_of(place.root) == trees[2]


async def test_an_undo_between_turns_belongs_to_what_is_taken_back(place: Place) -> None:
    trees = await record(place.root, ONE, TWO)
    undo(place, THREAD)
    undone = tree_of(place.root)
    await talk(place.root, {})
    await talk(place.root, {"z.txt": "z\n"})

    rewind_thread(place, THREAD, "3")
    assert tree_of(place.root) == undone
    rewind_thread(place, THREAD, "2")
    assert tree_of(place.root) == trees[2]
    with pytest.raises(ThreadError, match="nothing to bring again"):
        redo(place, THREAD)


async def test_a_return_leaves_undo_to_the_turns_that_are_left(place: Place) -> None:
    trees = await record(place.root, ONE, TWO, THREE)
    rewind_thread(place, THREAD, "2")

    assert undo(place, None).turn == 2
    assert tree_of(place.root) == trees[1]


async def test_a_change_that_waits_is_set_aside_and_comes_back(place: Place) -> None:
    await talk(place.root, ONE)
    await talk(place.root, TWO, approve="ask")

    done = rewind_thread(place, THREAD, "1")
    assert "waits for approval" in done.plan.notes[0]
    assert [(line.number, line.request) for line in done.plan.dropped] == [(2, request_of(TWO))]
    undo_rewind(place, THREAD)
    with ThreadIndex.open() as index:
        assert index.find(THREAD, place.root).status == "needs_approval"


async def test_a_turn_that_was_declined_or_broken_off_can_be_returned_to(place: Place) -> None:
    await talk(place.root, ONE)
    await talk(place.root, TWO, approve="ask")
    await talk(place.root, THREE)

    done = rewind_thread(place, THREAD, "2")

    assert [line.number for line in done.plan.dropped] == [3]
    assert (place.root / "a.txt").read_text() == "one\n"


async def test_a_checkpoint_within_a_turn_can_be_returned_to(place: Place) -> None:
    trees = await record(place.root, ONE, TWO)
    with open_heads(place.data) as heads:
        ids, ends = heads.ids(THREAD), heads.ends(THREAD)
    inside = [id_ for id_ in ids if ends[1] < id_ < ends[2]]

    rewind_thread(place, THREAD, inside[0])
    assert tree_of(place.root) == trees[1]
    with ThreadIndex.open() as index:
        assert index.find(THREAD, place.root).status == "unfinished"
    undo_rewind(place, THREAD)
    rewind_thread(place, THREAD, inside[-1])
    assert tree_of(place.root) == trees[2]
    with pytest.raises(ThreadError, match="checkpoints"):
        rewind_thread(place, THREAD, "1f")


async def test_a_turn_that_is_not_there_is_named(place: Place) -> None:
    await talk(place.root, ONE)

    with pytest.raises(ThreadError, match="no turn 9") as error:
        rewind_thread(place, THREAD, "9")
    assert "turns 1 to 1" in error.value.hint
    with pytest.raises(ThreadError, match="no turn or checkpoint 'x'"):
        rewind_thread(place, THREAD, "x")
    with pytest.raises(ThreadError, match="no turn or checkpoint ''"):
        rewind_thread(place, THREAD, "")


async def test_a_return_to_where_a_thread_stands_does_nothing(place: Place) -> None:
    await talk(place.root, ONE)

    done = rewind_thread(place, THREAD, "1")

    assert done.plan.is_empty
    with pytest.raises(ThreadError, match="no return"):
        undo_rewind(place, THREAD)


async def test_a_thread_in_use_is_not_moved(place: Place) -> None:
    await talk(place.root, ONE, TWO)

    with thread_lock(place.data, THREAD), pytest.raises(ThreadError, match="in use"):
        rewind_thread(place, THREAD, "1")
    assert (place.root / "a.txt").read_text() == "two\n"


async def test_a_file_that_cannot_be_written_leaves_everything_as_it_was(place: Place) -> None:
    trees = await record(place.root, ONE, TWO)
    (place.root / "a.txt").chmod(0o400)

    with pytest.raises(WorkspaceError, match="read-only"):
        rewind_thread(place, THREAD, "1")

    (place.root / "a.txt").chmod(0o644)
    assert tree_of(place.root) == trees[2]
    with ThreadIndex.open() as index:
        assert index.find(THREAD, place.root).turns == 2
        assert index.branches.begun(THREAD, place.root) == []
    rewind_thread(place, THREAD, "1")
    assert tree_of(place.root) == trees[1]


async def test_what_was_set_aside_is_found_by_its_whole_name_only_and_goes_with_its_thread(place: Place) -> None:
    await talk(place.root, ONE, TWO)
    aside = rewind_thread(place, THREAD, "1").aside

    with ThreadIndex.open() as index:
        assert [row.id for row in index.list(place.root)] == [THREAD]
        with pytest.raises(ThreadError, match="set aside") as error:
            index.find(aside, place.root)
        assert "--undo" in error.value.hint
        assert index.find("calm", place.root).id == THREAD
    with pytest.raises(ThreadError, match="set aside"):
        await talk(place.root, ONE, thread=aside)
    delete_thread(place, THREAD)
    with ThreadIndex.open() as index:
        assert index.ids(place.root) == set()
        assert index.branches.names(place.root) == set()


async def test_what_was_set_aside_outlives_a_collection(place: Place) -> None:
    trees = await record(place.root, ONE, TWO, THREE)
    rewind_thread(place, THREAD, "1")
    await talk(place.root, {"c.txt": "c\n"})

    collect(place)
    undo_rewind(place, THREAD)

    assert tree_of(place.root) == trees[3]
    assert len(show_thread(place, THREAD)) == 6
    reports, _ = await talk(place.root, ONE)
    assert reports[0].status == "done"


async def test_a_turn_before_a_summary_can_be_returned_to(place: Place) -> None:
    _, before = await talk(place.root, ONE, TWO)
    provider = ScriptedProvider(["Noted."])
    choices = Choices(interactive=True, approve="all", depth="fast", thread=THREAD)
    async with open_session(place, choices, provider=provider) as session:
        await session.compact("what was asked")
    _, summed = await talk(place.root, THREE)
    assert summed.requests[0].messages[1] != before.requests[1].messages[1]

    rewind_thread(place, THREAD, "2")
    _, after = await talk(place.root, THREE)

    sent = before.requests[1].messages
    assert after.requests[0].messages[: len(sent) - 1] == sent[:-1]


async def test_long_threads_keep_a_return_to_every_turn(place: Place) -> None:
    """Only the newest checkpoints and those at the ends of turns are kept; twenty is fewer than these turns take."""
    await talk(place.root, *({"a.txt": f"{number}\n"} for number in range(7)))

    rewind_thread(place, THREAD, "1")
    assert (place.root / "a.txt").read_text() == "0\n"
    await talk(place.root, *({"a.txt": f"new {number}\n"} for number in range(7)))
    rewind_thread(place, THREAD, "2")
    assert (place.root / "a.txt").read_text() == "new 0\n"


async def test_files_that_stay_can_still_be_undone_under_the_name_of_what_was_set_aside(place: Place) -> None:
    trees = await record(place.root, ONE, TWO)
    aside = rewind_thread(place, THREAD, "1", files=False).aside

    done = undo(place, None)

    assert (done.thread, done.turn) == (aside, 2)
    assert tree_of(place.root) == trees[1]


async def test_an_undo_of_an_old_turn_belongs_to_the_turn_it_was_made_after(place: Place) -> None:
    trees = await record(place.root, ONE, {"README.md": "# New\n"})
    undo(place, THREAD, turn=1)
    await talk(place.root, {"z.txt": "z\n"})

    rewind_thread(place, THREAD, "2")

    assert tree_of(place.root) == trees[2]


async def test_the_checkpoint_that_was_returned_to_stays_with_its_thread(place: Place) -> None:
    await talk(place.root, ONE, TWO)
    with open_heads(place.data) as heads:
        end = heads.ends(THREAD)[1]

    aside = rewind_thread(place, THREAD, "1").aside

    with open_heads(place.data) as heads:
        assert heads.ids(THREAD)[-1] == end
        assert end not in heads.ids(aside)
        assert heads.ids(aside)[0] > end
