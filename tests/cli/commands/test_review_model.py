"""`vivek review` with a model: cost first, findings that were traced again, a valid report however it ends."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from jsonschema import Draft4Validator

from tests.cli.conftest import Vivek
from tests.conftest import REPORT
from tests.session.reviewers import DEFECT, HOLDS, spoil

REPORT_FILE = "till/report.py"
SARIF = json.loads((Path(__file__).parents[2] / "data" / "sarif-2.1.0.json").read_text())
FINDS: Mapping[str, object] = {"findings": [DEFECT]}
NOTHING: Mapping[str, object] = {"findings": []}
Script = Callable[..., str]


@pytest.fixture
def script(workspace: Path, tmp_path: Path) -> Script:
    """Spoil the project, and return what writes a script of replies and names the model that speaks it."""
    spoil(workspace)
    path = tmp_path / "replies.jsonl"

    def write(*replies: Mapping[str, object]) -> str:
        path.write_text("".join(f"{json.dumps(json.dumps(reply))}\n" for reply in replies))
        return f"scripted/{path}"

    return write


NAMED = ("--model", "ollama/small", "--window", "8k")
WHOLE = (FINDS, FINDS, HOLDS, NOTHING, NOTHING)
"""Two questions about the file with the defect, the second look, two questions about the other file."""


def test_what_it_takes_is_said_first_and_the_finding_is_in_the_report(script: Script, vivek: Vivek) -> None:
    model = script(*WHOLE)

    code, out, err = vivek("review", "--model", model, "--fail-on", "high")

    assert code == 3
    assert err.startswith(
        f"{model}: 2 pieces, up to 3 questions each, 4 calls, time unknown, its speed was not measured yet; "
    )
    assert "Ctrl-C keeps what was found\n" in err
    assert f"{REPORT_FILE}:8: high: The first price is left out. [review/wrong-result]" in out
    assert "finder:lines" in out
    assert "no model read them" not in out


def test_the_second_time_nothing_is_asked_and_a_resumed_one_is_the_same(
    script: Script, vivek: Vivek, tmp_path: Path
) -> None:
    model = script(*WHOLE)
    first = json.loads(vivek("review", "--model", model, "--format", "json")[1])
    (tmp_path / "replies.jsonl").unlink()

    code, out, err = vivek("review", "--model", model, "--format", "json")
    again, by_thread, _ = vivek("review", "--thread", first["thread_id"], "--format", "json")

    assert (code, err, again) == (0, "", 0)
    assert json.loads(out) == json.loads(by_thread) == first
    assert first["calls"] == 5


def test_a_model_that_dies_half_way_leaves_a_valid_report_that_can_be_gone_on_with(
    script: Script, vivek: Vivek, workspace: Path
) -> None:
    model = script(*WHOLE[:3])

    code, out, err = vivek("review", "--model", model, "--format", "sarif")
    log = json.loads(out)

    assert code == 5
    Draft4Validator(SARIF).validate(log)
    assert [each["ruleId"] for each in log["runs"][0]["results"]] == ["review/wrong-result"]
    assert log["runs"][0]["invocations"][0]["executionSuccessful"] is False
    thread = err.partition("vivek threads resume ")[2].partition("`")[0]
    assert thread

    script(NOTHING, NOTHING)
    (workspace / REPORT_FILE).write_text(REPORT)
    code, out, err = vivek("threads", "resume", thread)

    assert code == 0
    assert "2 answers kept" not in err, "what is done is not among what is left"
    assert f"{REPORT_FILE}:8: high: The first price is left out." in out, "of the change as it was"
    assert "not read" not in out


def test_a_review_is_gone_on_with_as_a_review_and_not_as_a_turn(script: Script, vivek: Vivek) -> None:
    _, out, _ = vivek("review", "--model", script(), "--format", "json")
    thread = json.loads(out)["thread_id"]

    code, out, err = vivek("threads", "resume", thread, "--format", "jsonl")
    listed = vivek("threads", "list", "--kind", "review")[1]

    assert (code, json.loads(out)["status"]) == (2, "failed")
    assert f"`vivek review --thread {thread}` knows `--format json`" in out + err
    assert thread in listed


@pytest.mark.parametrize("form", ["text", "json", "markdown", "sarif", "github"])
def test_what_was_not_read_is_never_called_free_of_findings(script: Script, vivek: Vivek, form: str) -> None:
    code, out, err = vivek("review", "--model", script(), "--format", form)

    assert code == 5
    assert "No findings." not in out
    assert "Not all of it was read: the model failed" in err
    if form in ("json", "sarif"):
        json.loads(out)


def test_without_a_model_a_line_says_so_and_the_rest_is_the_review(script: Script, vivek: Vivek) -> None:
    code, out, err = vivek("review")

    assert (code, err) == (0, "no model reads it: none was found here; `--no-model` does not look for one\n")
    assert "no model read them" in out


def test_a_model_that_was_named_and_is_not_there_is_an_error(script: Script, vivek: Vivek) -> None:
    code, out, err = vivek("review", "--model", "llamacpp/default", "--base-url", "http://127.0.0.1:9")

    assert (code, out) == (4, "")
    assert "127.0.0.1:9" in err


def test_an_unknown_thread_and_one_with_a_change_of_its_own_are_refused(script: Script, vivek: Vivek) -> None:
    unknown = vivek("review", "--thread", "calm-otter-7")
    both = vivek("review", "--thread", "calm-otter-7", "--staged")

    assert (unknown[0], both[0]) == (2, 2)
    assert "has its change already" in both[2]


def test_a_fix_of_the_model_is_tried_like_any_other(script: Script, vivek: Vivek, workspace: Path) -> None:
    code, out, _ = vivek("review", "--model", script(*WHOLE), "--fix", "--yes", "--fail-on", "high")

    assert code == 0, "what is mended is no finding any more"
    assert "fixes: 1 kept" in out
    assert "[1:]" not in (workspace / REPORT_FILE).read_text()


def test_options_of_models_that_have_no_effect_are_told(script: Script, vivek: Vivek) -> None:
    model = script(FINDS, FINDS, HOLDS)
    stopped = vivek("review", "--model", model, "--format", "json")[1]
    thread = json.loads(stopped)["thread_id"]

    code, out, err = vivek("review", "--no-model", "--effort", "deep", "--format", "json")
    assert (code, json.loads(out)["status"]) == (0, "done")
    assert err == "`--effort` has no effect with `--no-model`.\n"
    assert "`--model` and `--window` have no effect with" in vivek("review", "--no-model", *NAMED)[2]
    assert vivek("review", "--no-model")[2] == ""
    script(NOTHING, NOTHING)
    err = vivek("review", "--thread", thread, "--effort", "deep")[2]
    assert "`--effort` has no effect on a review that is gone on with: it has its own." in err


def test_an_empty_change_asks_nobody(workspace: Path, vivek: Vivek) -> None:
    code, out, err = vivek("review", "--staged", "--model", "scripted/nowhere.jsonl")

    assert (code, err) == (0, "")
    assert "nothing to review" in out
