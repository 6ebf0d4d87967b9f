"""What is typed while a turn runs; on a real terminal in tests/cli/test_terminal_typing.py."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from prompt_toolkit.input import PipeInput, create_pipe_input

from tests.cli.fakes import until
from vivek.cli.ahead import Ahead
from vivek.cli.folding import Folds

ESC, UP, LEFT, HOME, END, DELETE = "\x1b", "\x1b[A", "\x1b[D", "\x1b[H", "\x1b[F", "\x1b[3~"
CURSOR = "\u258f"


@dataclass
class Typist:
    """Somebody who types, and what came of it."""

    ahead: Ahead
    pipe: PipeInput
    shown: list[tuple[list[str], str]] = field(default_factory=list)
    stopped: int = 0

    def stop(self) -> None:
        """Count."""
        self.stopped += 1

    async def types(self, *keys: str) -> tuple[list[str], str]:
        """Type, each text at once; return what is shown in the end."""
        for text in keys:
            seen = len(self.shown)
            self.pipe.send_text(text)
            await until(lambda seen=seen: len(self.shown) > seen)  # type: ignore[misc]  # mypy: a default in a lambda
            await asyncio.sleep(0.05)  # as long as an escape may be the beginning of something
        return self.shown[-1]


@asynccontextmanager
async def typing(*queued: str) -> AsyncIterator[Typist]:
    with create_pipe_input() as pipe:
        ahead = Ahead(pipe, Folds())
        ahead.queued.extend(queued)
        typist = Typist(ahead, pipe)
        with ahead.reading(changed=lambda: typist.shown.append(ahead.shown()), stop=typist.stop):
            yield typist


@pytest.mark.parametrize(
    ("keys", "draft"),
    [
        (("hello",), f"hello{CURSOR}"),
        (("hello\x7f\x7f",), f"hel{CURSOR}"),
        (("one two\x17",), f"one {CURSOR}"),
        (("one\x15two",), f"two{CURSOR}"),
        (("ac", LEFT, "b"), f"ab{CURSOR}c"),
        (("bc", HOME, "a"), f"a{CURSOR}bc"),
        (("ab", HOME, END, "c"), f"abc{CURSOR}"),
        (("xab", HOME, DELETE), f"{CURSOR}ab"),
        (("a\\\rb",), f"b{CURSOR}"),
        (("a\x1b\rb",), f"b{CURSOR}"),
        (("ü日",), f"ü日{CURSOR}"),
        (("a\x00\x07\x1b[15~b",), f"ab{CURSOR}"),
        (("one\rtwo\r",), CURSOR),
    ],
)
async def test_keys_write_a_message(keys: tuple[str, ...], draft: str) -> None:
    async with typing() as typist:
        assert await typist.types(*keys) == ([], draft)

    assert typist.stopped == 0


async def test_enter_queues_and_messages_keep_their_order() -> None:
    async with typing() as typist:
        assert await typist.types("one", "\r", "two", "\r") == (["one", "two"], "")
        assert await typist.types("  ", "\r") == (["one", "two"], f"  {CURSOR}"), "nothing is no message"


async def test_lines_that_arrive_together_are_one_message() -> None:
    async with typing() as typist:
        await typist.types("one\rtwo\r")
        assert typist.ahead.queued == []
        assert typist.ahead.take_draft() == "one\ntwo\n"


@pytest.mark.parametrize("key", [UP, ESC])
async def test_what_waits_comes_back_before_what_was_begun(key: str) -> None:
    async with typing("one", "two") as typist:
        assert await typist.types("more", key) == (["one"], f"more{CURSOR}")
        assert typist.ahead.take_draft() == "two\nmore"

    assert typist.stopped == 0


async def test_up_moves_within_a_message_of_several_lines_first() -> None:
    async with typing("waits") as typist:
        queued, draft = await typist.types("ab\x1b\rcd", UP)
        assert (queued, draft) == (["waits"], f"ab{CURSOR}")
        assert (await typist.types(UP))[0] == []


async def test_escape_alone_stops_and_a_begun_message_stays() -> None:
    async with typing() as typist:
        await typist.types("begun", ESC)
        await until(lambda: typist.stopped)
        assert typist.ahead.take_draft() == "begun"

    assert typist.stopped == 1


async def test_a_key_with_alt_held_stops_nothing_however_its_bytes_arrive() -> None:
    async with typing() as typist:
        await typist.types("x")
        typist.pipe.send_text("\x1b")
        await asyncio.sleep(0)
        typist.pipe.send_text("b")
        await typist.types("y")

    assert typist.stopped == 0
    assert typist.ahead.take_draft() == "xy"


async def test_an_escape_that_comes_as_the_turn_ends_stops_nothing() -> None:
    async with typing() as typist:
        await typist.types("x")
        typist.pipe.send_text(ESC)
        while typist.ahead._waiting is None:
            await asyncio.sleep(0)

    assert typist.stopped == 0


async def test_ctrl_d_leaves_later_and_can_be_taken_back() -> None:
    async with typing() as typist:
        assert await typist.types("\x04") == (["/exit"], "")
        assert await typist.types(UP) == ([], f"/exit{CURSOR}")


async def test_a_long_paste_is_folded_and_shown_so() -> None:
    text = "".join(f"{number}\r" for number in range(40))
    async with typing() as typist:
        assert await typist.types(f"\x1b[200~{text}\x1b[201~") == ([], f"[pasted 40 lines]{CURSOR}")
        assert await typist.types("\r") == (["[pasted 40 lines]"], "")


async def test_what_was_typed_before_the_turn_began_is_not_lost() -> None:
    with create_pipe_input() as pipe:
        ahead = Ahead(pipe, Folds())
        pipe.send_text("early")
        with ahead.reading(changed=lambda: None, stop=lambda: None):
            await until(lambda: ahead.shown()[1] == f"early{CURSOR}")
