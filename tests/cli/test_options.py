import io
import sys

import pytest

from vivek.cli.options import GuardOptions, ModelOptions, build_choices, look_at_terminal
from vivek.errors import ConfigError


@pytest.mark.parametrize(
    ("approve", "interactive", "policy"),
    [(None, True, None), (None, False, "none"), ("edits", False, "edits"), ("ask", False, "ask")],
)
def test_without_somebody_to_ask_nothing_is_applied_unless_told(
    approve: str | None, interactive: bool, policy: str | None
) -> None:
    choices = build_choices(guards=GuardOptions(approve), interactive=interactive)

    assert (choices.approve, choices.interactive) == (policy, interactive)


def test_what_commands_may_change_is_said_on_the_command_line() -> None:
    assert build_choices(guards=GuardOptions(sandbox="read-only"), interactive=True).sandbox == "read-only"
    assert build_choices(interactive=True).sandbox is None


def test_what_is_said_of_the_models_reaches_the_choices() -> None:
    models = ModelOptions("ollama/a", "http://127.0.0.1:1", "8k", "ollama/p", "ollama/e", "ollama/r")
    choices = build_choices(models=models, interactive=False)

    assert (choices.model, choices.base_url, choices.window) == ("ollama/a", "http://127.0.0.1:1", 8_192)
    assert (choices.planner, choices.executor, choices.reviewer) == ("ollama/p", "ollama/e", "ollama/r")
    assert build_choices(interactive=False).window is None


@pytest.mark.parametrize(("typed", "tokens"), [("4k", 4_096), ("32K", 32_768), (" 65536 ", 65_536), ("1024", 1_024)])
def test_a_window_is_typed_as_people_say_it(typed: str, tokens: int) -> None:
    assert build_choices(models=ModelOptions(window=typed), interactive=False).window == tokens


@pytest.mark.parametrize(
    "typed", ["", "k", "8 k", "8kb", "-8k", "0", "1023", "9.5k", "16385k", "99999999999", "eight", "٨k"]
)
def test_what_is_no_window_is_a_usage_error(typed: str) -> None:
    with pytest.raises(ConfigError, match="no size of a window") as caught:
        build_choices(models=ModelOptions(window=typed), interactive=False)

    assert "8k" in caught.value.hint


def test_a_thread_and_the_newest_one_exclude_each_other() -> None:
    with pytest.raises(ConfigError, match="exclude"):
        build_choices(thread="calm-otter-7", latest=True, interactive=False)


class Tty(io.StringIO):
    """A stream that is a terminal."""

    def isatty(self) -> bool:
        """Be a terminal."""
        return True


@pytest.mark.parametrize(
    ("variables", "draws"),
    [
        ({"TERM": "xterm"}, True),
        ({"TERM": "dumb"}, False),
        ({"TERM": ""}, False),
        ({"TERM": "xterm", "NO_COLOR": "1"}, False),
        ({"TERM": "xterm", "NO_COLOR": ""}, True),
    ],
)
def test_only_an_able_terminal_is_drawn_on(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], draws: bool
) -> None:
    for name in ("stdin", "stdout", "stderr"):
        monkeypatch.setattr(sys, name, Tty())
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    terminal = look_at_terminal()

    assert (terminal.draws, terminal.asks, terminal.reads, terminal.shows) == (draws, True, True, True)


def test_a_pipe_is_no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", Tty())
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    monkeypatch.setattr(sys, "stderr", None)

    terminal = look_at_terminal()

    assert (terminal.draws, terminal.asks, terminal.reads, terminal.shows) == (False, False, True, False)
