"""What is saved of a thread."""

import json

import pytest

from vivek.errors import ThreadError
from vivek.flows.chat import packing, state
from vivek.schema.checks import Check
from vivek.schema.edits import ChangeSet, FileEdit
from vivek.schema.plan import Plan
from vivek.schema.report import ModelCalls, TurnUsage
from vivek.schema.review import Review

PLAN = Plan("change", ("one", "two"), ("a.py",), "coder", "")
CHANGES = ChangeSet("t-1-1", (FileEdit("a.py", "modify", "a" * 64, "b" * 64, 1, 2), FileEdit("b", "delete", "c", None)))


def test_values_survive_json() -> None:
    def saved(value: object) -> object:
        return json.loads(json.dumps(value))

    assert packing.unpack_plan(saved(packing.pack_plan(PLAN))) == PLAN  # type: ignore[arg-type]  # JSON
    assert packing.unpack_change_set(saved(packing.pack_change_set(CHANGES))) == CHANGES  # type: ignore[arg-type]  # JSON
    review = Review(None, needs_work=True, feedback="look again")
    assert packing.unpack_review(saved(packing.pack_review(review))) == review  # type: ignore[arg-type]  # JSON
    done = ModelCalls("executor", "openai/x", 1, 3, 4, "ollama/y", "It does not answer.")
    usage = TurnUsage(prompt_tokens=3, calls=1, tokens_per_second=2.5, models=(done,))
    assert packing.unpack_usage(saved(packing.pack_usage(usage))) == usage  # type: ignore[arg-type]  # JSON
    checks = (Check("parse", "passed", "1 file"),)
    assert packing.unpack_checks(saved([packing.pack_check(check) for check in checks])) == checks  # type: ignore[arg-type]  # JSON


def test_figures_of_an_earlier_version_can_be_read() -> None:
    assert packing.unpack_usage({"prompt_tokens": 3, "calls": 1}) == TurnUsage(prompt_tokens=3, calls=1)


def test_a_turn_begins_with_every_key_of_the_turn_reset() -> None:
    declared = set(state.ChatState.__annotations__)

    assert declared > state.THREAD_KEYS
    assert set(state.begin_turn("0" * 64, mode="peer", depth="auto")) == declared - state.THREAD_KEYS


def test_a_state_is_folded_into_two_values_and_back() -> None:
    saved = state.fold({"head": "h", "steps": 1, "files": ["a.py"]}, {})
    assert saved == {"thread": {"head": "h"}, "turn": {"steps": 1, "files": ["a.py"]}}
    assert state.unfold(saved) == {"head": "h", "steps": 1, "files": ["a.py"]}


def test_what_does_not_change_is_not_saved_again() -> None:
    saved = {"thread": {"head": "h"}, "turn": {"steps": 1}}

    assert state.fold({"steps": 2}, saved) == {"turn": {"steps": 2}}
    assert state.fold({"head": "i"}, saved) == {"thread": {"head": "i"}}
    assert state.fold({"head": "h", "steps": 1}, saved) == {}
    assert saved == {"thread": {"head": "h"}, "turn": {"steps": 1}}


@pytest.mark.parametrize("version", [0, 2, "1", None])
def test_a_state_of_another_form_is_refused(version: object) -> None:
    with pytest.raises(ThreadError, match="form"):
        state.check_version({"version": version})


def test_what_the_user_is_told_of_a_change_set() -> None:
    told = packing.changes_of(CHANGES, applied=True)

    assert [(change.path, change.kind, change.added, change.removed, change.applied) for change in told] == [
        ("a.py", "modify", 1, 2, True),
        ("b", "delete", 0, 0, True),
    ]
