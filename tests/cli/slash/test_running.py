"""`/run` and `/jobs`: what the user types is judged, asked about, run apart, and held in the background."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.cli.fakes import until
from tests.cli.slash.test_checks import desk_in
from tests.cli.slash.test_registry import FakeDesk
from vivek.cli.render.safe_text import FRAME
from vivek.cli.slash.registry import run_slash
from vivek.errors import ToolDeniedError, WorkspaceError
from vivek.session.trust import Trust

needs_sandbox = pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap is not installed")

WAIT = "until [ -e go ]; do sleep 0.02; done"


@dataclass
class ScriptedAsker:
    """Somebody who gives answers that were written down, or raises what was."""

    answers: list[str | BaseException]
    asked: list[str] = field(default_factory=list)

    async def ask(self, question: str) -> str:
        """Give the next one."""
        self.asked.append(question)
        answer = self.answers.pop(0)
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def discard(self) -> None:
        """Forget nothing: nothing was typed before."""

    async def settle(self, tell: Callable[[str], None]) -> None:
        """Nothing was begun."""

    def queue(self, text: str) -> bool:
        """Keep nothing."""
        return False


def free_desk(root: Path) -> FakeDesk:
    """Return a chat that has no sandbox and asks about nothing."""
    return desk_in(root, sandbox="off", approve="all")


@needs_sandbox
@pytest.mark.covers("X01")
async def test_a_command_runs_apart_and_its_output_comes_as_it_is_but_visible(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    desk = desk_in(workspace, approve="all")

    await run_slash(desk, "/run echo x > made; printf 'do\\033[8mne'; exit 3")

    assert capsys.readouterr().out == "do\\x1b[8mne\n"
    assert desk.told == ["exit 3\nNot kept, as it ran in a sandbox: made."]
    assert not (workspace / "made").exists()


@pytest.mark.covers("C31")
@pytest.mark.parametrize("aside", ["", " &"])
async def test_what_is_refused_is_refused_in_the_background_too(workspace: Path, aside: str) -> None:
    desk = free_desk(workspace)

    with pytest.raises(ToolDeniedError, match="deletes everything") as refused:
        await run_slash(desk, f"/run rm -rf ~{aside}")

    assert refused.value.hint == "Rule: catastrophe."
    assert desk.jobs.held().list() == ()


@pytest.mark.parametrize("answer", ["", "n", EOFError(), KeyboardInterrupt()])
@pytest.mark.parametrize("aside", ["", " &"])
async def test_a_command_that_must_be_asked_for_waits_for_a_yes(
    workspace: Path, answer: str | BaseException, aside: str, capsys: pytest.CaptureFixture[str]
) -> None:
    desk = desk_in(workspace, sandbox="off")
    desk.asker = ScriptedAsker([answer])

    await run_slash(desk, f"/run touch made{aside}")

    assert desk.told == ["not run"]
    assert not (workspace / "made").exists()
    shown = capsys.readouterr().out
    assert "You are about to run a command:" in shown
    assert "WITHOUT a sandbox" in shown
    assert desk.asker.asked == [f"{FRAME} Run it? [y/N/a/?] "]


async def test_a_command_that_is_allowed_runs(workspace: Path) -> None:
    desk = desk_in(workspace, sandbox="off")
    desk.asker = ScriptedAsker(["what?", "y"])

    await run_slash(desk, "/run touch made")

    assert desk.told == ["exit 0"]
    assert (workspace / "made").exists()


@needs_sandbox
async def test_always_is_kept_for_the_folder(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    desk = desk_in(workspace)
    desk.asker = ScriptedAsker(["a"])

    await run_slash(desk, "/run python3 -c 'print(6 * 7)'")
    await run_slash(desk, "/run python3 -c 'print(6 * 7)'")

    assert capsys.readouterr().out.count("42\n") == 2
    assert desk.told == ["exit 0", "exit 0"]
    assert Trust.open().allowed(workspace) == {"python3 -c 'print(6 * 7)'"}


async def test_a_job_is_listed_read_and_told_when_it_ended(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    desk = free_desk(workspace)
    try:
        await run_slash(desk, f"/run echo 'one'; {WAIT}; exit 3 &")
        await until(lambda: desk.jobs.held().output(1))
        assert desk.told[0].startswith("job 1 running: echo 'one'; until ")
        assert "\nsandbox: " in desk.told[0]

        await run_slash(desk, "/jobs")
        assert desk.told[1].split()[:2] == ["1", "running"]
        desk.jobs.tell_ended()
        assert len(desk.told) == 2

        (workspace / "go").touch()
        await until(lambda: desk.jobs.held().list()[0].ran)
        desk.jobs.tell_ended()
        desk.jobs.tell_ended()
        assert len(desk.told) == 3, "an end is told once"
        assert desk.told[2].startswith("job 1 ended (exit 3, ")
        assert desk.told[2].endswith("\nhint: `/jobs output 1` shows what it wrote")

        await run_slash(desk, "/jobs output 1")
        assert capsys.readouterr().out == "one\n"
    finally:
        await desk.jobs.close()


async def test_a_stopped_job_is_not_told_again(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    desk = free_desk(workspace)
    await run_slash(desk, "/run sleep 600 &")

    await run_slash(desk, "/jobs stop 1")
    await run_slash(desk, "/jobs output 1")
    desk.jobs.tell_ended()

    assert desk.told[1:] == ["job 1 stopped: sleep 600"]
    assert capsys.readouterr().out == "It has written nothing.\n"


async def test_closing_ends_every_job_with_all_it_started(workspace: Path) -> None:
    desk = free_desk(workspace)
    for name in ("a", "b"):
        await run_slash(desk, f"/run echo up; (sleep 0.3; touch {name}) & wait &")
    await until(lambda: all(desk.jobs.held().output(number) for number in (1, 2)))

    await desk.jobs.close()

    assert [job.status for job in desk.jobs.held().list()] == ["stopped", "stopped"]
    await run_slash(desk, "/run sleep 0.5")
    assert not (workspace / "a").exists()
    assert not (workspace / "b").exists()


async def test_only_the_end_of_a_long_output_is_shown(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    desk = free_desk(workspace)
    await run_slash(desk, "/run i=0; while [ $i -lt 3000 ]; do echo line $i; i=$((i+1)); done &")
    await until(lambda: desk.jobs.held().list()[0].ran)

    await run_slash(desk, "/jobs output 1")

    shown = capsys.readouterr().out.splitlines()
    assert shown[0] == "[the beginning is left out]"
    assert shown[-1] == "line 2999"
    assert all(line.startswith("line ") for line in shown[1:])
    assert 900 < len(shown) < 1_300


@needs_sandbox
async def test_what_a_job_writes_is_not_kept(workspace: Path) -> None:
    desk = desk_in(workspace, approve="all")
    await run_slash(desk, "/run echo x > made &")
    await until(lambda: desk.jobs.held().list()[0].ran)

    assert "what it writes is not kept; it sees your files as they are now" in desk.told[0]
    assert not (workspace / "made").exists()


async def test_what_the_user_changes_while_a_job_runs_stays(workspace: Path) -> None:
    settings = workspace / ".vivek" / "config.toml"
    settings.parent.mkdir(exist_ok=True)
    desk = free_desk(workspace)
    await run_slash(desk, f"/run echo up; {WAIT} &")
    await until(lambda: desk.jobs.held().output(1))

    settings.write_text('[project]\ntest = "true"\n')
    (workspace / "go").touch()
    await until(lambda: desk.jobs.held().list()[0].ran)

    assert settings.read_text() == '[project]\ntest = "true"\n'


@pytest.mark.parametrize("words", ["echo up &&", r"echo \&", "echo up |&", "echo up >&"])
async def test_only_a_single_mark_at_the_end_means_the_background(workspace: Path, words: str) -> None:
    desk = free_desk(workspace)

    await run_slash(desk, f"/run {words}")

    assert desk.jobs.held().list() == ()
    assert desk.told[-1].startswith("exit ")


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("/run", "hint: `/run pytest -q` runs"),
        ("/run &", "hint: `/run pytest -q` runs"),
        ("/jobs", "No job was started."),
        ("/jobs output", "hint: `/jobs` lists"),
        ("/jobs stop two", "hint: `/jobs` lists"),
        ("/jobs stop ²", "hint: `/jobs` lists"),
        ("/jobs kill 1", "hint: `/jobs` lists"),
    ],
)
async def test_what_cannot_be_meant_is_answered_with_the_usage(workspace: Path, typed: str, told: str) -> None:
    desk = free_desk(workspace)

    await run_slash(desk, typed)

    assert [line[: len(told)] for line in desk.told] == [told]


@pytest.mark.parametrize("what", ["output", "stop"])
async def test_a_job_that_is_not_there_is_named(workspace: Path, what: str) -> None:
    with pytest.raises(WorkspaceError, match="no job 4"):
        await run_slash(free_desk(workspace), f"/jobs {what} 4")
