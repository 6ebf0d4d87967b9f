"""`vivek index`: definitions, lines and a map on the command line; no model, no server."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.conftest import Vivek
from tests.cli.terminal import running
from vivek.cli.render.safe_text import visible

DISCOUNT = "till/prices.py:4: def discount(price: int, percent: int) -> int\n"


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True, timeout=60)


def test_a_name_leads_to_its_definition(vivek: Vivek) -> None:
    assert vivek("index", "symbols", "discount") == (0, DISCOUNT, "")


def test_definitions_are_a_list_of_objects_with_these_keys(vivek: Vivek) -> None:
    code, out, err = vivek("index", "symbols", "discount", "--format", "json")

    assert (code, err) == (0, "")
    found = {
        "name": "discount",
        "kind": "function",
        "path": "till/prices.py",
        "line": 4,
        "end_line": 6,
        "signature": "def discount(price: int, percent: int) -> int",
    }
    assert json.loads(out) == {"version": 1, "symbols": [found]}


def test_a_nested_definition_is_told_by_its_whole_name(vivek: Vivek, workspace: Path) -> None:
    (workspace / "till/desk.py").write_text("class Till:\n    def vat(self) -> int:\n        return 0\n")

    for asked in ("vat", "Till.vat"):
        code, out, _ = vivek("index", "symbols", asked)
        assert (code, out.splitlines()[0]) == (0, "till/desk.py:2: Till.vat · def vat(self) -> int")


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("disc", "Nothing is named exactly disc; these begin with it.\n"),
        ("DISCOUNT", "Nothing is named exactly DISCOUNT; these have the name in other letter case.\n"),
        ("disc*", ""),
        ("?iscount", ""),
    ],
)
def test_what_is_not_the_exact_name_is_said(vivek: Vivek, asked: str, told: str) -> None:
    assert vivek("index", "symbols", asked) == (0, DISCOUNT, told)


def test_nothing_found_is_exit_code_one(vivek: Vivek) -> None:
    assert vivek("index", "symbols", "nowhere") == (1, "", "")
    assert vivek("index", "symbols", "nowhere", "--format", "json") == (1, '{"version": 1, "symbols": []}\n', "")
    assert vivek("index", "search", "nowhere to be found") == (1, "", "")
    assert vivek("index", "search", "nowhere to be found", "--format", "json") == (
        1,
        '{"version": 1, "hits": []}\n',
        "",
    )


def test_a_text_is_found_in_any_letter_case(vivek: Vivek) -> None:
    line = '"""Take a percentage off a price."""'

    assert vivek("index", "search", "a percentage OFF") == (0, f"till/prices.py:5: {line}\n", "")
    code, out, _ = vivek("index", "search", "a percentage OFF", "--format", "json")
    [hit] = json.loads(out)["hits"]
    assert (code, hit["path"], hit["line"], hit["text"].strip()) == (0, "till/prices.py", 5, line)


def test_more_than_is_listed_is_said(vivek: Vivek) -> None:
    code, out, err = vivek("index", "search", "price", "--limit", "2")

    assert (code, out.count("\n")) == (0, 2)
    assert err == "The first 2 lines are listed; `--limit` lists more.\n"


def test_what_changed_since_is_seen_unless_nobody_is_to_look(vivek: Vivek, workspace: Path) -> None:
    vivek("index", "build")
    (workspace / "till/rates.py").write_text("def rate() -> int:\n    return 7\n")

    assert vivek("index", "symbols", "rate", "--no-refresh") == (1, "", "")
    assert vivek("index", "symbols", "rate") == (0, "till/rates.py:1: def rate() -> int\n", "")
    (workspace / "till/rates.py").unlink()
    assert vivek("index", "symbols", "rate")[0] == 1


def test_a_map_has_the_size_that_was_asked_for(vivek: Vivek) -> None:
    code, out, err = vivek("index", "map", "--tokens", "400")
    assert (code, err) == (0, "")
    assert "def discount(price: int, percent: int) -> int" in out
    assert "till/" in out

    small = json.loads(vivek("index", "map", "--tokens", "40", "--format", "json")[1])
    assert 0 < small["tokens"] <= 40
    assert len(small["map"]) < len(out)


def test_the_state_of_the_index_is_told(vivek: Vivek, workspace: Path) -> None:
    before = json.loads(vivek("index", "status", "--format", "json")[1])
    assert (before["files"], before["complete"]) == (0, False)

    code, out, err = vivek("index", "build")
    assert (code, err) == (0, "")
    assert "files        4 (up to date)\n" in out
    assert f"folder       {workspace / '.vivek'}\n" in out
    after = json.loads(vivek("index", "status", "--format", "json")[1])
    assert (after["version"], after["files"], after["complete"]) == (1, 4, True)


@pytest.mark.parametrize(
    "arguments",
    [
        ("search", ""),
        ("search", "two\nlines"),
        ("symbols", " "),
        ("symbols", "x", "--limit", "0"),
        ("map", "--tokens", "many"),
        ("nothing",),
        ("search",),
    ],
)
def test_what_cannot_be_asked_is_a_usage_error(vivek: Vivek, arguments: tuple[str, ...]) -> None:
    code, out, err = vivek("index", *arguments)

    assert (code, out) == (2, "")
    assert err


def test_the_home_folder_is_not_indexed(vivek: Vivek, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "private.py").write_text("def private(): ...\n")
    monkeypatch.chdir(home)

    code, out, err = vivek("index", "symbols", "private")

    assert (code, out) == (2, "")
    assert f"{home} is no project: its files are not indexed." in err
    assert not list(home.rglob("index.db"))


def test_a_folder_without_git_and_one_without_files_can_be_asked(
    vivek: Vivek, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bare/.vivek").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "bare")
    assert vivek("index", "symbols", "anything") == (1, "", "")
    assert vivek("index", "map") == (0, "", "There is nothing to draw.\n")

    (tmp_path / "bare/one.py").write_text("def one(): ...\n")
    assert vivek("index", "symbols", "one")[:2] == (0, "one.py:1: def one()\n")


def test_where_the_data_folder_cannot_be_made_the_cache_serves(vivek: Vivek, workspace: Path, home: Path) -> None:
    (workspace / ".vivek").write_text("in the way")

    code, out, err = vivek("index", "symbols", "discount")

    assert (code, out) == (0, DISCOUNT)
    assert "The index is kept in your cache folder instead." in err
    assert [path.name for path in home.rglob("index.db")] == ["index.db"]


def test_an_index_that_git_tracks_is_not_used(vivek: Vivek, workspace: Path) -> None:
    (workspace / ".vivek").mkdir()
    (workspace / ".vivek/index.db").write_bytes(b"made by somebody else")
    git(workspace, "add", "-f", ".vivek/index.db")

    code, out, err = vivek("index", "symbols", "discount")

    assert (code, out) == (0, DISCOUNT)
    assert "git tracks .vivek/index.db" in err
    assert (workspace / ".vivek/index.db").read_bytes() == b"made by somebody else"


def test_names_of_files_cannot_move_the_cursor(vivek: Vivek, workspace: Path) -> None:
    (workspace / "odd.py").write_text("def odd(text='\x1b[8m'): ...\n")

    _, out, _ = vivek("index", "symbols", "odd")
    assert "\x1b" not in out
    _, out, _ = vivek("index", "search", "def odd")
    assert "\x1b" not in out
    assert visible("\x1b[8m") in out


def test_a_folder_that_cannot_be_written_is_indexed_all_the_same(workspace: Path, tmp_path: Path) -> None:
    if os.geteuid() == 0 and shutil.which("setpriv") is None:
        pytest.skip("needs setpriv to give up root")
    workspace.chmod(0o555)
    drop = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] if os.geteuid() == 0 else []
    for folder in (workspace.parent, *workspace.parents):
        if folder != folder.parent and not folder.stat().st_mode & 0o005:
            folder.chmod(folder.stat().st_mode | 0o055)
    own = tmp_path / "own"
    own.mkdir()
    own.chmod(0o777)
    more = {
        "HOME": str(own),
        "XDG_CACHE_HOME": str(own / "cache"),
        "XDG_CONFIG_HOME": str(own),
        "VIVEK_STATE_DIR": str(own),
    }
    environment = os.environ | more | {"PYTHONDONTWRITEBYTECODE": "1"}
    if subprocess.run([*drop, sys.executable, "-c", ""], env=environment, capture_output=True, check=False).returncode:
        pytest.skip("this interpreter lies where only root can read it")

    done = subprocess.run(
        [*drop, sys.executable, "-m", "vivek", "index", "symbols", "discount"],
        cwd=workspace,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert (done.returncode, done.stdout.splitlines()[-1:]) == (0, [DISCOUNT.rstrip()]), done.stderr
    assert "The index is kept in your cache folder instead." in done.stderr
    assert not (workspace / ".vivek").exists()


@pytest.mark.pty
def test_a_terminal_sees_how_far_a_build_is_and_ctrl_c_keeps_what_is_done(workspace: Path) -> None:
    body = "".join(f"def made_{{0}}_{number}(x): return x + {number}\n" for number in range(300))
    for number in range(400):
        (workspace / f"made_{number}.py").write_text(body.format(number))
    with running("-m", "vivek", "index", "build", folder=workspace) as terminal:
        terminal.shows("indexing ")
        terminal.child.kill(signal.SIGINT)
        status = terminal.ends()

    assert status == 130
    known = subprocess.run(
        [sys.executable, "-m", "vivek", "index", "status", "--format", "json"],
        cwd=workspace,
        capture_output=True,
        timeout=60,
        check=True,
    )
    began = time.monotonic()
    again = subprocess.run(
        [sys.executable, "-m", "vivek", "index", "symbols", "made_399_1"],
        cwd=workspace,
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert again.returncode == 0, (again.stderr, time.monotonic() - began)
    assert json.loads(known.stdout)["complete"] is False


def test_a_question_about_a_known_name_is_answered(vivek: Vivek) -> None:
    assert vivek("index", "ask", "where is discount?") == (0, DISCOUNT, "")
    code, out, err = vivek("index", "ask", "who calls discount", "--format", "json")
    answer = json.loads(out)["answer"]
    assert (code, err, answer["kind"], answer["subject"]) == (0, "", "callers", "discount")
    assert {line["path"] for line in answer["lines"]} >= {"till/report.py"}


@pytest.mark.parametrize("asked", ["where is nowhere", "what do you think of it?"])
def test_a_question_that_the_index_cannot_answer_is_exit_code_one(vivek: Vivek, asked: str) -> None:
    code, out, err = vivek("index", "ask", asked)

    assert (code, out) == (1, "")
    assert err.startswith("The index has no answer to this.\nhint: Ask `where is NAME`")
    assert vivek("index", "ask", asked, "--format", "json")[:2] == (1, '{"version": 1, "answer": null}\n')
