from dataclasses import replace

import pytest

from vivek.flows.ledger import Ledger, first_difference
from vivek.schema.chunk import Usage
from vivek.schema.context import CacheLoss
from vivek.schema.messages import Image, Message

RULES = Message("system", "Rules.")
ASKED = Message("user", "What is it? Mode: peer.")
TOLD = Message("assistant", "A price.")


def _usage(prompt: int | None, cached: int | None) -> Usage:
    return Usage(prompt_tokens=prompt, cached_tokens=cached)


def test_a_prompt_that_only_adds_does_not_differ() -> None:
    assert first_difference((RULES, ASKED), (RULES, ASKED, TOLD)) is None
    assert first_difference((RULES,), (RULES,)) is None


@pytest.mark.parametrize(
    ("now", "message", "role", "offset", "was", "is_now"),
    [
        ((RULES, Message("user", "What is it? Mode: coder.")), 2, "user", 18, "peer.", "coder."),
        ((Message("system", "Rules!"), ASKED), 1, "system", 5, ".", "!"),
        ((RULES, Message("user", "What is it? Mode: peer. Now.")), 2, "user", 23, "", " Now."),
        ((RULES,), 2, "", 0, "What is it? Mode: peer.", ""),
        ((RULES, Message("assistant", ASKED.content)), 2, "assistant", 0, ASKED.content, ASKED.content),
        ((RULES, Message("user", ASKED.content, (Image("image/png", b"x"),))), 2, "user", 23, "", ""),
    ],
)
def test_the_first_differing_byte_is_named(
    now: tuple[Message, ...], message: int, role: str, offset: int, was: str, is_now: str
) -> None:
    found = first_difference((RULES, ASKED), now)

    assert found is not None
    assert (found.message, found.role, found.offset) == (message, role, offset)
    assert (found.was, found.now) == (was, is_now)


def test_an_offset_counts_bytes() -> None:
    found = first_difference((Message("user", "Größe 字 1"),), (Message("user", "Größe 字 2"),))

    assert found is not None
    assert found.offset == len("Größe 字 ".encode())


def test_a_cache_that_holds_is_no_loss_whatever_the_bytes() -> None:
    ledger = Ledger()
    ledger.note("planner", (RULES, ASKED), _usage(1_000, 0))
    ledger.note("executor", (RULES, ASKED, TOLD, ASKED), _usage(1_200, 1_000))
    ledger.note("executor", (RULES, ASKED, TOLD, TOLD), _usage(1_200, 1_150))

    assert ledger.lost is None
    assert ledger.calls == 3


def test_a_loss_names_the_byte_the_node_and_when_it_was() -> None:
    ledger = Ledger()
    ledger.note("executor", (RULES, ASKED), _usage(1_000, 0))
    ledger.note("planner", (Message("system", "Rules!"), ASKED), _usage(1_000, 4))
    lost = ledger.lost
    ledger.note("executor", (Message("system", "Rules!"), ASKED, TOLD), _usage(1_100, 1_000))
    later = ledger.lost

    assert lost == CacheLoss("planner", 0, 1_000, 4, 1, "system", 5, ".", "!")
    assert later == replace(lost, calls_ago=1)


def test_a_server_that_lets_go_by_itself_is_told_apart() -> None:
    ledger = Ledger()
    ledger.note("executor", (RULES, ASKED), _usage(1_000, 0))
    ledger.note("executor", (RULES, ASKED, TOLD), _usage(1_100, 12))

    assert ledger.lost is not None
    assert ledger.lost.message is None


def test_where_the_server_says_nothing_of_its_cache_the_bytes_alone_speak() -> None:
    ledger = Ledger()
    ledger.note("executor", (RULES, ASKED), _usage(1_000, None))
    ledger.note("executor", (RULES, ASKED, TOLD), _usage(1_100, None))
    assert ledger.lost is None

    ledger.note("executor", (RULES,), _usage(None, None))

    assert ledger.lost is not None
    assert (ledger.lost.message, ledger.lost.cached) == (2, None)
