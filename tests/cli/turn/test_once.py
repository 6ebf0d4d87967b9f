import asyncio
import json
import os
import signal
import subprocess
import sys
from typing import Any, cast

import pytest

from tests.cli.fakes import (
    DIFF,
    THREAD,
    FakeAsker,
    FakeChoices,
    FakeConversation,
    FakeOpener,
    FakePlace,
    Step,
    answered,
    applied,
    edited,
)
from vivek.cli.keys import SignalledError
from vivek.cli.options import Format, Terminal
from vivek.cli.render.console import LiveView
from vivek.cli.render.jsonl import JsonLines, Silent
from vivek.cli.render.plain import PlainView
from vivek.cli.turn.once import choose_view, exit_code, report_errors, run_once
from vivek.errors import ProviderUnavailableError, ThreadError
from vivek.schema.events import Notice, TextDelta
from vivek.schema.report import ErrorReport, TurnReport, TurnStatus

PIPE = Terminal(reads=False, asks=False, draws=False, shows=False)
PERSON = Terminal(reads=True, asks=True, draws=True, shows=True)


def run_turn(
    *steps: Step,
    form: Format = "text",
    text: str | None = "Do it.",
    more: list[Step] | None = None,
    asker: FakeAsker | None = None,
) -> int:
    conversation = FakeConversation([list(steps), more or []], notices=(Notice("Kept aside.", "Look."),))
    view = choose_view(form, PIPE, stream=True)
    place: Any = FakePlace()
    choices: Any = FakeChoices()
    opener = FakeOpener(conversation)
    return asyncio.run(run_once(place, choices, text, form=form, view=view, asker=asker, opener=opener.load()))


def test_an_answer_is_alone_on_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_turn(*answered("It adds up prices.")) == 0

    out, err = capsys.readouterr()
    assert out == "It adds up prices.\n"
    assert err.startswith("Kept aside.\nhint: Look.\n")
    assert err.endswith(f"thread {THREAD}: `vivek chat --thread {THREAD}` goes on\n")


def test_json_is_one_object_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_turn(*answered("It adds up prices."), form="json") == 0

    out, err = capsys.readouterr()
    assert err == ""
    assert out.count("\n") == 1
    shown = json.loads(out)
    assert (shown["version"], shown["thread_id"], shown["status"]) == (1, THREAD, "done")
    assert shown["answer"] == "It adds up prices."


def test_json_lines_end_with_the_same_object(capsys: pytest.CaptureFixture[str]) -> None:
    events = answered("It adds up prices.")
    run_turn(*events, form="json")
    alone = capsys.readouterr().out
    assert run_turn(*events, form="jsonl") == 0

    lines = capsys.readouterr().out.splitlines(keepends=True)
    assert lines[-1] == alone
    # The notice of the session comes first; the report stands for the last event.
    assert [json.loads(line)["event"] for line in lines[:-1]] == [
        "Notice",
        *[type(event).__name__ for event in events[:-1]],
    ]


def test_a_change_without_somebody_to_ask_waits_with_6(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_turn(*edited(), form="json") == 6

    shown = json.loads(capsys.readouterr().out)
    assert shown["status"] == "needs_approval"
    assert shown["diff"] == DIFF
    assert shown["changes"] == [{"path": "app.py", "kind": "modify", "added": 1, "removed": 1, "applied": False}]
    assert shown["checks"][1] == {"name": "tests", "status": "skipped", "detail": "no tests found"}


def test_a_person_is_asked(capsys: pytest.CaptureFixture[str]) -> None:
    more: list[Step] = [*applied()]

    assert run_turn(*edited(), more=more, asker=FakeAsker("y")) == 0
    assert "applied app.py +1 -1" in capsys.readouterr().err


def test_an_error_of_the_session_is_an_object_for_machines(capsys: pytest.CaptureFixture[str]) -> None:
    def work() -> int:
        return run_turn(ThreadError("No open turn.", hint="Ask."), form="json", text=None)

    assert report_errors("json", "calm-otter-7", work) == 2
    shown = json.loads(capsys.readouterr().out)
    assert shown["error"] == {"type": "ThreadError", "message": "No open turn.", "hint": "Ask."}
    assert (shown["status"], shown["thread_id"]) == ("failed", "calm-otter-7")


def test_an_error_of_the_session_is_an_exception_for_people() -> None:
    def work() -> int:
        raise ProviderUnavailableError("No.")

    with pytest.raises(ProviderUnavailableError):
        report_errors("text", None, work)


@pytest.mark.parametrize(
    ("status", "error", "code"),
    [
        ("done", None, 0),
        ("declined", None, 0),
        ("failed", None, 1),
        ("incomplete", None, 5),
        ("needs_approval", None, 6),
        ("needs_answer", None, 6),
        ("cancelled", "TurnCancelledError", 130),
        ("failed", "ModelNotFoundError", 4),
        ("failed", "ContextWindowExceededError", 1),
        ("incomplete", "StreamInterruptedError", 5),
        ("failed", "ConfigError", 2),
        ("failed", "Recovery", 1),
        ("failed", "NoSuchError", 1),
    ],
)
def test_a_status_has_an_exit_code(status: TurnStatus, error: str | None, code: int) -> None:
    report = TurnReport(THREAD, status, error=ErrorReport(error, "No.") if error else None)

    assert exit_code(report) == code


def signalled(number: int, *, form: Format) -> int:
    """Run a turn that a signal reaches while it waits."""

    class Signalling(FakeConversation):
        async def _play(self, script: Any) -> Any:  # Any: as the double has it
            async for event in super()._play(script):
                yield event
                if isinstance(event, TextDelta):
                    os.kill(os.getpid(), number)
                    await asyncio.sleep(30)

    opener = FakeOpener(Signalling([[TextDelta("executor", "half")]]))
    view = choose_view(form, PIPE, stream=True)
    place: Any = FakePlace()
    choices: Any = FakeChoices()
    return asyncio.run(run_once(place, choices, "Do it.", form=form, view=view, asker=None, opener=opener.load()))


def test_ctrl_c_reports_what_was_said_so_far(capsys: pytest.CaptureFixture[str]) -> None:
    assert signalled(signal.SIGINT, form="json") == 130

    shown = json.loads(capsys.readouterr().out)
    assert (shown["status"], shown["answer"]) == ("cancelled", "half")


def test_term_reports_too_and_then_ends(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SignalledError):
        signalled(signal.SIGTERM, form="json")

    assert json.loads(capsys.readouterr().out)["status"] == "cancelled"


def test_text_of_an_interrupted_turn_stays(capsys: pytest.CaptureFixture[str]) -> None:
    assert signalled(signal.SIGINT, form="text") == 130

    out, err = capsys.readouterr()
    assert out == "half\n"
    assert f"hint: `vivek threads resume {THREAD}` goes on" in err


@pytest.mark.parametrize(
    ("form", "terminal", "stream", "kind"),
    [
        ("text", PERSON, True, LiveView),
        ("text", PERSON, False, PlainView),
        ("text", PIPE, True, PlainView),
        ("json", PERSON, True, Silent),
        ("jsonl", PERSON, True, JsonLines),
    ],
)
def test_how_a_turn_is_shown(form: str, terminal: Terminal, stream: bool, kind: type) -> None:
    assert isinstance(choose_view(cast(Format, form), terminal, stream=stream), kind)


def test_a_pipe_loads_no_drawing_library() -> None:
    code = (
        "import sys; from vivek.cli.turn.once import choose_view; from vivek.cli.options import Terminal; "
        "choose_view('text', Terminal(False, False, False, False), stream=True); "
        "print([name for name in ('rich', 'prompt_toolkit', 'pydantic', 'httpx') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)

    assert done.stdout == "[]\n"
