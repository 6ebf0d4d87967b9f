"""`vivek threads rewind`, `fork` and `show --tree` as they are typed."""

import asyncio
import io
import json
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Vivek
from tests.session.travel.talking import THREAD, request_of, talk
from vivek.session.locks import thread_lock

ONE, TWO = {"a.txt": "one\n"}, {"a.txt": "two\n", "b.txt": "b\n"}
SET_ASIDE = f"sets aside turn 2: {request_of(TWO)}"


@pytest.fixture
def talked(workspace: Path) -> Path:
    """Take two turns that change files."""
    asyncio.run(talk(workspace, ONE, TWO))
    return workspace


class Tty(io.StringIO):
    """A terminal."""

    def isatty(self) -> bool:
        """Be one."""
        return True


def test_a_dry_run_shows_files_and_turns(vivek: Vivek, talked: Path) -> None:
    assert vivek("threads", "rewind", "calm", "--to", "1", "--dry-run") == (
        0,
        f"would restore a.txt (+1 -1)\nwould remove b.txt (+0 -1)\n{SET_ASIDE}\n",
        "",
    )
    assert (talked / "b.txt").exists()
    code, out, _ = vivek("threads", "rewind", "calm", "--to", "1", "--dry-run", "--format", "json")
    told = json.loads(out)
    assert (code, told["version"], told["dry_run"], told["turn"]) == (0, 1, True, 1)
    assert [file["path"] for file in told["files"]] == ["a.txt", "b.txt"]


def test_going_back_needs_a_yes_where_nobody_can_be_asked(vivek: Vivek, talked: Path) -> None:
    code, out, err = vivek("threads", "rewind", "calm", "--to", "1")

    assert (code, out) == (2, "")
    assert SET_ASIDE in err
    assert err.endswith("hint: Run `vivek threads rewind calm-otter-7 --to 1 --yes`.\n")
    assert (talked / "b.txt").exists()


@pytest.mark.parametrize(("answer", "gone"), [("y\n", True), ("\n", False)])
def test_going_back_asks_on_a_terminal(
    vivek: Vivek, talked: Path, monkeypatch: pytest.MonkeyPatch, answer: str, gone: bool
) -> None:
    monkeypatch.setattr(sys, "stdin", Tty(answer))
    monkeypatch.setattr(sys, "stdout", Tty())

    code, _, err = vivek("threads", "rewind", "calm", "--to", "1")

    assert code == 0
    assert SET_ASIDE in err
    assert (talked / "b.txt").exists() is not gone


def test_back_and_forth(vivek: Vivek, talked: Path) -> None:
    assert vivek("threads", "rewind", "calm", "--to", "1", "--yes") == (
        0,
        "restored a.txt (+1 -1)\nremoved b.txt (+0 -1)\n",
        "calm-otter-7 is at turn 1; `vivek threads rewind calm-otter-7 --undo` goes the other way\n",
    )
    assert (talked / "a.txt").read_text() == "one\n"
    code, out, _ = vivek("threads", "rewind", "calm", "--undo", "--yes", "--format", "json")
    told = json.loads(out)
    assert (code, told["turn"], told["aside"]) == (0, 2, None)
    assert [turn["number"] for turn in told["restored"]] == [2]
    assert (talked / "a.txt").read_text() == "two\n"
    assert vivek("threads", "rewind", "calm", "--to", "2", "--yes") == (
        0,
        "",
        "nothing to do: calm-otter-7 is at turn 2\n",
    )


def test_a_file_of_the_users_makes_the_return_incomplete(vivek: Vivek, talked: Path) -> None:
    (talked / "a.txt").write_text("mine\n")

    code, _, err = vivek("threads", "rewind", "calm", "--to", "1", "--yes")

    assert code == 5
    assert "kept a.txt: it was changed since\n" in err
    assert err.endswith(
        "hint: `vivek threads rewind calm-otter-7 --undo`, then `--to 1 --force`, takes back what was changed since as"
        " well\n"
    )
    assert vivek("threads", "rewind", "calm", "--undo", "--yes")[0] == 0
    assert vivek("threads", "rewind", "calm", "--to", "1", "--force", "--yes")[0] == 0
    assert (talked / "a.txt").read_text() == "one\n"


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ((), "Say where to"),
        (("--to", "1", "--undo"), "Say where to"),
        (("--to", "1", "--conversation-only", "--files-only"), "exclude each other"),
        (("--undo", "--files-only"), "brings back what the return took"),
        (("--to", "7"), "no turn 7"),
        (("--to", "-1"), "no turn or checkpoint '-1'"),
        (("--undo",), "no return"),
    ],
)
def test_what_makes_no_sense_is_a_usage_error(vivek: Vivek, talked: Path, options: tuple[str, ...], told: str) -> None:
    code, out, err = vivek("threads", "rewind", "calm", "--yes", *options)

    assert (code, out) == (2, "")
    assert told in err
    assert "hint: " in err


@pytest.mark.parametrize("name", ["../../x", "/etc/passwd", "", "CALM", "calm\x1b[2J"])
@pytest.mark.parametrize("command", [("rewind", "--to", "1", "--yes"), ("fork",), ("show",), ("export",), ("delete",)])
def test_what_is_no_id_is_a_usage_error(vivek: Vivek, talked: Path, name: str, command: tuple[str, ...]) -> None:
    code, out, err = vivek("threads", command[0], name, *command[1:])

    assert (code, out) == (2, "")
    assert "\x1b" not in err
    assert "Use lower-case letters, digits and `-`" in err


def test_a_thread_in_use_is_said_to_be(vivek: Vivek, talked: Path) -> None:
    with thread_lock(talked / ".vivek", THREAD):
        code, _, err = vivek("threads", "rewind", "calm", "--to", "1", "--yes")

    assert code == 2
    assert "is in use" in err


def test_a_fork_prints_its_id(vivek: Vivek, talked: Path) -> None:
    code, out, err = vivek("threads", "fork", "calm", "--at", "1")

    assert code == 0
    name = out.strip()
    assert err == (f"{name} has turn 1 of calm-otter-7; the files stay as they are. `vivek --thread {name}` goes on\n")
    _, out, _ = vivek("threads", "fork", "calm", "--worktree", "--folder", "../there", "--format", "json")
    told = json.loads(out)
    assert (told["version"], told["parent"], told["turn"]) == (1, THREAD, 2)
    assert (Path(told["directory"]) / "b.txt").read_text() == "b\n"
    code, _, err = vivek("threads", "fork", "calm", "--folder", "x")
    assert (code, "Add `--worktree`" in err) == (2, True)


def test_a_tree_is_drawn(vivek: Vivek, talked: Path) -> None:
    name = vivek("threads", "fork", "calm", "--at", "1")[1].strip()
    vivek("threads", "rewind", "calm", "--to", "1", "--yes")

    title = request_of(ONE)
    assert vivek("threads", "show", "calm", "--tree")[1].splitlines() == [
        f"calm-otter-7  (this one)  {title}",
        f"├─ 1  {title}  [1 file]",
        f"├─ fork after turn 1: {name}  {title}",
        f"└─ set aside after turn 1: calm-otter-7-r1  {title}",
        f"   └─ 2  {request_of(TWO)}  [2 files]",
    ]
    told = json.loads(vivek("threads", "show", name, "--tree", "--format", "json")[1])
    assert told["tree"]["thread"] == THREAD
    assert told["tree"]["turns"][0]["checkpoint"]
    assert vivek("threads", "show", "calm-otter-7-r1")[1].count("user:") == 2


def test_a_tree_tells_where_the_files_of_a_fork_are(vivek: Vivek, talked: Path, tmp_path: Path) -> None:
    there = tmp_path / "there"
    name = vivek("threads", "fork", "calm", "--worktree", "--folder", str(there))[1].strip()

    drawn = vivek("threads", "show", "calm", "--tree")[1].splitlines()

    assert drawn[-1] == f"└─ fork after turn 2: {name}  (in {there})  {request_of(ONE)}"
