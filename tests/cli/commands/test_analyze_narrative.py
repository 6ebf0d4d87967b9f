"""What a model tells in `vivek analyze`: beside the facts, never in their place; a thread goes on by its id."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Vivek

PROVED = "The module till/prices.py: Prices in cents [till/prices.py:1]. It earns millions."
REPLIES = (PROVED, "There are 3 modules [M3].", "Noise [M1].", "Noise.", "Recommendation: start with the tests.")


def script(folder: Path, *replies: object) -> str:
    """Return the name of a model that says these; one that is None breaks off."""
    lines = [json.dumps({"text": "The", "finish": None} if each is None else each) for each in replies]
    path = folder / "replies.jsonl"
    path.write_text("\n".join(lines) + "\n")
    return f"scripted/{path}"


def test_without_a_wish_no_model_is_asked(workspace: Path, vivek: Vivek) -> None:
    _, out, err = vivek("analyze", "--format", "json")

    assert json.loads(out)["narrative"] is None
    assert err == ""


def test_a_narrative_stands_beside_the_facts_with_what_it_cites_and_a_second_run_asks_nobody(
    workspace: Path, vivek: Vivek, tmp_path: Path
) -> None:
    model = script(tmp_path, *REPLIES)

    code, out, err = vivek("analyze", "--narrative", "--model", model)

    assert code == 0
    assert err.startswith(f"{model}: 1 part and the whole, 5 calls, time unknown")
    assert out.startswith("the whole repository: 3 modules, ")
    assert "The module till/prices.py: Prices in cents. [till/prices.py:1]" in out
    assert "There are 3 modules. [M1]" in out
    assert "    [M1] the repository has 3 modules\n" in out
    assert "Recommendation: start with the tests." in out
    assert "; 3 sentences that could not be proved left out" in out
    assert "millions" not in out
    assert "What these figures do not cover" in out

    (tmp_path / "replies.jsonl").unlink()
    assert vivek("analyze", "--narrative", "--model", model) == (0, out, "")


def test_a_model_that_dies_leaves_the_facts_and_what_was_told_and_the_thread_goes_on(
    workspace: Path, vivek: Vivek, tmp_path: Path
) -> None:
    model = script(tmp_path, PROVED, None)

    code, out, _ = vivek("analyze", "--model", model)

    assert code == 5
    assert out.startswith("the whole repository: 3 modules, ")
    assert "Prices in cents" in out
    assert "Not all of it was told: the model failed" in out
    thread = out.partition("`vivek threads resume ")[2].partition("`")[0]

    script(tmp_path, *REPLIES[1:])
    code, out, err = vivek("threads", "resume", thread)
    assert (code, "3 modules. [M1]" in out, "Prices in cents" in out) == (0, True, True)
    assert "4 calls" in err
    script(tmp_path)
    again = vivek("analyze", "--thread", thread, "--format", "json")
    assert again[0] == 0
    assert json.loads(again[1])["narrative"]["status"] == "done"


def test_where_no_model_answers_the_facts_are_reported_and_the_code_says_it(workspace: Path, vivek: Vivek) -> None:
    code, out, err = vivek("analyze", "--narrative", "--model", "ollama/none", "--base-url", "http://127.0.0.1:9")

    assert code == 5
    assert out.startswith("the whole repository: 3 modules, ")
    assert "No model tells of it" in err


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--no-model",), "`--no-model` has no place for what a model tells."),
        (("--format", "sarif"), "`--format sarif` has no place for what a model tells."),
    ],
)
def test_what_has_no_place_for_words_is_refused(
    options: tuple[str, ...], told: str, workspace: Path, vivek: Vivek
) -> None:
    code, out, err = vivek("analyze", "--narrative", *options)

    assert (code, out) == (2, "")
    assert told in err


def test_a_thread_that_tells_of_nothing_is_refused(workspace: Path, vivek: Vivek, tmp_path: Path) -> None:
    vivek("ask", "--thread", "calm-otter-7", "--model", script(tmp_path, "Hello."), "hello?")

    code, _, err = vivek("analyze", "--thread", "calm-otter-7")

    assert code == 2
    assert "Thread calm-otter-7 is no narrative." in err
