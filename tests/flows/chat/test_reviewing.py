"""The reviewer's verdict on a change that takes several calls, and on one that takes too many."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from tests.flows.doubles import Said, Server, asker_of, four_bytes
from vivek.flows.chat.nodes.reviewer import MOST_PARTS, review_change
from vivek.flows.chat.state import ChatState
from vivek.flows.context import NodeContext
from vivek.prompts.templates import SHIPPED
from vivek.prompts.transcript import Transcript
from vivek.providers.profiles import profile_for
from vivek.schema.events import Event, Notice, ReviewDone
from vivek.schema.models import ModelInfo
from vivek.workspace.store import Store


def verdict(score: float | None, feedback: str = "Fine.", *, needs_work: bool = False) -> str:
    return json.dumps({"feedback": feedback, "needs_work": needs_work, "score": score})


def diff(files: int) -> str:
    """Return a change of so many files, about 600 tokens each."""
    body = "".join(f"+number {n} of the file\n" for n in range(100))
    return "".join(f"diff --git a/{n}.py b/{n}.py\n@@ -0,0 +1,100 @@\n{body}" for n in range(files))


async def judge(
    said: list[Said | str], files: int, tmp_path: Path, window: int = 2_000
) -> tuple[dict[str, Any], list[Event], Server]:
    """Review a change of so many files in a window that has room for one or two of them."""
    server, events = Server(said), list[Event]()
    with Store.open(tmp_path) as store:
        transcript = Transcript(store)
        state = {
            "depth": "full",
            "head": transcript.begin_generation("Rules."),
            "diff": store.put_text(diff(files)),
            "checks": [],
        }
        ctx = SimpleNamespace(
            store=store,
            transcript=transcript,
            ask=asker_of(server, transcript, window=window),
            emit=events.append,
            count=four_bytes,
            window=window,
            templates=SHIPPED,
            profile_of=lambda node: profile_for(ModelInfo("m")),
        )
        update = await review_change(cast(ChatState, state), cast(NodeContext, ctx))
    return dict(update), events, server


async def test_the_worst_verdict_on_the_parts_counts(tmp_path: Path) -> None:
    said: list[Said | str] = [verdict(1.0), verdict(0.3, "Mend 1.", needs_work=True), verdict(0.9)]

    update, events, server = await judge(said, 3, tmp_path)

    assert update["review"] == {"score": 0.3, "needs_work": True, "feedback": "Mend 1."}
    assert update["notices"] == ["A reviewer of your change says: Mend 1."]
    assert "head" not in update
    assert [request.messages[-1].content.count("diff --git") for request in server.requests] == [1, 1, 1]
    assert len([event for event in events if isinstance(event, ReviewDone)]) == 1


async def test_one_verdict_without_a_score_leaves_all_without_one(tmp_path: Path) -> None:
    update, _, _ = await judge([verdict(1.0), verdict(None, "Unclear.")], 2, tmp_path)

    assert update["review"] == {"score": None, "needs_work": False, "feedback": "Fine. Unclear."}


async def test_what_would_take_too_many_calls_is_named_and_not_judged(tmp_path: Path) -> None:
    files = 3 * MOST_PARTS
    update, events, server = await judge([verdict(1.0)] * MOST_PARTS, files, tmp_path)

    assert len(server.requests) == MOST_PARTS
    assert update["review"]["score"] is None
    judged = sum(request.messages[-1].content.count("diff --git") for request in server.requests)
    left = f"Too large to be judged: {', '.join(f'{n}.py' for n in range(judged, files))}."
    assert update["review"]["feedback"] == f"{'Fine. ' * MOST_PARTS}{left}"
    assert Notice(left, hint="Read this part of the diff with care.") in events


async def test_a_change_without_any_room_to_judge_it_gets_no_verdict_and_the_turn_goes_on(tmp_path: Path) -> None:
    update, events, server = await judge([], 1, tmp_path, window=800)

    assert server.requests == []
    assert update["review"] == {"score": None, "needs_work": False, "feedback": "The change is too large to be judged."}
    assert update["notices"] == []
    told = [event.text for event in events if isinstance(event, Notice)]
    assert told[-1].startswith("The change is too large to be judged: The prompt needs ")


@pytest.mark.parametrize("files", [1, 2])
async def test_a_change_that_fits_is_judged_in_one_call_and_its_verdict_belongs_to_the_conversation(
    files: int, tmp_path: Path
) -> None:
    server, events = Server([verdict(1.0)]), list[Event]()
    with Store.open(tmp_path) as store:
        transcript = Transcript(store)
        head = transcript.begin_generation("Rules.")
        state = {"depth": "full", "head": head, "diff": store.put_text(diff(files)), "checks": []}
        ctx = SimpleNamespace(
            store=store,
            transcript=transcript,
            ask=asker_of(server, transcript),
            emit=events.append,
            count=four_bytes,
            window=32_768,
            templates=SHIPPED,
            profile_of=lambda node: profile_for(ModelInfo("m")),
        )
        update = await review_change(cast(ChatState, state), cast(NodeContext, ctx))

        assert len(server.requests) == 1
        assert transcript.messages(update["head"])[-1].content == verdict(1.0)
    assert "The change, not yet applied:" in server.requests[0].messages[-1].content
