"""The index behind a conversation: built by a child, out of the way of others, gone at once, and never in the way."""

import asyncio
import os
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from tests.session.conftest import Open, say
from vivek.errors import WorkspaceError
from vivek.flows.context import Answer, Correction, Question
from vivek.providers.adapters.scripted import ScriptedProvider
from vivek.schema.chunk import FinishReason
from vivek.schema.events import Event, Notice
from vivek.schema.index import ContextGathered
from vivek.schema.process import Child
from vivek.schema.report import TurnUsage
from vivek.schema.request import Sampling
from vivek.session.doors.index import find_home, open_lookup
from vivek.session.knowledge.informed import inform
from vivek.session.knowledge.knowing import Knowing
from vivek.session.models.considerate import Considerate
from vivek.session.options import Choices
from vivek.session.place import open_place
from vivek.session.settings import load_settings
from vivek.session.spec import IndexSpec
from vivek.workspace.process import launch

HURRIED = IndexSpec(wait=0.0)
"""A turn that waits for nothing: all is left to the child."""

PATIENT = IndexSpec(wait=120.0)


def nobody(event: Event) -> None:
    """Hear nothing."""


async def until(true: Callable[[], bool], seconds: float = 60) -> None:
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        await asyncio.sleep(0.01)


class Watched:
    """Starts real children and remembers them."""

    def __init__(self) -> None:
        self.children: list[Child] = []
        self.lines: list[bytes] = []
        self.heard: list[bytes] = []

    async def __call__(self, argv: Sequence[str], *, env: Mapping[str, str] | None = None) -> Child:
        """Start one; what is written to it is kept."""
        child = await launch(argv, env=env)
        self.children.append(child)
        return _Overheard(child, self.lines, self.heard)


class _Overheard:
    def __init__(self, child: Child, lines: list[bytes], heard: list[bytes]) -> None:
        self._child, self._lines, self._heard = child, lines, heard
        self.pid, self.diagnostics = child.pid, child.diagnostics
        self.returncode, self.wait, self.stop, self.release = child.returncode, child.wait, child.stop, child.release

    async def read_line(self, timeout: float) -> bytes:
        """Read it on."""
        line = await self._child.read_line(timeout)
        self._heard.append(line)
        return line

    async def write_line(self, line: bytes) -> None:
        """Pass it on."""
        self._lines.append(line)
        await self._child.write_line(line)


@pytest.fixture
def big(workspace: Path) -> Path:
    """Return a project that takes a second or more to index."""
    body = "".join(f"def made_{{0}}_{number}(x):\n    return x + {number}\n\n\n" for number in range(300))
    for number in range(300):
        (workspace / f"made_{number}.py").write_text(body.format(number))
    return workspace


async def test_a_child_builds_what_a_turn_does_not_wait_for(big: Path) -> None:
    watched = Watched()
    ignored = ("made_7.py",)
    async with Knowing(open_place(big), HURRIED, resident=True, ignored=ignored, launcher=watched) as knowing:
        knowing.begin()
        first = await knowing.look("where is `discount`?", nobody)
        assert first is not None
        assert first.name == "search"
        assert [each.path for each in first.lookup.definitions("discount")] == ["till/prices.py"]
        assert [each.path for each in knowing.definitions("discount")] == ["till/prices.py"]
        await until(lambda: bool(watched.children) and watched.children[0].returncode() is not None)
        await asyncio.sleep(0.05)
        then = await knowing.look("where is `made_299_7`?", nobody)
        assert then is not None
        assert then.name == "index"
        assert [each.path for each in then.lookup.definitions("made_299_7")] == ["made_299.py"]
        assert not then.lookup.definitions("made_7_1"), "the child keeps to what is ignored"
    assert len(watched.children) == 1


async def test_what_a_profile_ignores_is_in_no_index_behind_a_conversation(workspace: Path) -> None:
    (workspace / ".vivek").mkdir(mode=0o700)
    (workspace / ".vivek" / "config.toml").write_text('[profiles.ci.project]\nignore = ["/till/prices.py"]\n')
    place = open_place(workspace)
    found = {}
    for profile in (None, "ci"):
        settings = load_settings(place, Choices(profile=profile))
        async with inform(place, replace(settings, index=PATIENT), resident=False) as informed:
            source = await informed.look("where is `discount`?", nobody)
            assert source is not None
            found[profile] = [each.path for each in source.lookup.definitions("discount")]

    assert found == {None: ["till/prices.py"], "ci": []}


async def test_a_conversation_that_ends_with_its_turn_starts_no_child(big: Path) -> None:
    watched = Watched()
    async with Knowing(open_place(big), HURRIED, launcher=watched) as knowing:
        knowing.begin()
        source = await knowing.look("where is `discount`?", nobody)
        building = knowing._building
        assert building is not None
        await asyncio.wait({building})

    assert source is not None
    assert source.name == "search"
    assert watched.children == []


async def test_leaving_takes_a_moment_and_keeps_what_is_done(big: Path) -> None:
    place, watched = open_place(big), Watched()
    knowing = Knowing(place, HURRIED, resident=True, launcher=watched)
    knowing.begin()
    home = find_home(place)

    def begun() -> bool:
        with open_lookup(place, home) as lookup:
            return lookup.status().files > 0

    await until(begun)
    began = time.thread_time()
    await knowing.close()

    assert time.thread_time() - began < 1, "what it had begun was finished first"
    assert watched.children[0].returncode() is not None
    with open_lookup(place, home) as lookup:
        kept = lookup.status()
        assert kept.files > 0
        assert not kept.complete
        assert lookup.refresh().complete
        assert lookup.definitions("made_0_1")


async def test_the_child_waits_while_a_model_computes(big: Path) -> None:
    watched = Watched()
    still: list[float] = []
    async with Knowing(open_place(big), HURRIED, resident=True, launcher=watched) as knowing:

        async def compute(
            question: Question,
            read: Callable[[str, FinishReason], str | Correction],
            usage: TurnUsage,
            emit: Callable[[Event], None],
        ) -> Answer[str]:
            await until(lambda: watched.lines[-1:] == [b"wait"])
            before = -1.0
            while (now := cpu_of(watched.children[0].pid)) != before:  # the file at hand is still read
                before = now
                await asyncio.sleep(0.3)
            assert watched.children[0].returncode() is None
            still.append(now)
            return Answer("", "", "", (), (), "stop", usage)

        knowing.begin()
        await until(lambda: len(watched.heard) > 0)
        ask = Considerate(compute, knowing)  # type: ignore[arg-type]  # it reads replies as text only
        await ask(Question("executor", "", (), 1, Sampling()), _as_it_is, TurnUsage(), nobody)
        assert watched.lines[1:] == [b"wait", b"go"]
        assert still
        await until(lambda: watched.children[0].returncode() is not None)
        source = await knowing.look("", nobody)
        assert source is not None
        assert source.name == "index"


async def test_a_child_that_is_killed_costs_the_index_only(big: Path) -> None:
    watched = Watched()
    async with Knowing(open_place(big), HURRIED, resident=True, launcher=watched) as knowing:
        knowing.begin()
        await until(lambda: bool(watched.children))
        os.kill(watched.children[0].pid, signal.SIGKILL)
        heard: list[Event] = []
        await until(lambda: watched.children[0].returncode() is not None)
        await asyncio.sleep(0.05)
        source = await knowing.look("where is `discount`?", heard.append)
        again = await knowing.look("where is `discount`?", heard.append)

    assert source is not None
    assert again is not None
    assert source.name == "search"
    assert [event for event in heard if isinstance(event, Notice)] == [
        Notice("There is no index: The process that builds it ended early.", "`vivek index build` says more.")
    ]


async def test_a_child_that_cannot_be_started_is_told_once(big: Path) -> None:
    async def refuse(argv: Sequence[str], *, env: Mapping[str, str] | None = None) -> Child:
        msg = "`python` cannot be started."
        raise WorkspaceError(msg, hint="Look for memory.")

    async with Knowing(open_place(big), HURRIED, resident=True, launcher=refuse) as knowing:
        heard: list[Event] = []
        for _ in range(3):
            source = await knowing.look("where is `discount`?", heard.append)
            assert source is not None
    assert heard == [Notice("There is no index: `python` cannot be started.", "Look for memory.")]


async def test_an_index_that_cannot_be_used_is_told_and_the_turn_goes_on(workspace: Path, open_at: Open) -> None:
    (workspace / ".vivek").mkdir(mode=0o700)
    (workspace / ".vivek/index.db").mkdir()  # no file
    provider = ScriptedProvider(["It takes a percentage off."])
    async with open_at(lambda: provider) as session:
        heard = await say(session, "what does `discount` do?")

    assert heard.report.status == "done"
    assert [event.text for event in heard.of(Notice) if isinstance(event, Notice) and "index" in event.text]
    assert "return price - price * percent // 100" in provider.requests[0].messages[-1].content


async def test_a_change_of_a_file_is_known_to_the_next_turn(workspace: Path) -> None:
    async with Knowing(open_place(workspace), PATIENT) as knowing:
        before = await knowing.look("", nobody)
        assert before is not None
        assert not before.lookup.definitions("refund")
        (workspace / "till/refund.py").write_text("def refund(): ...\n")
        after = await knowing.look("", nobody)
        assert after is not None
        assert [each.path for each in after.lookup.definitions("refund")] == ["till/refund.py"]
        assert [each.path for each in knowing.definitions("refund")] == ["till/refund.py"]


async def test_a_switched_off_index_looks_nothing_up(
    workspace: Path, open_at: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIVEK_INDEX_ENABLED", "false")
    provider = ScriptedProvider(["It takes a percentage off."])
    async with open_at(lambda: provider, resident=True) as session:
        heard = await say(session, "what does `discount` do?")

    assert heard.of(ContextGathered) == []
    assert not (workspace / ".vivek/index.db").exists()


async def test_the_home_folder_is_never_looked_through(home: Path) -> None:
    (home / "private.py").write_text("def private(): ...\n")
    async with Knowing(open_place(home), PATIENT, resident=True) as knowing:
        knowing.begin()
        assert await knowing.look("where is `private`?", nobody) is None
        assert knowing.definitions("private") == ()


async def test_a_long_build_is_told_when_it_is_done(big: Path) -> None:
    ticks = iter(float(number) for number in range(0, 100_000, 3))
    async with Knowing(open_place(big), HURRIED, resident=True, clock=lambda: next(ticks)) as knowing:
        knowing.begin()
        told: list[Notice] = []

        def hear() -> bool:
            told.extend(knowing.take_news())
            return bool(told)

        await until(hear)

    assert told[0].text.startswith("Indexed 304 files with ")


async def test_a_damaged_index_is_made_anew_and_told(workspace: Path) -> None:
    place = open_place(workspace)
    async with Knowing(place, PATIENT) as knowing:
        await knowing.look("", nobody)
    (workspace / ".vivek/index.db").write_bytes(b"SQLite format 3\0" + b"x" * 8_000)
    for side in workspace.glob(".vivek/index.db-*"):
        side.unlink()
    heard: list[Event] = []
    async with Knowing(place, PATIENT) as knowing:
        source = await knowing.look("", heard.append)

    assert source is not None
    assert source.lookup is not None
    assert source.name == "index"
    assert len(heard) == 1


def cpu_of(pid: int) -> float:
    """Return the CPU seconds that a process has taken."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _as_it_is(reply: str, finish: FinishReason) -> str:
    return reply
