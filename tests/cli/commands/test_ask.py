import io
import json
import sys

import pytest

from tests.cli.conftest import Vivek

NOBODY = ("--model", "ollama/qwen2.5", "--base-url", "http://127.0.0.1:9")  # nothing listens on the discard port


class Stdin:
    """Standard input with these bytes."""

    def __init__(self, data: bytes) -> None:
        self.buffer = io.BytesIO(data)

    def isatty(self) -> bool:
        """Be no terminal."""
        return False


class Tty(io.StringIO):
    """A terminal."""

    def isatty(self) -> bool:
        """Be one."""
        return True


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "There is no prompt."),
        (("",), "The prompt is empty."),
        (("-",), "The prompt is empty."),
        (("x", "--thread", "a", "--continue"), "`--thread` and `--continue` exclude each other."),
    ],
)
def test_a_turn_without_a_task_is_a_usage_error(
    vivek: Vivek, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], said: str
) -> None:
    monkeypatch.setattr(sys, "stdin", Stdin(b""))

    code, out, err = vivek("ask", *arguments)
    assert (code, out) == (2, "")
    assert err.startswith(f"{said}\nhint: ")

    code, out, err = vivek("ask", *arguments, "--format", "json")
    assert (code, err) == (2, "")
    assert json.loads(out)["error"]["message"] == said


def test_input_that_is_no_text_is_a_usage_error(vivek: Vivek, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", Stdin(b"\xff\xfe"))

    code, _, err = vivek("ask", "-")

    assert code == 2
    assert err.startswith("Standard input is not valid UTF-8 (byte 1).\nhint: ")


@pytest.mark.parametrize("command", ["ask", "chat"])
def test_the_options_of_the_models_are_heard(command: str, vivek: Vivek) -> None:
    code, _, err = vivek(command, "Hi.", *NOBODY, "--window", "8 kilo")
    assert code == 2
    assert err.startswith("`8 kilo` is no size of a window.\nhint: Write it as 4k")

    for option in ("--planner-model", "--executor-model", "--reviewer-model"):
        code, _, err = vivek(command, "Hi.", *NOBODY, "--window", "8k", option, "nobody/x")
        assert code == 2
        assert err.startswith("`nobody/x` names no provider.")


def test_no_server_is_4_for_people_and_machines(vivek: Vivek) -> None:
    code, out, err = vivek("ask", "Hi.", *NOBODY)
    assert (code, out) == (4, "")
    assert "hint: " in err

    code, out, err = vivek("ask", "Hi.", *NOBODY, "--format", "jsonl")
    assert (code, err) == (4, "")
    shown = json.loads(out)
    assert (shown["status"], shown["error"]["type"]) == ("failed", "ProviderUnavailableError")


def test_a_chat_without_a_terminal_takes_its_input_as_one_turn(vivek: Vivek, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", Stdin(b"Hi."))

    code, _, err = vivek("chat", *NOBODY)

    assert code == 4
    assert "hint: " in err


def test_a_chat_with_a_task_needs_no_terminal(vivek: Vivek) -> None:
    assert vivek("chat", "Hi.", *NOBODY)[0] == 4


def test_a_chat_that_cannot_draw_says_what_to_do(vivek: Vivek, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", Tty())

    code, _, err = vivek("chat")

    assert code == 2
    assert err.startswith("A chat needs a terminal to draw on.\nhint: ")
