"""What a model is told when its reply cannot be used: the twenty commonest ways to fail, word for word."""

import json

import pytest

from vivek.errors import JSONParsingError, ModelOutputInvalidError
from vivek.prompts.parse import parse_plan, parse_review, reask_text
from vivek.schema.chunk import FinishReason

PLAN = {"kind": "change", "steps": ["Rename f to g"], "files": ["a.py"], "mode": "coder", "question": ""}
REVIEW = {"feedback": "Right.", "needs_work": False, "score": 0.9}
LONGEST = 300


def plan(**wrong: object) -> str:
    return json.dumps({name: value for name, value in (PLAN | wrong).items() if value != "gone"})


FAILURES: dict[str, tuple[str, FinishReason]] = {
    "prose": ("I would rename f to g in a.py.", "stop"),
    "nothing": ("", "stop"),
    "cut off": (plan()[:40], "length"),
    "cut off without an object": ("First I would", "length"),
    "ended without its end": (plan()[:-20], "stop"),
    "a quote without backslash": ('{"kind": "change", "steps": ["Write "x", "y" and z", "a"], "files": []}', "stop"),
    "a quote missing": ('{"kind": "change", "steps": ["Rename f to g], "files": []}', "stop"),
    "a value missing": ('{"kind": , "steps": ["Rename f to g"]}', "stop"),
    "something left out": ('{"kind": "change", "steps": ["Rename f to g", ...], "files": []}', "stop"),
    "a backslash": (r'{"kind": "change", "steps": ["Open C:\Users\new"], "files": []}', "stop"),
    "an expression": ('{"kind": "change", "steps": ["a"], "files": files}'.replace("files}", "f(x)}"), "stop"),
    "two objects": (f"{plan()}\n{plan(kind='answer')}", "stop"),
    "a list": ('["Rename f to g"]', "stop"),
    "the schema": ('{"type": "object", "properties": {"kind": {"type": "string"}}}', "stop"),
    "a member missing": (plan(mode="gone"), "stop"),
    "several members missing": ('{"steps": ["Rename f to g"]}', "stop"),
    "a word that is not offered": (plan(kind="refactor"), "stop"),
    "another type": (plan(steps="Rename f to g", question=None), "stop"),
    "too many": (plan(steps=[f"Step {number}" for number in range(9)]), "stop"),
    "too long": (plan(steps=["x" * 200]), "stop"),
}
VERDICTS: dict[str, tuple[str, FinishReason]] = {
    "a score out of ten": (json.dumps(REVIEW | {"score": 8}), "stop"),
    "a score that is no number": ('{"feedback": "Fine.", "needs_work": false, "score": 8/10}', "stop"),
    "a truth in words": (json.dumps(REVIEW | {"needs_work": "no"}), "stop"),
}


def test_a_model_is_told_why_it_is_asked_again(golden) -> None:
    told: list[str] = []
    for name, (reply, finish) in (FAILURES | VERDICTS).items():
        with pytest.raises((JSONParsingError, ModelOutputInvalidError)) as error:
            (parse_review if name in VERDICTS else parse_plan)(reply, finish)
        told.append(f"## {name}\n\n{reask_text(error.value)}")

    golden("reask.md", "\n\n".join(told))
    assert all(len(text) < LONGEST for text in told)
    assert len(FAILURES) == 20
