"""Runs planned checks on staged files: each input once, flaky ones told from red ones, old failures from new ones."""

import hashlib
import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from vivek.errors import WorkspaceError
from vivek.flows.bench import Bench, Staged
from vivek.project.checks.output import Count
from vivek.project.checks.planning import PlannedCheck, input_hash, verdict
from vivek.project.tooling.commands import ProjectCommand
from vivek.schema.checks import Check
from vivek.schema.events import CheckStarted, Event, OutputDelta
from vivek.schema.questions import TrustRequested

QUICK = 10.0
"""Seconds up to which a failed check is run a second time, to tell a flaky one."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What came of the checks.

    Attributes:
        checks: Those that ran, in order; the last one may have failed.
        old: Whether the failed one fails in the same way without the change.
    """

    checks: tuple[Check, ...]
    old: bool = False


async def may_run(bench: Bench, emit: Callable[[Event], None]) -> ProjectCommand | TrustRequested | Check:
    """Return the command that decides whether the project's own checks run: itself where it may.

    Else what the user must be asked before, or a check that was skipped and says why.
    """
    tooling = bench.tooling()
    command = tooling.test or tooling.lint
    if command is None:
        return Check("tests", "skipped", "no tests were found in this project")
    line, source = shlex.join(command.argv), command.source
    answer = bench.trusts(line, source)
    if answer == "no" or (answer == "ask" and not bench.interactive):
        why = "nobody was asked yet whether they may run" if answer == "ask" else "you do not want them to run"
        return Check("tests", "skipped", f"`{line}`: {why}")
    status = await bench.sandbox(emit)
    if not status.confines:
        return Check("tests", "skipped", f"no sandbox: {status.reason}")
    if answer == "ask":
        return TrustRequested(line, source, status.confinement, "test" if command is tooling.test else "lint")
    return command


@dataclass(frozen=True, slots=True)
class Prover:
    """Runs checks on a bench.

    Attributes:
        bench: Where they run.
        emit: Is told what runs, and what it writes.
        cap: Tokens that the output of a failed check may have.
        count: Returns the tokens of a text.
    """

    bench: Bench
    emit: Callable[[Event], None]
    cap: int
    count: Count

    async def prove(self, planned: Sequence[PlannedCheck], staged: Staged) -> Proof:
        """Run checks one after another, and stop at the first that fails.

        Args:
            planned: The checks, the cheapest first.
            staged: The files that they see in place of the user's.
        """
        checks: list[Check] = []
        for each in planned:
            check = await self._check(each, staged)
            checks.append(check)
            if check.status == "failed":
                return Proof(tuple(checks), old=await self._fails_without(each, check))
        return Proof(tuple(checks))

    async def _check(self, planned: PlannedCheck, staged: Staged) -> Check:
        """Run a check unless it ran on the same files before."""
        key = input_hash(planned.argv, self.bench.tree() + _digest(staged))
        known = self.bench.recall(key)
        if known is not None:
            return known
        self.emit(CheckStarted(planned.name, shlex.join(planned.argv)))
        check, seconds = await self._once(planned, staged)
        if check.status == "failed" and seconds < QUICK:
            again, _ = await self._once(planned, staged)
            if again.status == "passed":
                check = replace(again, detail="flaky: it failed, and passed when it ran again on the same files")
        self.bench.keep(key, check)
        return check

    async def _once(self, planned: PlannedCheck, staged: Staged) -> tuple[Check, float]:
        try:
            ran = await self.bench.run(
                planned.argv,
                staged,
                timeout=planned.timeout,
                on_output=lambda piece: self.emit(OutputDelta(piece.decode("utf-8", "replace"))),
            )
        except WorkspaceError as error:
            return Check(planned.name, "skipped", f"it could not run: {error.message}"), 0.0
        return verdict(planned, ran, cap=self.cap, count=self.count), ran.seconds

    async def _fails_without(self, planned: PlannedCheck, failed: Check) -> bool:
        """Tell whether a check fails in the same way on the user's files as they are."""
        before = await self._check(planned, {})
        return before.status == "failed" and _told(before) == _told(failed)


def _told(check: Check) -> str:
    """Return a check's output without what differs from run to run."""
    return "".join(char for char in check.detail if not char.isdigit())


def _digest(staged: Staged) -> str:
    parts = hashlib.sha256()
    for path in sorted(staged):
        data = staged[path]
        parts.update(path.encode("utf-8", "surrogatepass") + b"\0")
        parts.update(b"-" if data is None else hashlib.sha256(data).digest())
    return parts.hexdigest()
