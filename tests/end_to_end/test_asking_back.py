"""A question instead of an answer, and the reply of a turn that failed, as scripts meet them."""

import json
from pathlib import Path

from tests.end_to_end.conftest import Run

PRICES = "till/prices.py"
NEW = "def discount(price: int, percent: int) -> int:\n    return 0\n"
EDIT = f"Done.\n\n{PRICES}\n```python\n{NEW}```\n"
WRONG = f"Done.\n\n{PRICES}\n<<<<<<< SEARCH\nno such line\n=======\nx\n>>>>>>> REPLACE\n"
PLAN = {"kind": "change", "steps": ["Round."], "files": [PRICES], "mode": "peer", "question": "Which rounding?"}


def script(folder: Path, *replies: str) -> tuple[str, ...]:
    """Write what the model says; return the options that lead to it."""
    path = folder / "replies.jsonl"
    path.write_text("".join(f"{json.dumps(reply)}\n" for reply in replies))
    return ("--model", f"scripted/{path}")


def test_a_script_gets_the_question_with_its_choices_and_answers_by_a_number(
    run: Run, workspace: Path, tmp_path: Path
) -> None:
    asking = json.dumps(PLAN | {"choices": ["Up", "Down"]})
    thread = ("--thread", "calm-otter-7")
    asked = run("ask", "round everything well", *thread, *script(tmp_path, asking), "--format", "json")
    report = json.loads(asked.stdout)
    assert (asked.returncode, report["status"]) == (6, "needs_answer")
    assert report["question"] == {"text": "Which rounding?", "choices": ["Up", "Down"]}

    listed = run("threads", "list", "--status", "needs_answer", "--format", "json")
    assert [each["id"] for each in json.loads(listed.stdout)["threads"]] == ["calm-otter-7"]
    shown = run("threads", "resume", "calm-otter-7")
    assert shown.returncode == 6
    assert "1. Up\n2. Down" in shown.stdout
    assert "hint: `vivek ask --thread calm-otter-7 ANSWER` answers; a number picks" in shown.stderr

    done = run("ask", "2", *thread, *script(tmp_path, EDIT), "--approve", "edits", "--format", "json")
    assert (done.returncode, json.loads(done.stdout)["question"]) == (0, None)
    assert (workspace / PRICES).read_text().endswith(NEW)


def test_a_turn_that_failed_names_the_file_with_its_reply(run: Run, workspace: Path, tmp_path: Path) -> None:
    failed = run("ask", f"change {PRICES}: halve it", *script(tmp_path, *[WRONG] * 6), "--format", "json")
    kept = json.loads(failed.stdout)["reply"]
    assert failed.returncode == 4
    assert "no such line" in (workspace / kept).read_text()

    told = run("ask", f"change {PRICES}: halve it", *script(tmp_path, *[WRONG] * 6))
    assert "The reply is kept in .vivek/cache/replies/" in told.stderr
    assert "hint: `vivek apply .vivek/cache/replies/" in told.stderr
    (workspace / kept).write_text(EDIT)  # mended by hand
    assert run("apply", kept).returncode == 0
    assert (workspace / PRICES).read_text().endswith(NEW)
