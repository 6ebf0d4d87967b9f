"""What is said of a command: its verdict as text or as one JSON object, its output, and how it ended."""

import codecs
import shlex
from collections.abc import Mapping, Sequence

from vivek.cli.render.safe_text import SafeStream, one_line, visible
from vivek.schema.commands import Job, Judgement, Ran
from vivek.schema.sandbox import SandboxStatus, Trace

_SHOWN = 8


class LiveOutput:
    """Makes visible what a command writes, piece by piece.

    Attributes:
        in_line: Whether what was shown last is no whole line.
    """

    def __init__(self) -> None:
        self.in_line = False
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._shown = SafeStream()

    def feed(self, piece: bytes) -> str:
        """Return what can be shown now."""
        return self._noted(self._shown.feed(self._decoder.decode(piece)))

    def finish(self) -> str:
        """Return what was held back."""
        return self._noted(self._shown.feed(self._decoder.decode(b"", final=True)) + self._shown.finish())

    def _noted(self, text: str) -> str:
        self.in_line = not text.endswith("\n") if text else self.in_line
        return text


def verdict_object(judged: Judgement, sandbox: SandboxStatus) -> dict[str, object]:
    """Return a verdict as JSON types."""
    return {"verdict": judged.verdict, "rule": judged.rule, "sandbox": sandbox.confinement}


def verdict_text(judged: Judgement, sandbox: SandboxStatus) -> str:
    """Return a verdict as lines: what, why, by which rule, in which sandbox."""
    lines = [f"{judged.verdict}: {judged.reason}", f"rule: {judged.rule}", f"sandbox: {sandbox_text(sandbox)}"]
    lines += [f"command: {' '.join(argv)}" for argv in judged.argvs if len(judged.argvs) > 1]
    lines += [f"warning: {warning}" for warning in judged.warnings]
    if judged.destructive:
        lines.append("warning: it can destroy work; it is asked for each time")
    elif judged.remember:
        lines.append(f"always: would remember `{judged.remember}`")
    return "\n".join(visible(line).replace("\n", "\\n") for line in lines) + "\n"


def sandbox_text(sandbox: SandboxStatus) -> str:
    """Return in a few words what holds commands back."""
    if not sandbox.confines:
        return f"none{f' ({sandbox.reason})' if sandbox.reason else ''}"
    kept = "" if sandbox.view == "none" else ", what it writes is not kept"
    return f"{sandbox.confinement}, no network{kept}"


def ended_text(ran: Ran, dropped: Sequence[Trace]) -> str:
    """Return what is worth knowing after a command: an unusual end, and files whose changes are gone."""
    lines = [] if ran.ending.startswith("exit") else [f"The command was {ran.ending}."]
    paths = list(dict.fromkeys(trace.path for trace in dropped))
    if paths:
        more = f" and {len(paths) - _SHOWN} more" if len(paths) > _SHOWN else ""
        lines.append(f"Not kept, as it ran in a sandbox: {', '.join(paths[:_SHOWN])}{more}.")
    return "".join(visible(line).replace("\n", "\\n") + "\n" for line in lines)


def outcome_text(ran: Ran, dropped: Sequence[Trace]) -> str:
    """Return how a command ended, and the files whose changes are gone."""
    ending = ran.ending if ran.ending.startswith("exit") else ""
    return "\n".join(filter(None, (ending, ended_text(ran, dropped).rstrip("\n"))))


def jobs_table(jobs: Sequence[Job]) -> str:
    """Return background jobs as lines: number, state, seconds, command."""
    wide = max((len(job.status) for job in jobs), default=0)
    return "\n".join(f"{job.id:>3}  {job.status:<{wide}}  {job.seconds:>6.0f} s  {_told(job)}" for job in jobs)


def job_line(job: Job) -> str:
    """Return one background job as it stands."""
    return f"job {job.id} {job.status}: {_told(job)}"


def job_started(job: Job, sandbox: SandboxStatus) -> str:
    """Return that a background job runs, and what holds it back."""
    later = "" if sandbox.view == "none" else "; it sees your files as they are now, not what changes later"
    return f"{job_line(job)}\nsandbox: {sandbox_text(sandbox)}{later}"


def job_ended(job: Job) -> str:
    """Return that a background job ended by itself, and where its output is."""
    told = f"job {job.id} ended ({job.status}, {job.seconds:.0f} s): {_told(job)}"
    return f"{told}\nhint: `/jobs output {job.id}` shows what it wrote" if job.size else told


def own_text(argv: Sequence[str], source: str) -> str:
    """Return a command of the project's own as it is about to be run."""
    return visible(f"$ {shlex.join(argv)}  (from {source})").replace("\n", "\\n")


def ran_object(verdict: Mapping[str, object], ran: Ran, dropped: Sequence[Trace]) -> dict[str, object]:
    """Return what came of a command as JSON types."""
    return {
        **verdict,
        "returncode": ran.returncode,
        "ending": ran.ending,
        "seconds": round(ran.seconds, 3),
        "output": ran.output.decode("utf-8", "replace"),
        "omitted": ran.omitted,
        "not_kept": [{"kind": trace.kind, "path": trace.path} for trace in dropped],
    }


def _told(job: Job) -> str:
    return one_line(job.command)
