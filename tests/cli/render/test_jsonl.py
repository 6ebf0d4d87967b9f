import io
import json

from vivek.cli.render.jsonl import JsonLines, Silent, dump, report_object
from vivek.schema.checks import Check
from vivek.schema.chunk import Usage
from vivek.schema.concerns import Concern
from vivek.schema.edits import FileChange
from vivek.schema.events import ApprovalRequested, CallDone, Event, NodeStarted, TextDelta, TurnDone
from vivek.schema.questions import CommandRequested, TrustRequested
from vivek.schema.report import ErrorReport, TurnReport, TurnUsage
from vivek.schema.review import Review

FULL = TurnReport(
    "calm-otter-7",
    "done",
    answer="ok",
    changes=(FileChange("a.py", "modify", 1, 2, applied=True),),
    diff="--- a",
    checks=(Check("parse", "passed"),),
    review=Review(0.9, needs_work=False, feedback="good"),
    usage=TurnUsage(10, 5, 3, 1, 2.0, 0.5, 12.0),
    model="ollama/x",
)


def test_the_object_has_exactly_the_promised_keys() -> None:
    shown = report_object(FULL)

    assert list(shown) == [
        *("version", "thread_id", "status", "answer", "changes", "diff", "checks", "review", "usage", "model", "error"),
        *("answered_by", "shortened", "question", "reply"),
    ]
    assert shown["version"] == 1
    assert shown["changes"] == [{"path": "a.py", "kind": "modify", "added": 1, "removed": 2, "applied": True}]
    assert shown["review"] == {"score": 0.9, "needs_work": False, "feedback": "good"}
    assert shown["usage"] == {
        "prompt_tokens": 10,
        "cached_tokens": 5,
        "completion_tokens": 3,
        "calls": 1,
        "seconds": 2.0,
        "time_to_first_token": 0.5,
        "tokens_per_second": 12.0,
        "models": [],
    }
    assert json.loads(dump(shown)) == shown


def test_what_is_unknown_is_null() -> None:
    shown = report_object(TurnReport("", "failed", error=ErrorReport("ConfigError", "No.")))

    assert shown["thread_id"] is shown["model"] is shown["review"] is None
    assert shown["error"] == {"type": "ConfigError", "message": "No.", "hint": None}
    usage = shown["usage"]
    assert isinstance(usage, dict)
    assert usage["prompt_tokens"] is usage["tokens_per_second"] is None


def test_json_is_ascii_and_knows_no_nan() -> None:
    line = dump({"text": "\x9b\u2028\u202e\ud800é", "speed": float("nan"), "list": [float("inf"), 1.5], "n": 1})

    assert line.isascii()
    assert json.loads(line)["speed"] is None
    assert json.loads(line)["list"] == [None, 1.5]


def test_every_event_is_one_line_and_the_report_is_left_to_the_caller() -> None:
    out = io.StringIO()
    view = JsonLines(out)
    events: list[Event] = [
        NodeStarted("planner"),
        TextDelta("executor", "a\nb"),
        CallDone("executor", Usage(), 1.0, None),
    ]

    for event in [*events, TurnDone(FULL)]:
        view.show(event)
    view.tick()
    view.tell("not for machines")
    view.close()

    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [line["event"] for line in lines] == ["NodeStarted", "TextDelta", "CallDone"]
    assert lines[1] == {"event": "TextDelta", "node": "executor", "text": "a\nb", "pieces": 1}
    assert lines[2]["usage"]["prompt_tokens"] is None


def test_the_silent_view_does_nothing() -> None:
    view = Silent()

    view.show(NodeStarted("planner"))
    view.tick()
    view.tell("text")
    view.close()


def test_questions_are_lines_with_every_field() -> None:
    out = io.StringIO()
    view = JsonLines(out)
    concern = Concern("V02", "ask", "app.py", "`x` is not defined", 3)
    events: tuple[Event, ...] = (
        ApprovalRequested("diff", (), (), (concern,), ("moved",), (("app.py", "aa"),)),
        TrustRequested("pytest -q", "pyproject.toml", "bubblewrap"),
        CommandRequested("git push", (("git", "push"),), "network", "It leaves.", "none", remember="git push"),
    )
    for event in events:
        view.show(event)

    asked, trust, command = (json.loads(line) for line in out.getvalue().splitlines())
    assert asked["event"] == "ApprovalRequested"
    assert asked["concerns"] == [
        {"check": "V02", "level": "ask", "path": "app.py", "text": "`x` is not defined", "line": 3}
    ]
    assert (asked["notes"], asked["contents"]) == (["moved"], [["app.py", "aa"]])
    assert trust == {
        "event": "TrustRequested",
        "command": "pytest -q",
        "source": "pyproject.toml",
        "sandbox": "bubblewrap",
        "kind": "test",
    }
    assert command == {
        "event": "CommandRequested",
        "command": "git push",
        "argvs": [["git", "push"]],
        "rule": "network",
        "reason": "It leaves.",
        "sandbox": "none",
        "warnings": [],
        "destructive": False,
        "remember": "git push",
        "origin": "",
    }
