"""`vivek run`: verdicts without running, runs as the model's tool would, and questions at a terminal."""

import json
import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import Vivek
from vivek.session.trust import Trust

needs_sandbox = pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap is not installed")


def verdict(vivek: Vivek, *arguments: str) -> tuple[str, str]:
    code, out, err = vivek("run", "--explain", "--format", "json", *arguments)
    assert (code, err) == (0, "")
    said = json.loads(out)
    assert list(said) == ["version", "verdict", "rule", "sandbox"]
    return said["verdict"], said["rule"]


def test_explain_says_what_would_become_of_a_text_or_a_list(vivek: Vivek, workspace: Path) -> None:
    assert verdict(vivek, "--sandbox", "off", "ls") == ("ask", "no-sandbox")
    assert verdict(vivek, "ls && rm -rf x; touch made") == ("ask", "destructive")
    assert verdict(vivek, "echo $(touch made)") == ("ask", "substitution")
    assert verdict(vivek, "rm -rf /") == ("refuse", "catastrophe")
    assert verdict(vivek, "ls\x00rm") == ("refuse", "bytes")
    assert verdict(vivek, "--", "git", "push", "--force") == ("ask", "destructive")
    assert verdict(vivek, "--approval", "none", "echo $(id)") == ("refuse", "substitution")
    assert not (workspace / "made").exists()


@needs_sandbox
def test_explain_names_the_sandbox_and_what_always_would_mean(vivek: Vivek) -> None:
    code, out, _ = vivek("run", "--explain", "npm run build")

    assert code == 0
    assert out.splitlines() == [
        "ask: It runs the project's own code. This folder is not trusted.",
        "rule: untrusted",
        "sandbox: bubblewrap, no network, what it writes is not kept",
        "always: would remember `npm run build`",
    ]
    assert verdict(vivek, "ls") == ("allow", "table:ls")


@pytest.mark.covers("C21", "X01")
def test_a_command_is_explained_with_what_cannot_be_seen_as_escapes(vivek: Vivek) -> None:
    _, out, _ = vivek("run", "--explain", "--", "frobnicate", "a\nrule: table:ls")

    assert "\\nrule: table:ls" in out
    assert out.count("\nrule: ") == 1


@needs_sandbox
def test_a_command_runs_apart_and_its_status_is_passed_on(vivek: Vivek, workspace: Path) -> None:
    assert vivek("run", "cat README.md && exit 7") == (7, (workspace / "README.md").read_text(), "")

    code, out, err = vivek("run", "--approval", "all", "echo x > made; cat made; rm-it-not 2>/dev/null; exit 3")

    assert (code, out) == (3, "x\n")
    assert err == "Not kept, as it ran in a sandbox: made.\n"
    assert not (workspace / "made").exists()


@needs_sandbox
@pytest.mark.covers("F-G01", "F-G06")
def test_unusual_ends_are_told(vivek: Vivek) -> None:
    assert vivek("run", "--approval", "all", "--", "no-such-program", "x")[0] == 127
    code, _, err = vivek("run", "--approval", "all", "python3 -c 'import os; os.abort()'")
    assert (code, err) == (134, "The command was killed by SIGABRT.\n")
    code, out, err = vivek("run", "--approval", "all", "--timeout", "0.5", "echo up; sleep 60")
    assert (code, out) == (124, "up\n")
    assert err.startswith("The command was stopped after ")


@needs_sandbox
def test_json_holds_all_that_came_of_it(vivek: Vivek) -> None:
    code, out, err = vivek(
        "run", "--approval", "all", "--format", "json", "--", "sh", "-c", "echo x > made; echo y; exit 2"
    )

    said = json.loads(out)
    assert (code, err) == (2, "Not kept, as it ran in a sandbox: made.\n")
    assert {key: said[key] for key in ("verdict", "rule", "returncode", "ending", "output", "omitted")} == {
        "verdict": "allow",
        "rule": "approval:all",
        "returncode": 2,
        "ending": "exit 2",
        "output": "y\n",
        "omitted": 0,
    }
    assert said["not_kept"] == [{"kind": "new", "path": "made"}]


def test_without_a_terminal_a_question_stays_open(vivek: Vivek, workspace: Path) -> None:
    code, out, err = vivek("run", "touch made; echo $(id)")

    assert (code, out) == (6, "")
    assert "must be asked for" in err
    assert "hint: " in err
    assert not (workspace / "made").exists()


def test_what_is_refused_is_refused_whatever_is_set(vivek: Vivek) -> None:
    code, out, err = vivek("run", "--approval", "all", "--sandbox", "off", "rm -rf *")

    assert (code, out) == (1, "")
    assert "It deletes everything in `*`." in err


def test_without_the_sandbox_a_command_works_on_the_project_itself(vivek: Vivek, workspace: Path) -> None:
    code, out, err = vivek("run", "--approval", "all", "--sandbox", "off", "echo x > made")

    assert (code, out, err) == (0, "", "")
    assert (workspace / "made").read_text() == "x\n"


@needs_sandbox
@pytest.mark.covers("K05")
def test_a_command_sees_no_keys(vivek: Vivek, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-canary-1234567890")

    _, out, _ = vivek("run", "--approval", "all", "env; cat /proc/$PPID/environ | tr '\\0' '\\n'")

    assert "PATH=" in out
    assert "canary" not in out


@needs_sandbox
def test_what_was_remembered_for_the_folder_runs(vivek: Vivek, workspace: Path) -> None:
    assert verdict(vivek, "npm run build") == ("ask", "untrusted")

    Trust.open().allow(workspace, "npm run build")

    assert verdict(vivek, "npm run build") == ("allow", "remembered:npm run build")
    assert verdict(vivek, "npm run evil") == ("ask", "untrusted")


@pytest.mark.parametrize("wrong", ["0", "-1", "ten", "", "1e9", "٣"])
def test_a_wrong_time_limit_is_told(vivek: Vivek, wrong: str) -> None:
    code, _, err = vivek("run", "--timeout", wrong, "ls")

    assert code == 2
    assert "--timeout" in err


def test_no_command_is_a_question_of_usage(vivek: Vivek) -> None:
    assert vivek("run")[0] == 2
    assert verdict(vivek, "") == ("ask", "syntax")
