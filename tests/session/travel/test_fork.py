"""Forks: the conversation alone, or with files in a working tree of git."""

import subprocess
from pathlib import Path

import pytest

from tests.session.travel.talking import THREAD, request_of, talk, tree_of
from vivek.cli.render.travel import tree_lines
from vivek.errors import ThreadError, WorkspaceError
from vivek.schema.travel import TreeParent
from vivek.session.checkpoints import open_checkpoints
from vivek.session.doors.history import delete_thread, show_thread
from vivek.session.doors.travel import fork_thread, rewind_thread, thread_tree
from vivek.session.place import Place, open_place
from vivek.session.threads.heads import TABLES, open_heads
from vivek.session.threads.index import ThreadIndex

ONE, TWO, THREE = {"a.txt": "one\n"}, {"a.txt": "two\n", "sub/b.txt": "b\n"}, {"README.md": "# New\n"}


@pytest.fixture
def place(workspace: Path) -> Place:
    return open_place(workspace)


def requests(place: Place, thread: str) -> list[str]:
    return [text for role, text in show_thread(place, thread) if role == "user"]


def git(root: Path, *asked: str) -> str:
    return subprocess.run(["git", *asked], cwd=root, check=True, capture_output=True, text=True).stdout


async def test_a_fork_goes_on_from_its_turn_and_leaves_the_other_alone(place: Place) -> None:
    _, before = await talk(place.root, ONE, TWO, THREE)

    done = fork_thread(place, "calm", at="2")
    reports, provider = await talk(place.root, {"d.txt": "d\n"}, thread=done.thread)

    assert (done.parent, done.turn, done.directory) == (THREAD, 2, str(place.root))
    assert reports[0].status == "done"
    sent = before.requests[1].messages
    assert provider.requests[0].messages[: len(sent) - 1] == sent[:-1]
    assert requests(place, done.thread) == [request_of(ONE), request_of(TWO), request_of({"d.txt": ""})]
    assert requests(place, THREAD) == [request_of(ONE), request_of(TWO), request_of(THREE)]


async def test_a_fork_copies_one_state_and_shares_the_rest(place: Place) -> None:
    await talk(place.root, ONE, TWO, THREE)
    with open_heads(place.data) as heads:
        before = heads._db.execute("SELECT count(*), sum(length(checkpoint)) FROM checkpoints").fetchone()

    done = fork_thread(place, THREAD)

    with open_heads(place.data) as heads:
        after = heads._db.execute("SELECT count(*), sum(length(checkpoint)) FROM checkpoints").fetchone()
        assert heads.ids(done.thread) == [heads.ends(THREAD)[3]]
    assert after[0] == before[0] + 1
    assert after[1] - before[1] < 8_000


async def test_a_fork_can_return_to_turns_it_shares_even_when_the_other_is_deleted(place: Place) -> None:
    await talk(place.root, ONE, TWO, THREE)
    done = fork_thread(place, THREAD)
    other = fork_thread(place, done.thread)
    delete_thread(place, THREAD)

    rewind_thread(place, done.thread, "1", files=False)
    await talk(place.root, {"e.txt": "e\n"}, thread=done.thread)

    assert requests(place, done.thread) == [request_of(ONE), request_of({"e.txt": ""})]
    rewind_thread(place, other.thread, "2", files=False)
    assert requests(place, other.thread) == [request_of(ONE), request_of(TWO)]


async def test_what_was_set_aside_can_be_forked(place: Place) -> None:
    await talk(place.root, ONE, TWO, THREE)
    aside = rewind_thread(place, THREAD, "1").aside

    done = fork_thread(place, aside, at="2", worktree=True)

    there = open_place(Path(done.directory))
    assert (there.root / "sub" / "b.txt").read_text() == "b\n"
    assert not (there.root / "README.md").read_text().startswith("# New")
    assert requests(there, done.thread) == [request_of(ONE), request_of(TWO)]
    assert requests(place, fork_thread(place, aside).thread) == [request_of(ONE), request_of(TWO), request_of(THREE)]


async def test_a_working_tree_has_the_files_of_the_turn_and_the_users_own(place: Place, tmp_path: Path) -> None:
    await talk(place.root, ONE)
    then = tree_of(place.root)
    await talk(place.root, TWO, THREE)
    (place.root / "mine.txt").write_bytes(b"caf\xe9\r\n")
    (place.root / "link").symlink_to("a.txt")
    (place.root / "run.sh").write_text("#!/bin/sh\n")
    (place.root / "run.sh").chmod(0o755)
    (place.root / ".gitignore").write_text("ignored\n")
    (place.root / "ignored").write_text("not copied\n")
    before, index = tree_of(place.root), git(place.root, "ls-files", "--stage")

    done = fork_thread(place, THREAD, at="1", worktree=True, folder=tmp_path / "there")

    there = tmp_path / "there"
    found = tree_of(there)
    own = {name: before[name] for name in ("mine.txt", "run.sh", ".gitignore", "link")}
    assert found == {**then, **own, "link": then["a.txt"]}
    assert (there / "link").is_symlink()
    assert (tree_of(place.root), git(place.root, "ls-files", "--stage")) == (before, index)
    assert git(place.root, "rev-parse", "HEAD") == git(there, "rev-parse", "HEAD")
    assert git(there, "branch", "--show-current").strip() == done.branch == f"vivek/{done.thread}"
    assert git(place.root, "branch", "--show-current").strip() != done.branch
    changed = {line[3:] for line in git(there, "status", "--porcelain").splitlines()}
    assert {"a.txt", "mine.txt", "run.sh"} <= changed
    assert "README.md" not in changed


async def test_a_thread_in_a_working_tree_needs_nothing_of_the_first(place: Place) -> None:
    await talk(place.root, ONE, TWO)
    done = fork_thread(place, THREAD, worktree=True)
    delete_thread(place, THREAD)

    there = open_place(Path(done.directory))
    reports, _ = await talk(there.root, {"a.txt": "else\n"}, thread=done.thread)

    assert reports[0].status == "done"
    assert (there.root / "a.txt").read_text() == "else\n"
    assert (place.root / "a.txt").read_text() == "two\n"
    with ThreadIndex.open() as index:
        assert [row.id for row in index.list(there.root)] == [done.thread]
        assert index.list(place.root) == []


async def test_a_working_tree_that_cannot_be_made_leaves_nothing(place: Place, tmp_path: Path) -> None:
    await talk(place.root, ONE)
    branches = git(place.root, "branch", "--list", "--all")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "kept").write_text("mine\n")

    with pytest.raises(WorkspaceError, match="is there already"):
        fork_thread(place, THREAD, worktree=True, folder=tmp_path / "full")
    with pytest.raises(WorkspaceError):
        fork_thread(place, THREAD, worktree=True, folder=tmp_path / "full" / "kept" / "deeper")
    git(place.root, "config", "filter.x.smudge", "touch ran")
    with pytest.raises(WorkspaceError, match="names a program"):
        fork_thread(place, THREAD, worktree=True, folder=tmp_path / "there")

    assert (tmp_path / "full" / "kept").read_text() == "mine\n"
    assert not (tmp_path / "there").exists()
    assert git(place.root, "branch", "--list", "--all") == branches
    assert git(place.root, "worktree", "list").count("\n") == 1
    with ThreadIndex.open() as index:
        assert [row.id for row in index.list()] == [THREAD]


async def test_there_is_nothing_to_fork_at_the_beginning(place: Place) -> None:
    await talk(place.root, ONE, approve="ask")

    with pytest.raises(ThreadError, match="nothing to fork"):
        fork_thread(place, THREAD)
    with pytest.raises(ThreadError, match="nothing to fork"):
        fork_thread(place, THREAD, at="0")
    with pytest.raises(ThreadError, match="no turn 3"):
        fork_thread(place, THREAD, at="3")


async def test_an_open_turn_is_no_part_of_a_fork(place: Place) -> None:
    await talk(place.root, ONE)
    await talk(place.root, TWO, approve="ask")

    done = fork_thread(place, THREAD)

    assert requests(place, done.thread) == [request_of(ONE)]
    with ThreadIndex.open() as index:
        assert index.find(done.thread, place.root).status == "finished"


async def test_a_tree_shows_turns_forks_and_what_was_set_aside(place: Place) -> None:
    await talk(place.root, ONE, TWO)
    fork = fork_thread(place, THREAD, at="1")
    aside = rewind_thread(place, THREAD, "1").aside
    await talk(place.root, THREE)

    for asked in (THREAD, fork.thread, aside):
        tree = thread_tree(place, asked)
        assert (tree.thread, tree.asked) == (THREAD, asked == THREAD)
        assert [(turn.number, turn.request, turn.files) for turn in tree.turns] == [
            (1, request_of(ONE), ("a.txt",)),
            (2, request_of(THREE), ("README.md",)),
        ]
        assert [(each.kind, each.turn, each.tree.thread, each.tree.asked) for each in tree.branches] == [
            ("fork", 1, fork.thread, asked == fork.thread),
            ("set_aside", 1, aside, asked == aside),
        ]
        assert [turn.request for turn in tree.branches[1].tree.turns] == [request_of(TWO)]


async def test_a_tree_names_forks_that_have_files_of_their_own(place: Place, tmp_path: Path) -> None:
    await talk(place.root, ONE, TWO)
    fork = fork_thread(place, THREAD, at="1", worktree=True, folder=tmp_path / "tree")
    at_end = fork_thread(place, THREAD)

    tree = thread_tree(place, THREAD)
    assert [(each.kind, each.turn, each.tree.thread, each.tree.directory) for each in tree.branches] == [
        ("fork", 1, fork.thread, str(tmp_path / "tree")),
        ("fork", 2, at_end.thread, ""),
    ]

    there = Place(tmp_path / "tree", tmp_path / "tree/.vivek", restricted=False)
    own = thread_tree(there, fork.thread)
    assert own.branches == ()
    assert own.parent == TreeParent(THREAD, 1, str(place.root))
    assert next(tree_lines(own, 200)) == f"forked from {THREAD} after turn 1, in {place.root}"
    assert [each.tree.parent for each in tree.branches] == [None, None]
    assert tree.parent is None
    delete_thread(there, fork.thread)
    assert [each.tree.thread for each in thread_tree(place, THREAD).branches] == [at_end.thread]


async def test_the_tables_of_a_fork_are_those_of_the_saver(tmp_path: Path) -> None:
    assert len(TABLES) == 2
    with open_heads(tmp_path / "ours") as heads:
        ours = {name: _columns(heads, name) for name in ("checkpoints", "writes")}
    async with open_checkpoints(tmp_path / "theirs" / "checkpoints.db"):
        pass
    with open_heads(tmp_path / "theirs") as heads:
        assert {name: _columns(heads, name) for name in ("checkpoints", "writes")} == ours


def _columns(heads: object, name: str) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = heads._db.execute(f"PRAGMA table_info({name})").fetchall()  # type: ignore[attr-defined]  # the connection
    return rows
