from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.cli.fakes import FakeChoices, FakeConversation, FakePlace
from vivek.cli.slash.jobs import ChatJobs
from vivek.cli.slash.registry import SLASHES, is_slash, run_slash
from vivek.schema.events import BudgetSpent


@dataclass
class FakeDesk:
    """A chat that only notes what is asked of it."""

    place: Any = field(default_factory=FakePlace)
    choices: Any = field(default_factory=FakeChoices)
    spent: BudgetSpent | None = None
    thread: str | None = "calm-otter-7"
    conversation: FakeConversation | None = field(default_factory=lambda: FakeConversation([]))
    told: list[str] = field(default_factory=list)
    asker: Any = None
    done: list[object] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.jobs = ChatJobs(self.tell)

    def tell(self, text: str) -> None:
        """Keep the lines."""
        self.told.append(text)

    def opened(self) -> FakeConversation | None:
        """Return the session."""
        return self.conversation

    async def release(self) -> None:
        """Note it."""
        self.done.append("release")

    async def reopen(self, choices: Any) -> FakeConversation | None:
        """Note it."""
        self.choices = choices
        self.done.append("reopen")
        return self.conversation

    async def run(self, text: str | None) -> None:
        """Note it."""
        self.done.append(("run", text))

    def leave(self) -> None:
        """Note it."""
        self.done.append("leave")


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("/help", True),
        ("/mode coder", True),
        ("  /exit ", True),
        ("/nosuch", True),
        ("/?", True),
        ("/usr/bin/env is missing", False),
        ("/tmp/x.py: mend it", False),
        ("/", False),
        ("/123", False),
        ("help", False),
        ("", False),
    ],
)
def test_a_command_is_told_from_a_path(text: str, command: bool) -> None:
    assert is_slash(text) is command


async def test_help_lists_every_command_and_the_keys() -> None:
    desk = FakeDesk()

    await run_slash(desk, "/help")

    assert all(slash.usage in desk.told[0] for slash in SLASHES.values())
    assert "Ctrl-D leaves" in desk.told[0]


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("/modl", "did you mean `/model`?"),
        ("/thread", "did you mean `/threads`?"),
        ("/zzz", "`/help` lists what there is"),
    ],
)
async def test_an_unknown_command_names_the_nearest(typed: str, hint: str) -> None:
    desk = FakeDesk()

    await run_slash(desk, typed)

    assert desk.told == [f"There is no {typed}.\nhint: {hint}"]


async def test_exit_leaves() -> None:
    desk = FakeDesk()

    await run_slash(desk, "/exit")

    assert desk.done == ["leave"]


async def test_mode_opens_the_same_thread_in_another_mode() -> None:
    desk = FakeDesk()

    await run_slash(desk, "/mode coder")

    assert (desk.choices.mode, desk.choices.thread) == ("coder", "calm-otter-7")
    assert desk.told == ["mode: coder"]


@pytest.mark.parametrize("words", ["", "wizard"])
async def test_a_mode_that_does_not_exist_changes_nothing(words: str) -> None:
    desk = FakeDesk()

    await run_slash(desk, f"/mode {words}")

    assert desk.done == []
    assert "peer|architect|coder|sdet" in desk.told[0]


async def test_model_shows_or_changes_the_model() -> None:
    desk = FakeDesk(choices=FakeChoices(model="ollama/a", base_url="http://127.0.0.1:1", executor="ollama/e"))

    await run_slash(desk, "/model")
    assert desk.told[0].startswith("scripted/one · 4k window")
    await run_slash(desk, "/model ollama/b")
    assert (desk.choices.model, desk.choices.base_url) == ("ollama/b", "http://127.0.0.1:1")
    assert desk.choices.executor is None, "what works is changed, whoever it was"
    await run_slash(desk, "/model llamacpp/default")
    assert (desk.choices.model, desk.choices.base_url) == ("llamacpp/default", None)


async def test_model_says_when_none_is_open() -> None:
    desk = FakeDesk(conversation=None)

    await run_slash(desk, "/model")

    assert desk.told[0].startswith("No model is open.\nhint: ")


async def test_a_mode_is_not_claimed_when_the_session_does_not_open() -> None:
    desk = FakeDesk(conversation=None)

    await run_slash(desk, "/mode coder")

    assert desk.told == []


async def test_resume_without_an_id_goes_on_with_the_open_turn() -> None:
    desk = FakeDesk()

    await run_slash(desk, "/resume")

    assert desk.done == [("run", None)]
