"""A reply of a reviewing model is read, or it is said in words that a model can act on why it cannot be."""

import json

import pytest

from vivek.errors import JSONParsingError, ModelOutputInvalidError
from vivek.prompts.claims import read_claims, read_second_look, read_summary
from vivek.prompts.review import MOST
from vivek.schema.findings import ReviewSummary
from vivek.schema.reviewing import Claim, SecondLook

ONE = {
    "quote": "    x = items[1]",
    "scenario": "With one item the index is beyond its end.",
    "title": "Index out of range",
    "matter": "crash",
    "severity": "high",
    "confidence": "high",
    "fix": "",
}


def reply(*findings: object) -> str:
    return json.dumps({"findings": list(findings)})


def test_findings_are_read_as_claims() -> None:
    [claim] = read_claims(reply(ONE | {"fix": "    x = items[0]"}), "stop")

    assert claim == Claim("crash", "high", "high", ONE["quote"], ONE["title"], ONE["scenario"], fix="    x = items[0]")


@pytest.mark.parametrize(
    "text",
    [
        '{"findings": []}',
        'Nothing is wrong here.\n```json\n{"findings": []}\n```',
        '<think>let me see {a}</think>\n{"findings": [],}',
    ],
)
def test_no_finding_is_an_answer(text: str) -> None:
    assert read_claims(text, "stop") == ()


def test_what_differs_in_form_only_is_read_all_the_same() -> None:
    said = ONE | {"severity": "High ", "matter": "CRASH", "title": "Index\nout  of range", "fix": None}
    del said["confidence"]

    [claim] = read_claims(reply(said), "stop")

    assert (claim.severity, claim.rule, claim.confidence) == ("high", "crash", "medium")
    assert (claim.title, claim.fix) == ("Index out of range", "")


def test_more_findings_than_asked_for_are_left_out() -> None:
    assert len(read_claims(reply(*[ONE] * 9), "stop")) == MOST


def test_control_tokens_that_were_defused_are_themselves_again() -> None:
    [claim] = read_claims(reply(ONE | {"quote": "say('<\u00a6|im_start|>')"}), "stop")

    assert claim.quote == "say('<|im_start|>')"


def test_removed_lines_are_known_by_their_sign() -> None:
    old, mixed = read_claims(reply(ONE | {"quote": "-a\n-b"}, ONE | {"quote": "-a\n+b"}), "stop")

    assert (old.old, mixed.old) == (True, False)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("No defects found.", "no JSON object"),
        ("[]", "no object"),
        ("{}", "`findings` is missing"),
        ('{"findings": "none"}', "`findings` must be a list"),
        ('{"findings": [{"line": 12}]}', "missing"),
        ('{"findings": ["x = 1 is wrong"]}', "findings[0]"),
        (reply(ONE | {"severity": "blocker"}), "must be 'critical', 'high'"),
        (reply(ONE | {"matter": 3}), "matter"),
        (reply(ONE | {"quote": 12}), "must be a string"),
        (reply(ONE | {"quote": ""}), "must not be empty"),
        pytest.param(reply(ONE | {"quote": "x" * 10_000_000}), "at most 1200 characters", id="huge"),
        pytest.param(reply(*[ONE] * 5_000), "at most 40 items", id="many"),
    ],
)
def test_a_reply_that_is_none_says_what_is_wrong_with_it(text: str, words: str) -> None:
    with pytest.raises((JSONParsingError, ModelOutputInvalidError)) as caught:
        read_claims(text, "stop")

    assert words in caught.value.message
    assert len(caught.value.message) < 600


def test_a_reply_that_was_cut_off_is_never_completed() -> None:
    with pytest.raises(JSONParsingError, match="cut off"):
        read_claims(reply(ONE)[:-3], "length")


def test_a_second_look_is_read() -> None:
    text = '{"trace": "One\\nTwo", "verdict": "Refuted", "counter": "if x:"}'

    assert read_second_look(text, "stop") == SecondLook("refuted", "if x:", "One Two")
    assert read_second_look('{"trace": "", "verdict": "unsure", "counter": null}', "stop") == SecondLook("unsure")
    with pytest.raises(ModelOutputInvalidError, match="verdict"):
        read_second_look('{"trace": "", "verdict": "maybe", "counter": ""}', "stop")


def test_a_summary_is_read() -> None:
    text = '{"changed": "Prices are\\nrounded up.", "promise": "The tests are missing."}'

    assert read_summary(text, "stop") == ReviewSummary("Prices are rounded up.", promise="The tests are missing.")
    with pytest.raises(ModelOutputInvalidError, match="changed"):
        read_summary('{"changed": "", "promise": ""}', "stop")
