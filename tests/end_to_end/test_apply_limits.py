"""What `vivek apply` refuses, and what it never does."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.end_to_end.conftest import VIVEK, Run, environment
from tests.end_to_end.test_apply import BODY, QUOTED, region


@pytest.mark.parametrize("path", ["../outside.txt", "/tmp/outside.txt", ".git/hooks/commit.sh", "link/outside.txt"])
def test_nothing_is_written_outside_the_project(run: Run, workspace: Path, tmp_path: Path, path: str) -> None:
    (tmp_path / "other").mkdir()
    (workspace / "link").symlink_to(tmp_path / "other")

    done = run("apply", "-", stdin=f"{QUOTED}\n{path}\n```\nx\n```\n".encode())

    assert done.returncode == 1
    assert (workspace / "README.md").read_text().startswith("# Till")
    assert not (tmp_path / "outside.txt").exists()
    assert list((tmp_path / "other").iterdir()) == []


@pytest.mark.parametrize("stdin", [b"", b" \n\t\n", b"\xff\xfe\xfa", b"x" * (4 * 2**20 + 1)])
def test_a_reply_that_cannot_be_read_is_a_usage_error(run: Run, stdin: bytes) -> None:
    done = run("apply", "-", stdin=stdin)

    assert (done.returncode, done.stdout) == (2, "")
    assert "hint:" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_file_that_cannot_be_read_is_a_usage_error(run: Run, workspace: Path) -> None:
    for arguments in (("gone.md",), ("till",), (), ("-", "--dialect", "poem"), ("-", "--format", "xml")):
        done = run("apply", *arguments, stdin=QUOTED.encode())
        assert done.returncode == 2, arguments
        assert "Traceback" not in done.stderr
    (workspace / "empty.md").write_text("")
    assert "empty.md is empty" in run("apply", "empty.md").stderr


def test_a_reply_without_an_edit_is_told(run: Run) -> None:
    done = run("apply", "-", stdin=b"It adds up prices.\n")

    assert (done.returncode, done.stdout, done.stderr) == (1, "", "There is no edit in this reply.\n")


def test_the_home_folder_is_no_project_to_apply_to(run: Run, home: Path) -> None:
    done = run("apply", "-", stdin=b".bashrc\n```\nx\n```\n", cwd=home)

    assert done.returncode == 1
    assert "is no project" in done.stderr
    assert not (home / ".bashrc").exists()


def test_escape_codes_of_a_reply_never_reach_the_terminal(run: Run, workspace: Path) -> None:
    reply = "a\x1b[31m.txt\n```\nx\n```\nnotes.txt\n```\n\x1b]0;evil\x07 text\u202e\n```\n"

    for arguments in ((), ("--dry-run",)):
        done = run("apply", "-", *arguments, stdin=reply.encode())
        assert "\x1b" not in done.stdout + done.stderr
        assert "\u202e" not in done.stdout + done.stderr


def test_no_library_of_a_turn_is_loaded(workspace: Path) -> None:
    script = (
        "import sys; from vivek.__main__ import main\n"
        "sys.argv = ['vivek', 'apply', '-']\n"
        "try: main()\n"
        "finally: print(sorted({name.partition('.')[0] for name in sys.modules}), file=sys.stderr)\n"
    )
    bare = {name: value for name, value in environment().items() if not name.startswith("COVERAGE")}
    done = subprocess.run(
        [VIVEK[0], "-c", script],
        cwd=workspace,
        input=region(BODY).encode(),
        env=bare,
        capture_output=True,
        timeout=60,
        check=False,
    )

    assert b"changed till/prices.py" in done.stdout, done.stderr
    loaded = set(eval(done.stderr.splitlines()[-1]))
    assert "vivek" in loaded
    assert loaded & {"langgraph", "langchain_core", "httpx", "tiktoken", "pydantic", "asyncio", "tree_sitter"} == set()


@pytest.mark.pty
def test_a_terminal_is_told_how_to_end_a_pasted_reply(workspace: Path) -> None:
    leader, follower = os.openpty()
    with subprocess.Popen(
        [*VIVEK, "apply", "-"],
        cwd=workspace,
        env=environment(),
        stdin=follower,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as child:
        os.close(follower)
        assert child.stderr is not None
        assert b"Ctrl-D" in child.stderr.readline()
        os.write(leader, region(BODY).encode() + b"\x04")
        out, err = child.communicate(timeout=60)
    os.close(leader)

    assert (child.returncode, out) == (0, b"changed till/prices.py (+1 -2)\n"), err


@pytest.mark.pty
def test_a_dry_run_in_a_terminal_draws_the_words_that_change(workspace: Path) -> None:
    leader, follower = os.openpty()
    done = subprocess.run(
        [*VIVEK, "apply", "-", "--dry-run"],
        cwd=workspace,
        env=environment({"TERM": "xterm-256color"}),
        input=b"README.md\n```\n# Till\n\nAdds up what a shop bought.\n```\n",
        stdout=follower,
        stderr=subprocess.PIPE,
        timeout=60,
        check=False,
    )
    os.close(follower)
    drawn = os.read(leader, 65_536)
    os.close(leader)

    assert done.returncode == 0, done.stderr
    assert b"\x1b[32m+Adds up what a shop \x1b[0m\x1b[7;32mbought\x1b[0m\x1b[32m.\x1b[0m" in drawn
