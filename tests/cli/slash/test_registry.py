import time
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any, TypeVar

import pytest

from tests.cli.fakes import FakeChoices, FakeConversation, FakePlace
from vivek.cli.keys import Interrupts
from vivek.cli.slash.jobs import ChatJobs
from vivek.cli.slash.registry import SLASHES, is_slash, run_slash
from vivek.errors import ConfigError
from vivek.schema.events import BudgetSpent
from vivek.schema.report import TurnReport
from vivek.schema.wishes import AS_USUAL, Attached, TurnWish

T = TypeVar("T")


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
    wishes: list[TurnWish] = field(default_factory=list)
    attached: list[Attached] = field(default_factory=list)
    report: TurnReport | None = field(default_factory=lambda: TurnReport("calm-otter-7", "done"))
    kept: str = ""

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

    async def run(self, text: str | None, wish: TurnWish = AS_USUAL) -> TurnReport | None:
        """Note it; the turn is done at once."""
        self.done.append(("run", text))
        self.wishes.append(wish)
        return self.report

    async def stoppable(self, work: Coroutine[Any, Any, T]) -> T:
        """Run it, stopped by Ctrl-C alone."""
        return await Interrupts(time.monotonic).run(work)

    def choose(self, choices: Any) -> None:
        """Take them."""
        self.choices = choices

    def attach(self, attached: Attached) -> None:
        """Keep it."""
        self.attached.append(attached)

    def prefill(self, text: str) -> None:
        """Note it."""
        self.done.append(("prefill", text))

    async def renew(self) -> None:
        """Note it."""
        self.done.append("renew")

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
        ("!ls -l", True),
        ("!", False),
        ("! ", False),
        ("", False),
    ],
)
def test_a_command_is_told_from_a_path(text: str, command: bool) -> None:
    assert is_slash(text) is command


async def test_help_shows_eight_commands_and_the_keys() -> None:
    desk = FakeDesk()

    await run_slash(desk, "/help")

    shown = [line.split()[0] for line in desk.told[0].splitlines() if line.startswith("  /")]
    assert len(shown) == 8
    assert set(shown) <= set(SLASHES)
    assert "`/help all`" in desk.told[0]
    assert "Ctrl-D leaves" in desk.told[0]


async def test_help_all_lists_every_command_under_its_heading() -> None:
    desk = FakeDesk()

    await run_slash(desk, "/help all")

    assert all(f"  {slash.usage} " in f"{desk.told[0]} " for slash in SLASHES.values())
    assert [part.splitlines()[0] for part in desk.told[0].split("\n\n")][:-1] == [
        *dict.fromkeys(slash.group for slash in SLASHES.values())
    ]


@pytest.mark.parametrize("typed", ["/help undo", "/help /undo"])
async def test_help_tells_of_one_command(typed: str) -> None:
    desk = FakeDesk()

    await run_slash(desk, typed)

    assert desk.told == ["/undo [TURN]\n  take back the files of the last applied turn, or of one"]


async def test_help_of_an_unknown_command_names_the_nearest() -> None:
    desk = FakeDesk()

    await run_slash(desk, "/help aprove")

    assert desk.told == ["There is no /aprove.\nhint: did you mean `/approve`?"]


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("/modl", "did you mean `/model`?"),
        ("/thread", "did you mean `/threads`?"),
        ("/zzz", "`/help all` lists what there is"),
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


@pytest.mark.parametrize("typed", ["/mode coder", "/coder"])
async def test_a_mode_holds_from_the_next_turn_on_without_another_session(typed: str) -> None:
    desk = FakeDesk()

    await run_slash(desk, typed)

    assert (desk.choices.mode, desk.done) == ("coder", [])
    assert desk.told == ["mode: coder"]


@pytest.mark.parametrize("typed", ["/mode coder mend it", "/coder  mend it"])
async def test_a_mode_with_something_said_behind_it_is_for_one_turn(typed: str) -> None:
    desk = FakeDesk()

    await run_slash(desk, typed)

    assert desk.choices.mode is None
    assert (desk.done, desk.wishes) == ([("run", "mend it")], [TurnWish(mode="coder")])


async def test_mode_alone_lists_them() -> None:
    desk = FakeDesk()

    await run_slash(desk, "/mode")

    assert desk.done == []
    assert all(f"  {name} " in desk.told[0] for name in ("peer", "architect", "coder", "sdet"))


async def test_a_mode_that_does_not_exist_changes_nothing() -> None:
    desk = FakeDesk()

    with pytest.raises(ConfigError, match="There is no mode `codr`"):
        await run_slash(desk, "/mode codr")

    assert (desk.done, desk.choices.mode) == ([], None)


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


async def test_resume_without_an_id_goes_on_with_the_open_turn() -> None:
    desk = FakeDesk()

    await run_slash(desk, "/resume")

    assert desk.done == [("run", None)]
