import asyncio
import stat
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document
from prompt_toolkit.history import InMemoryHistory
from prompt_toolkit.input import PipeInput, create_pipe_input
from prompt_toolkit.output import DummyOutput

from tests.cli.fakes import until
from vivek.cli.completing import MentionCompleter, Mentioning, SlashCompleter, build_completer
from vivek.cli.history import ProjectHistory
from vivek.cli.keys import Keyboard
from vivek.cli.line import Line
from vivek.session.place import open_place

ENTER, ALT_ENTER, CTRL_C, CTRL_D, CTRL_J, UP = "\r", "\x1b\r", "\x03", "\x04", "\n", "\x1b[A"


@dataclass(frozen=True)
class Name:
    """A command."""

    usage: str
    about: str = ""


NAMES = {"/help": Name("/help"), "/exit": Name("/exit"), "/mode": Name("/mode MODE")}


class Which:
    """Asks for one key, and tells when it begins."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()

    async def __call__(self, keyboard: Keyboard) -> str:
        self.begun.set()
        return await keyboard.key("Which? ")


@dataclass
class Keys:
    """A line and the keys that go into it."""

    line: Line
    pipe: PipeInput
    told: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """What stands in the line now."""
        return self.line._session.default_buffer.text

    async def reads(self, *keys: str) -> str:
        """Return what the line gives for these keys."""
        reading = asyncio.create_task(self.line.read())
        for key in keys:
            await asyncio.sleep(0.01)
            self.pipe.send_text(key)
        async with asyncio.timeout(10):
            return await reading


@asynccontextmanager
async def line_with(
    *,
    hurried: Callable[[], bool] = lambda: False,
    history: InMemoryHistory | None = None,
    mentions: Callable[[str], Sequence[tuple[str, str]]] = lambda _: (),
) -> AsyncIterator[Keys]:
    told: list[str] = []
    with create_pipe_input() as pipe:
        line = Line(
            history or InMemoryHistory(),
            build_completer(NAMES, mentions, lambda kind, begun: [(f"{begun}-{kind}", "")]),
            hurried=hurried,
            tell=told.append,
            source=pipe,
            target=DummyOutput(),
        )
        yield Keys(line, pipe, told)


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        (("hello", ENTER), "hello"),
        ((ENTER, "   ", ENTER, "x", ENTER), "   x"),
        (("a", ALT_ENTER, "b", ENTER), "a\nb"),
        (("a\\", ENTER, "b", ENTER), "a\nb"),
        (("a", CTRL_J, "b", ENTER), "a\nb"),
        (("\x1b[200~one\rtwo\n\x1b[201~", ENTER), "one\ntwo\n"),
        (("wrong", CTRL_C, "right", ENTER), "right"),
    ],
)
async def test_keys_become_a_message(keys: tuple[str, ...], text: str) -> None:
    async with line_with() as typed:
        assert await typed.reads(*keys) == text


async def test_ctrl_d_leaves() -> None:
    async with line_with() as typed:
        with pytest.raises(EOFError):
            await typed.reads(CTRL_D)


async def test_a_second_ctrl_c_leaves_and_the_first_says_so() -> None:
    async with line_with() as typed:
        # A KeyboardInterrupt that ends a task would end the test run.
        async def leaves() -> bool:
            try:
                await typed.line.read()
            except KeyboardInterrupt:
                return True
            return False

        leaving = asyncio.create_task(leaves())
        await asyncio.sleep(0.01)
        typed.pipe.send_text(CTRL_C)
        await until(lambda: typed.told)
        assert typed.told == ["Ctrl-C again, or Ctrl-D, leaves."]
        typed.pipe.send_text(CTRL_C)

        assert await asyncio.wait_for(leaving, 10)


async def test_typing_after_ctrl_c_stays_in_the_chat() -> None:
    async with line_with() as typed:
        assert await typed.reads(CTRL_C, "x", CTRL_C, "y", ENTER) == "y"


async def test_ctrl_c_right_after_a_stopped_turn_leaves() -> None:
    async with line_with(hurried=lambda: True) as typed:

        async def leaves() -> bool:
            try:
                await typed.line.read()
            except KeyboardInterrupt:
                return True
            return False

        typed.pipe.send_text(CTRL_C)
        assert await asyncio.wait_for(leaves(), 10)


async def test_a_multi_line_message_comes_back_from_history() -> None:
    history = InMemoryHistory()
    async with line_with(history=history) as typed:
        assert await typed.reads("a", ALT_ENTER, "b", ENTER) == "a\nb"
        assert await typed.reads(UP, ENTER) == "a\nb"


async def test_who_waits_for_the_prompt_is_called_once_it_is_drawn() -> None:
    calls: list[bool] = []
    async with line_with() as typed:
        reading = asyncio.create_task(typed.line.read(lambda: calls.append(typed.line.active)))
        await until(lambda: calls)
        for key in ("a", "b", ENTER):
            typed.pipe.send_text(key)
            await asyncio.sleep(0.02)
        await reading

    assert calls == [True]


async def test_lines_are_written_above_the_prompt_or_just_written() -> None:
    written: list[str] = []
    async with line_with() as typed:
        await typed.line.above(lambda: written.append("before"))
        reading = asyncio.create_task(typed.line.read())
        await until(lambda: typed.line.active)
        await typed.line.above(lambda: written.append("above"))
        typed.pipe.send_text("x" + ENTER)
        assert await reading == "x"

    assert written == ["before", "above"]


async def test_a_question_takes_one_line() -> None:
    async with line_with() as typed:
        asking = asyncio.create_task(typed.line.ask("Apply? "))
        typed.pipe.send_text("n" + ENTER)
        assert await asyncio.wait_for(asking, 10) == "n"


async def test_something_has_the_keyboard_for_a_moment_and_the_line_goes_on() -> None:
    async with line_with() as typed:
        reading = asyncio.create_task(typed.line.read())
        await until(lambda: typed.line.active)
        which = Which()
        asking = asyncio.create_task(typed.line.aside(which))
        await asyncio.wait_for(which.begun.wait(), 10)
        typed.pipe.send_text("2hello")
        assert await asyncio.wait_for(asking, 10) == "2"
        typed.line.type("!")
        typed.pipe.send_text(ENTER)

        assert await asyncio.wait_for(reading, 10) == "hello!"


async def test_whoever_types_is_asked_afterwards() -> None:
    async with line_with() as typed:
        reading = asyncio.create_task(typed.line.read())
        await until(lambda: typed.line.active)
        typed.pipe.send_text("hel")
        await until(lambda: typed.text == "hel")
        asking = asyncio.create_task(typed.line.aside(lambda keyboard: keyboard.key("Which? ")))
        typed.pipe.send_text("lo")
        await until(lambda: typed.text == "hello")
        assert not asking.done()
        typed.pipe.send_text(ENTER)
        assert await asyncio.wait_for(reading, 10) == "hello"
        typed.pipe.send_text("2")

        assert await asyncio.wait_for(asking, 10) == "2"


async def test_an_emptied_line_is_nobody_typing() -> None:
    async with line_with() as typed:
        reading = asyncio.create_task(typed.line.read())
        await until(lambda: typed.line.active)
        typed.pipe.send_text("x")
        await until(lambda: typed.text == "x")
        which = Which()
        asking = asyncio.create_task(typed.line.aside(which))
        typed.pipe.send_text("\x7f")
        await asyncio.wait_for(which.begun.wait(), 10)
        typed.pipe.send_text("3")
        assert await asyncio.wait_for(asking, 10) == "3"
        typed.pipe.send_text("y" + ENTER)

        assert await asyncio.wait_for(reading, 10) == "y"


@pytest.mark.parametrize(
    ("text", "names"), [("/", ["/help", "/exit", "/mode"]), ("/h", ["/help"]), ("/help x", []), ("help", []), ("", [])]
)
def test_names_behind_a_slash_are_completed(text: str, names: list[str]) -> None:
    found = SlashCompleter(NAMES).get_completions(Document(text), CompleteEvent())

    assert [completion.text for completion in found] == names


def kept(data: Path) -> list[str]:
    return list(ProjectHistory(data).load_history_strings())


def test_history_is_kept_for_the_project_newest_first(tmp_path: Path) -> None:
    history = ProjectHistory(tmp_path)
    for text in ("one", "two\nlines", "drei ü"):
        history.store_string(text)

    assert kept(tmp_path) == ["drei ü", "two\nlines", "one"]
    file = tmp_path / "cache" / "history"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_history_waits_for_its_folder(tmp_path: Path) -> None:
    data = tmp_path / ".vivek"
    history = ProjectHistory(data)
    history.store_string("one")
    assert not data.exists()
    assert kept(data) == []

    data.mkdir()
    history.store_string("two")

    assert kept(data) == ["two", "one"]


def test_history_skips_what_a_kill_cut_off_and_what_is_huge(tmp_path: Path) -> None:
    history = ProjectHistory(tmp_path)
    history.store_string("whole")
    history.store_string("x" * 30_000)
    with (tmp_path / "cache" / "history").open("ab") as file:
        file.write(b'17\n"cut o')

    assert kept(tmp_path) == ["whole"]


def test_history_reads_only_its_end(tmp_path: Path) -> None:
    history = ProjectHistory(tmp_path)
    for number in range(120):
        history.store_string(f"{number} " + "x" * 10_000)

    texts = kept(tmp_path)
    assert texts[0].startswith("119 ")
    assert 90 < len(texts) < 120


@pytest.mark.parametrize("link", ["cache", "cache/history"])
def test_history_follows_no_link_of_a_repository(tmp_path: Path, link: str) -> None:
    data, elsewhere = tmp_path / ".vivek", tmp_path / "elsewhere"
    (data / "cache").mkdir(parents=True)
    elsewhere.mkdir()
    (elsewhere / "history").write_text('"stolen"\n')
    if link == "cache":
        (data / "cache").rmdir()
        (data / "cache").symlink_to(elsewhere)
    else:
        (data / "cache" / "history").symlink_to(elsewhere / "history")

    ProjectHistory(data).store_string("secret")

    assert kept(data) == []
    assert (elsewhere / "history").read_text() == '"stolen"\n'


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("explain @Ti", "Ti"),
        ("@till/pr", "till/pr"),
        ("explain (@Till.to", "Till.to"),
        ("explain @till/prices.py::disc", "till/prices.py::disc"),
    ],
)
def test_what_stands_behind_an_at_sign_is_completed(text: str, asked: str) -> None:
    completer = MentionCompleter(lambda begun: [(f"{begun}-whole", "a name")])
    [found] = completer.get_completions(Document(text), CompleteEvent())

    assert (found.text, found.start_position) == (f"{asked}-whole", -len(asked))
    assert found.display_meta_text == "a name"


@pytest.mark.parametrize("text", ["explain", "tess@example", "explain @", "explain @Ti now", "`@Ti", "@@Ti", ""])
def test_nothing_else_is_looked_up_while_somebody_types(text: str) -> None:
    def look(begun: str) -> list[tuple[str, str]]:
        raise AssertionError(begun)

    assert list(MentionCompleter(look).get_completions(Document(text), CompleteEvent())) == []


def test_a_project_is_looked_into_when_the_first_mention_is_typed(workspace: Path) -> None:
    mentions = Mentioning(open_place(workspace))
    mentions.close()

    assert list(mentions("pri")) == [("till/prices.py", "file")]
    mentions.close()


async def test_mentions_are_offered_in_the_line() -> None:
    asked: list[str] = []

    def look(begun: str) -> list[tuple[str, str]]:
        asked.append(begun)
        return [("till/prices.py", "file")]

    async with line_with(mentions=look) as keys:
        reading = asyncio.create_task(keys.line.read())
        keys.pipe.send_text("explain @pri")
        await until(lambda: "pri" in asked)
        await until(lambda: keys.line._session.default_buffer.complete_state is not None)
        keys.pipe.send_text("\t")
        await until(lambda: keys.text == "explain @till/prices.py")
        keys.pipe.send_text(ENTER)
        async with asyncio.timeout(10):
            assert await reading == "explain @till/prices.py"
