"""`vivek apply` as a user meets it: a reply of any chat, pasted or piped into the program itself."""

import json
import subprocess
from pathlib import Path

from tests.end_to_end.conftest import Run

PRICES = "till/prices.py"


def files(workspace: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(workspace)): path.read_bytes()
        for path in workspace.rglob("*")
        if path.is_file() and not {".git", ".vivek"} & set(path.relative_to(workspace).parts)
    }


def region(body: str) -> str:
    return f"**{PRICES}::discount**\n```python\n{body}```\n"


BODY = "def discount(price: int, percent: int) -> int:\n    return round(price - price * percent / 100)\n"
QUOTED = """\
README.md
```
<<<<<<< SEARCH
# Till
=======
# The till
>>>>>>> REPLACE
```
"""
PATCH = """\
*** Begin Patch
*** Add File: notes/new.md
+Hello.
*** End Patch
"""


def test_a_pasted_reply_of_several_dialects_is_applied_and_can_be_taken_back(run: Run, workspace: Path) -> None:
    before = files(workspace)
    reply = f"Sure!\n\n{region(BODY)}\n{QUOTED}\n{PATCH}\nDone."

    done = run("apply", "-", stdin=reply.encode())

    assert done.returncode == 0, done.stderr
    assert sorted(line.split(" (")[0] for line in done.stdout.splitlines()) == [
        "changed README.md",
        f"changed {PRICES}",
        "created notes/new.md",
    ]
    after = files(workspace)
    assert b"return round(price - price * percent / 100)" in after[PRICES]
    assert after["README.md"] == before["README.md"].replace(b"# Till", b"# The till")
    assert after["notes/new.md"] == b"Hello.\n"

    undone = run("undo")
    assert undone.returncode == 0, undone.stderr
    assert files(workspace) == before
    assert not (workspace / "notes").exists()
    assert run("redo").returncode == 0
    assert files(workspace) == after


def test_two_replies_are_taken_back_one_after_the_other(run: Run, workspace: Path) -> None:
    before = files(workspace)
    assert run("apply", "-", stdin=QUOTED.encode()).returncode == 0
    between = files(workspace)
    assert run("apply", "-", stdin=region(BODY).encode()).returncode == 0

    after = files(workspace)
    assert run("undo").returncode == 0
    assert files(workspace) == between
    assert run("undo").returncode == 0
    assert files(workspace) == before
    no_more = run("undo")
    assert (no_more.returncode, no_more.stderr) == (
        2,
        "There is nothing to undo in this project.\nhint: `vivek redo` brings again what was taken back.\n",
    )
    assert run("redo").returncode == 0
    assert files(workspace) == between

    assert run("apply", "-", stdin=region(BODY).encode()).returncode == 0
    assert files(workspace) == after
    assert run("undo").returncode == 0
    assert files(workspace) == between


def test_a_reply_in_a_file_is_read_from_where_the_user_stands(run: Run, workspace: Path, tmp_path: Path) -> None:
    (tmp_path / "reply.md").write_text(region(BODY))

    done = run("apply", str(tmp_path / "reply.md"), cwd=workspace / "till")

    assert (done.returncode, done.stdout) == (0, f"changed {PRICES} (+1 -2)\n"), done.stderr


def test_one_refused_file_holds_back_all_and_the_reason_is_told(run: Run, workspace: Path) -> None:
    before = files(workspace)
    reply = f"{QUOTED}\n{region(BODY.replace('percent: int)', 'percent: int'))}"

    done = run("apply", "-", stdin=reply.encode())

    assert (done.returncode, done.stdout) == (1, "")
    assert f"refused {PRICES}: does not parse\n" in done.stderr
    assert "held back README.md\nNothing was written.\n" in done.stderr
    assert files(workspace) == before
    assert not (workspace / ".vivek").exists()


def test_a_dry_run_shows_a_diff_that_git_applies_and_writes_nothing(run: Run, workspace: Path) -> None:
    before = files(workspace)
    reply = f"{region(BODY)}\n{QUOTED}\n{PATCH}".encode()

    done = run("apply", "-", "--dry-run", stdin=reply)

    assert done.returncode == 0, done.stderr
    assert "would change README.md (+1 -1)\n" in done.stderr
    assert "would create notes/new.md (+1 -0)\n" in done.stderr
    assert files(workspace) == before
    assert not (workspace / ".vivek").exists()
    subprocess.run(["git", "apply"], cwd=workspace, input=done.stdout.encode(), check=True, timeout=60)
    by_git = files(workspace)
    subprocess.run(["git", "checkout", "-q", "."], cwd=workspace, check=True, timeout=60)
    (workspace / "notes" / "new.md").unlink()
    assert run("apply", "-", stdin=reply).returncode == 0
    assert files(workspace) == by_git


def test_json_says_what_became_of_each_file(run: Run, workspace: Path) -> None:
    done = run("apply", "-", "--format", "json", stdin=f"{region(BODY)}\nneed: README.md\n".encode())

    report = json.loads(done.stdout)
    assert list(report) == ["version", "applied", "files", "refused", "asked", "left", "diff", "concerns"]
    assert (done.returncode, report["version"], report["applied"], report["asked"]) == (0, 1, True, ["README.md"])
    assert report["files"] == [
        {"path": PRICES, "status": "applied", "kind": "modify", "added": 1, "removed": 2, "notes": [], "look_twice": ""}
    ]
    assert report["diff"].startswith(f"diff --git a/{PRICES} b/{PRICES}\n")

    refused = run("apply", "-", "--format", "json", stdin=f"{QUOTED}\n{PRICES}::gone\n```\nx\n```\n".encode())
    report = json.loads(refused.stdout)
    assert (refused.returncode, report["applied"]) == (1, False)
    assert [(each["path"], each["status"]) for each in report["files"]] == [("README.md", "held_back")]
    assert [(each["path"], each["reason"]) for each in report["refused"]] == [(PRICES, "no such symbol")]
    assert report["refused"][0]["feedback"].startswith(f"`{PRICES}` was not changed")


def test_what_belongs_to_no_file_is_left_alone_and_told(run: Run) -> None:
    done = run("apply", "-", stdin=f"{QUOTED}\nThen run:\n```sh\nmake\n```\n\n```\nx = 1\n```\n".encode())

    assert (done.returncode, done.stdout) == (0, "changed README.md (+1 -1)\n")
    assert done.stderr == "left alone: 2 fences without the path of a file\n"


def test_what_is_already_so_is_no_refusal(run: Run, workspace: Path) -> None:
    assert run("apply", "-", stdin=region(BODY).encode()).returncode == 0

    again = run("apply", "-", stdin=f"{region(BODY)}\n{QUOTED}".encode())

    assert (again.returncode, again.stdout) == (0, "changed README.md (+1 -1)\n")
    assert f"unchanged {PRICES}\n" in again.stderr
    assert run("apply", "-", stdin=region(BODY).encode()).returncode == 0


def test_files_that_run_by_themselves_are_applied_and_pointed_out(run: Run, workspace: Path) -> None:
    done = run("apply", "-", stdin=b"Makefile\n```\nall:\n\ttrue\n```\n")

    assert (done.returncode, done.stdout) == (0, "created Makefile (+2 -0)\n")
    assert "look twice: Makefile runs by itself later\n" in done.stderr
    assert (workspace / "Makefile").read_bytes() == b"all:\n\ttrue\n"


def test_an_ignored_file_that_is_there_is_changed_and_not_made_anew(run: Run, workspace: Path) -> None:
    (workspace / ".gitignore").write_text("local.cfg\n")
    (workspace / "local.cfg").write_text("a = 1\nb = 2\n")

    done = run("apply", "-", stdin=b"local.cfg\n```\na = 1\nb = 3\n```\n")

    assert (done.returncode, done.stdout) == (0, "changed local.cfg (+1 -1)\n"), done.stderr
    assert run("undo").returncode == 0
    assert (workspace / "local.cfg").read_text() == "a = 1\nb = 2\n"


def test_of_a_reply_that_says_it_twice_one_form_can_be_named(run: Run, workspace: Path) -> None:
    diff = "```diff\n--- a/README.md\n+++ b/README.md\n@@ -1 +1 @@\n-# Till\n+# The till\n```\n"
    rest = (workspace / "README.md").read_text().removeprefix("# Till")
    whole = f"So that it reads:\n\nREADME.md\n```markdown\n# The till{rest}```\n"

    twice = run("apply", "-", stdin=f"{diff}\n{whole}".encode())
    once = run("apply", "-", "--dialect", "udiff", stdin=f"{diff}\n{whole}".encode())

    assert (twice.returncode, twice.stdout) == (1, "")
    assert (once.returncode, once.stdout) == (0, "changed README.md (+1 -1)\n"), once.stderr
    assert (workspace / "README.md").read_text() == f"# The till{rest}"


def test_what_is_doubtful_about_a_change_is_told_beside_it(run: Run, workspace: Path) -> None:
    body = "def discount(price: int, percent: int) -> int:\n    return eval(prise)\n"

    done = run("apply", "-", "--dry-run", stdin=region(body).encode())
    told = json.loads(run("apply", "-", "--format", "json", stdin=region(body).encode()).stdout)

    assert f"look: {PRICES}:" in done.stderr
    assert "`prise`" in done.stderr
    assert f"note: {PRICES}:" in done.stderr
    assert {(each["check"], each["level"]) for each in told["concerns"]} >= {("V02", "ask"), ("V11", "note")}
    assert told["applied"]
    assert b"prise" in (workspace / PRICES).read_bytes()
