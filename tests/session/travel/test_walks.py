"""Random walks over threads: turns, the user's own edits, returns, their undoing, forks in working trees of git.

After every step the files must be what the model of the walk says, to the byte, and nothing of the user's may be lost.
"""

import random
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.session.travel.talking import THREAD, Contents, request_of, talk, tree_of
from vivek.errors import ThreadError
from vivek.schema.messages import Message
from vivek.session.doors.history import show_thread
from vivek.session.doors.travel import fork_thread, rewind_thread, undo_rewind
from vivek.session.doors.undo import undo
from vivek.session.place import open_place

SEEDS, STEPS = 6, 14
PATHS = ("a.txt", "sub/b.txt", "sub/deep/c.txt", "README.md", "till/prices.py")
Tree = dict[str, tuple[str, int]]


@dataclass
class Turn:
    """One turn of the walk: what it was asked for, the files after it, and what its model was told first."""

    wanted: Contents
    after: Tree
    sent: tuple[Message, ...]


@dataclass
class Walk:
    """Where a walk is."""

    root: Path
    chance: random.Random
    begin: Tree
    turns: list[Turn] = field(default_factory=list)
    left: list[tuple[list[Turn], Tree]] = field(default_factory=list)
    touched: set[str] = field(default_factory=set)
    users: set[str] = field(default_factory=set)
    number: int = 0

    def text(self) -> str:
        self.number += 1
        lines = [f"line {self.number}", *(f"x{self.chance.randrange(5)}" for _ in range(self.chance.randrange(4)))]
        return "".join(f"{line}\n" for line in lines)

    def recorded(self, turn: int) -> Tree:
        return self.turns[turn - 1].after if turn else self.begin

    async def take_turn(self) -> None:
        wanted: Contents = {}
        for path in self.chance.sample(PATHS, self.chance.randrange(4)):
            there = (self.root / path).exists()
            wanted[path] = None if there and self.chance.random() < 0.3 else self.code(path)
        if self.chance.random() < 0.2 and (self.root / "a.txt").is_file():  # a move
            wanted = {"moved.txt": (self.root / "a.txt").read_text(), "a.txt": None}
        reports, provider = await talk(self.root, wanted)
        assert reports[0].status == "done", reports[0]
        sent = provider.requests[0].messages
        if self.turns:
            before = self.turns[-1].sent
            assert sent[: len(before) - 1] == before[:-1]
        self.turns.append(Turn(wanted, tree_of(self.root), sent))
        self.users -= set(wanted)

    def code(self, path: str) -> str:
        return f'"""Prices."""\n\nNUMBER = {self.chance.randrange(99)}\n' if path.endswith(".py") else self.text()

    async def edit(self) -> None:
        path = self.chance.choice((*PATHS, "mine.txt", "sub/mine.txt"))
        place = self.root / path
        if place.is_file() and self.chance.random() < 0.3:
            place.unlink()
            self.users.discard(path)
        else:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(self.text())
            self.users.add(path)
        self.touched.add(path)

    async def go_back(self) -> None:
        if not self.turns:
            return
        turn, force = self.chance.randrange(len(self.turns) + 1), self.chance.random() < 0.3
        before = tree_of(self.root)
        done = rewind_thread(open_place(self.root), THREAD, str(turn), force=force)
        after = tree_of(self.root)
        kept = {file.path for file in done.plan.kept}
        assert kept <= self.touched
        assert not (force and kept)
        for path in {*before, *after, *self.recorded(turn)} - self.touched:
            assert after.get(path) == self.recorded(turn).get(path), (path, turn)
        if not force:
            for path in self.users:
                assert after.get(path) == before.get(path), path
        if done.plan.is_empty:
            return
        again = undo_rewind(open_place(self.root), THREAD)
        assert again.plan.kept == ()
        assert tree_of(self.root) == before, "the way back is not the way there"
        if not done.plan.dropped:
            return
        rewind_thread(open_place(self.root), THREAD, str(turn), force=force)
        assert tree_of(self.root) == after
        self.users = {path for path in self.users if after.get(path) == before.get(path)}
        self.left.append((self.turns, before))
        self.turns = self.turns[:turn]

    async def return_again(self) -> None:
        before = tree_of(self.root)
        if not self.left:
            return
        turns, was = self.left.pop()
        shared = sum(1 for one, other in zip(turns, self.turns, strict=False) if one is other)
        done = undo_rewind(open_place(self.root), THREAD)
        after = tree_of(self.root)
        for path in self.users:
            assert after.get(path) == before.get(path), path
        for path in {*before, *after} - self.touched:
            assert after.get(path) == was.get(path), path
        assert [line.number for line in done.plan.restored] == list(range(shared + 1, len(turns) + 1))
        if len(self.turns) > shared:
            self.left.append((self.turns, before))
        self.turns = turns

    async def take_back(self) -> None:
        before = tree_of(self.root)
        try:
            undo(open_place(self.root), THREAD)
        except ThreadError:
            return
        after = tree_of(self.root)
        assert all(after.get(path) == before.get(path) for path in self.users)

    async def branch_off(self) -> None:
        if not self.turns:
            return
        turn = self.chance.randrange(1, len(self.turns) + 1)
        before, state = tree_of(self.root), self.git()
        done = fork_thread(open_place(self.root), THREAD, at=str(turn), worktree=True)
        there = Path(done.directory)
        for path in {*tree_of(there), *self.recorded(turn)} - self.touched:
            assert tree_of(there).get(path) == self.recorded(turn).get(path), path
        reports, provider = await talk(there, {"forked.txt": "forked\n"}, thread=done.thread)
        assert reports[0].status == "done"
        sent = self.turns[turn - 1].sent
        assert provider.requests[0].messages[: len(sent) - 1] == sent[:-1]
        assert (there / "forked.txt").exists()
        assert (tree_of(self.root), self.git()) == (before, state)

    def git(self) -> tuple[bytes, str, str]:
        said = [
            subprocess.run(["git", *asked], cwd=self.root, check=True, capture_output=True, text=True).stdout
            for asked in (["rev-parse", "HEAD"], ["ls-files", "--stage"])
        ]
        return ((self.root / ".git" / "HEAD").read_bytes(), said[0], said[1])

    def check_conversation(self) -> None:
        try:
            said = show_thread(open_place(self.root), THREAD)
        except ThreadError:
            said = []
        assert [text for role, text in said if role == "user"] == [request_of(turn.wanted) for turn in self.turns]


@pytest.mark.parametrize("seed", range(SEEDS))
async def test_a_walk_restores_every_tree_and_loses_nothing_of_the_user(workspace: Path, seed: int) -> None:
    walk = Walk(workspace, random.Random(seed), tree_of(workspace))
    # Every second walk is without edits of the user: then every file is compared.
    steps = [walk.take_turn, walk.take_turn, walk.take_turn, walk.go_back, walk.return_again, walk.branch_off]
    steps.append(walk.take_back)
    if seed % 2:
        steps += [walk.edit, walk.edit]

    for _ in range(STEPS):
        await walk.chance.choice(steps)()
        walk.check_conversation()

    assert walk.turns or walk.left
