"""`vivek threads search`, `export`, `prune` and the filters of `list` as they are typed."""

import asyncio
import json
import sqlite3
from pathlib import Path

import pytest

from benchmarks.threads import fill_index
from tests.cli.conftest import Vivek
from tests.session.travel.talking import THREAD, request_of, talk
from vivek.cli.render.exported import closed, fenced
from vivek.config.folders import state_folder
from vivek.session.locks import thread_lock
from vivek.session.threads.index import ThreadIndex


@pytest.fixture
def talked(workspace: Path) -> Path:
    """Take a turn that changes a file."""
    asyncio.run(talk(workspace, {"a.txt": "one\n"}))
    return workspace


def test_a_search_shows_thread_turn_and_line(vivek: Vivek, talked: Path) -> None:
    title = request_of({"a.txt": ""})
    code, out, err = vivek("threads", "search", "A.TXT", "change")
    assert (code, err) == (0, "")
    assert out == f"calm-otter-7  {title}\n  turn 1, you: {title}\n  turn 1, model: Changed a.txt (+1 -0).\n"
    code, out, _ = vivek("threads", "search", "a.txt", "--format", "json")
    told = json.loads(out)
    assert (code, told["version"], told["total"]) == (0, 1, 2)
    assert {hit["turn"] for hit in told["hits"]} == {1}
    code, out, err = vivek("threads", "search", "a.txt", "-n", "1")
    assert (code, out.count("turn 1"), err) == (0, 1, "1 more places; `--limit 0` shows all.\n")
    _, out, _ = vivek("threads", "search", "a.txt", "--all")
    assert str(talked) in out


def test_a_search_that_finds_nothing_says_so_and_fails(vivek: Vivek, talked: Path) -> None:
    code, out, err = vivek("threads", "search", "zebra")

    assert (code, out) == (1, "")
    assert err.startswith("Nothing of that kind was said in 1 threads.\nhint: `--all`")
    assert vivek("threads", "search", "x", "--limit", "many")[0] == 2


def test_an_export_is_markdown_or_json(vivek: Vivek, talked: Path) -> None:
    code, out, err = vivek("threads", "export", "calm")

    assert (code, err) == (0, "")
    assert out.startswith(f"# {request_of({'a.txt': ''})}\n\nthread `calm-otter-7`, 1 turn, last model")
    assert "\n## Turn 1\n\n> Change a.txt\n\n" in out
    assert "### Change\n\n```diff\n" in out
    assert "\n+one\n" in out
    assert "*done, mode peer, `scripted/default`, 1 call" in out
    told = json.loads(vivek("threads", "export", "calm", "--format", "json")[1])
    assert (told["version"], told["thread"]["id"], len(told["turns"])) == (1, THREAD, 1)
    assert told["turns"][0]["usage"]["calls"] == 1


def test_an_export_replaces_no_file_unasked(vivek: Vivek, talked: Path) -> None:
    assert vivek("threads", "export", "calm", "--output", "talk.md") == (0, "", "wrote calm-otter-7 to talk.md\n")
    code, _, err = vivek("threads", "export", "calm", "--output", "talk.md")
    assert (code, err) == (2, "talk.md is there already.\nhint: Name another file, or add `--force`.\n")
    assert vivek("threads", "export", "calm", "--output", "talk.md", "--force")[0] == 0
    assert vivek("threads", "export", "calm", "--output", "no/such/talk.md")[0] == 1


def test_a_fence_is_longer_than_any_inside() -> None:
    assert fenced("a\n```\nb\n````\n", "diff") == "`````diff\na\n```\nb\n````\n`````"
    assert fenced("plain") == "```\nplain\n```"


@pytest.mark.parametrize(
    ("text", "ended"),
    [
        ("```py\nx = 1\n```", "```py\nx = 1\n```"),
        ("```py\nx = 1", "```py\nx = 1\n```"),
        ("````\n```\ninner", "````\n```\ninner\n````"),
        ("~~~\n```\n", "~~~\n```\n\n~~~"),
        ("no fence", "no fence"),
    ],
)
def test_a_fence_that_a_reply_left_open_is_closed(text: str, ended: str) -> None:
    assert closed(text) == ended


def test_pruning_says_what_goes_and_asks(vivek: Vivek, talked: Path) -> None:
    code, out, _ = vivek("threads", "prune", "--keep", "0", "--dry-run")
    assert (code, out.startswith("would delete calm-otter-7  0 s  ")) == (0, True)
    code, _, err = vivek("threads", "prune", "--keep", "0")
    assert code == 2
    assert "hint: Run `vivek threads prune --keep 0 --yes`." in err
    with thread_lock(talked / ".vivek", THREAD):
        code, _, err = vivek("threads", "prune", "--keep", "0", "--yes")
        assert (code, "kept calm-otter-7: it is in use" in err) == (5, True)
    code, out, err = vivek("threads", "prune", "--keep", "0", "--yes")
    assert (code, out) == (0, "deleted calm-otter-7\n")
    assert err.startswith("1 threads deleted, ")
    told = json.loads(vivek("threads", "prune", "--older-than", "90d", "--yes", "--format", "json")[1])
    assert told == {"version": 1, "dry_run": False, "deleted": [], "in_use": [], "freed_bytes": 0}


@pytest.mark.parametrize(
    "options", [(), ("--keep", "some"), ("--older-than", "90"), ("--older-than", "d"), ("--older-than", "9y")]
)
def test_pruning_wants_to_know_what(vivek: Vivek, options: tuple[str, ...]) -> None:
    code, _, err = vivek("threads", "prune", "--yes", *options)

    assert code == 2
    assert "hint: " in err


def test_a_list_says_what_it_leaves_out(vivek: Vivek, workspace: Path, tmp_path: Path) -> None:
    fill_index(state_folder(), tmp_path, 120)
    (tmp_path / "elsewhere").mkdir()

    assert vivek("threads", "list") == (
        0,
        "",
        "This project has no threads yet.\nOther projects have 120; `--all` shows them.\n",
    )
    _, out, err = vivek("threads", "list", "--all", "-n", "7")
    assert (len(out.splitlines()), err) == (8, "113 older threads are not shown; `--limit 0` shows all.\n")
    _, out, err = vivek("threads", "list", "--all", "--status", "finished")
    shown = len(out.splitlines()) - 1
    assert err == f"{120 - shown} others are left out by `--kind` and `--status`.\n"
    _, out, err = vivek("threads", "list", "--all", "--kind", "review")
    assert (out, err) == ("", "120 others are left out by `--kind` and `--status`.\n")
    told = json.loads(vivek("threads", "list", "--all", "-n", "7", "--format", "json")[1])
    assert (len(told["threads"]), told["left_out"]) == (7, 113)
    assert vivek("threads", "list", "--limit", "some")[0] == 2


def test_ten_thousand_threads_are_read_with_one_question_and_by_an_index(tmp_path: Path) -> None:
    fill_index(tmp_path, tmp_path, 10_000)
    with ThreadIndex.open(tmp_path) as index:
        asked: list[str] = []
        index._db.set_trace_callback(asked.append)
        assert len(index.list()) == 10_000
        assert len(index.list(tmp_path / "part-3")) == 250
        assert index.find("calm-otter-9999", tmp_path / "part-39").turns == 10
        assert index.latest(tmp_path / "part-3") is not None
    assert len(asked) == 4
    with sqlite3.connect(tmp_path / "threads.db") as connection:
        plans = [connection.execute(f"EXPLAIN QUERY PLAN {query}").fetchall()[0][3] for query in asked]
    assert plans[0] == "SCAN threads USING INDEX threads_by_age"
    assert all(plan.startswith("SEARCH threads USING PRIMARY KEY (directory=?") for plan in plans[1:])
