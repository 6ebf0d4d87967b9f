"""What is said of a command: its verdict as text or as one JSON object, and how it ended."""

import shlex
from collections.abc import Mapping, Sequence

from vivek.cli.render.safe_text import visible
from vivek.schema.commands import Judgement, Ran
from vivek.schema.sandbox import SandboxStatus, Trace

_SHOWN = 8


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
