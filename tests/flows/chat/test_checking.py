"""Checks of a staged change: what ran before is not run again, and a flaky one is called flaky."""

from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any, cast

import pytest

from tests.flows.doubles import four_bytes
from vivek.flows.chat.checking import run_checks
from vivek.flows.chat.state import ChatState
from vivek.flows.context import NodeContext
from vivek.project.tooling.commands import ProjectCommand, Tooling
from vivek.schema.checks import Check
from vivek.schema.commands import Ran
from vivek.schema.events import CheckStarted, Event
from vivek.schema.sandbox import SandboxStatus

TOOLING = Tooling((ProjectCommand("test", ("make", "test"), "Makefile"),))
RED, GREEN = Ran(1, b"1 failed\n", seconds=0.5), Ran(0, b"1 passed\n", seconds=0.5)


class ScriptedBench:
    """A bench whose commands end as a test says."""

    interactive = True

    def __init__(self, ends: Sequence[Ran], *, confines: bool = True, trusted: str = "yes") -> None:
        self.ends = list(ends)
        self.ran: list[tuple[tuple[str, ...], dict[str, bytes | None]]] = []
        self._status = SandboxStatus("bubblewrap" if confines else "none", "overlay", "no user namespaces here")
        self._trusted = trusted
        self._kept: dict[str, Check] = {}

    async def sandbox(self, emit: Callable[[Event], None]) -> SandboxStatus:
        return self._status

    async def run(self, argv: Sequence[str], staged: dict[str, bytes | None], **more: object) -> Ran:
        self.ran.append((tuple(argv), dict(staged)))
        return self.ends.pop(0)

    def tooling(self) -> Tooling:
        return TOOLING

    def trusts(self, command: str, source: str) -> str:
        return self._trusted

    def tree(self) -> str:
        return "as it was"

    def recall(self, key: str) -> Check | None:
        return self._kept.get(key)

    def keep(self, key: str, check: Check) -> None:
        self._kept[key] = check


def context(bench: ScriptedBench) -> tuple[NodeContext, list[Event]]:
    events: list[Event] = []
    store = SimpleNamespace(get=lambda digest: digest.encode())
    files = SimpleNamespace(read=lambda path: b"old\n")
    made: Any = SimpleNamespace(
        bench=bench,
        emit=events.append,
        store=store,
        files=files,
        list_files=lambda: ["a.rb"],
        window=8192,
        count=four_bytes,
    )
    return cast("NodeContext", made), events


STATE = cast("ChatState", {"staged": {"a.rb": "new"}})


@pytest.mark.covers("F-G09")
async def test_a_check_that_passes_the_second_time_is_flaky_and_not_fixed() -> None:
    bench = ScriptedBench([RED, GREEN])
    ctx, _ = context(bench)

    [check] = (await run_checks(STATE, ctx)).checks

    assert check.status == "passed"
    assert "flaky" in check.detail


async def test_the_same_check_on_the_same_files_is_not_run_again() -> None:
    bench = ScriptedBench([GREEN])
    ctx, events = context(bench)

    first = await run_checks(STATE, ctx)
    second = await run_checks(STATE, ctx)

    assert first == second
    assert len(bench.ran) == 1
    assert len([event for event in events if isinstance(event, CheckStarted)]) == 1


@pytest.mark.parametrize(("before", "old"), [([RED, RED], True), ([GREEN], False)])
async def test_a_red_check_is_tried_without_the_change_as_well(before: list[Ran], old: bool) -> None:
    bench = ScriptedBench([RED, RED, *before])
    ctx, _ = context(bench)

    checked = await run_checks(STATE, ctx)

    assert checked.checks[-1].status == "failed"
    assert checked.old is old
    assert bench.ran[-1][1] == {}
    assert bench.ran[0][1] == {"a.rb": b"new"}


async def test_nothing_runs_without_a_sandbox_or_without_trust() -> None:
    for bench in (ScriptedBench([], confines=False), ScriptedBench([], trusted="no")):
        ctx, _ = context(bench)
        [check] = (await run_checks(STATE, ctx)).checks
        assert check.status == "skipped"
        assert not bench.ran


async def test_trust_is_a_question_and_no_answer_of_the_checks() -> None:
    ctx, _ = context(ScriptedBench([], trusted="ask"))

    checked = await run_checks(STATE, ctx)

    assert not checked.checks
    assert checked.question is not None
    assert (checked.question["command"], checked.question["source"]) == ("make test", "Makefile")
