"""Proves one staged file outside of a conversation: does it parse, is it sound, do the project's own checks pass."""

from collections.abc import Callable
from dataclasses import replace

from vivek.flows.proving import Prover, may_run
from vivek.project.checks.planning import plan_checks
from vivek.schema.checks import Check
from vivek.schema.events import Event
from vivek.schema.questions import TrustRequested
from vivek.session.bench import Workbench
from vivek.syntax.check import can_check, parse_error

_MOST_TOLD = 2_000  # characters of a failed check


async def prove_file(
    bench: Workbench,
    emit: Callable[[Event], None],
    path: str,
    texts: tuple[str, str],
    contents: tuple[bytes, bytes],
) -> Check:
    """Return the check that decides about a file: the first that fails, else the last one that ran.

    Args:
        bench: Where the project's own checks run, as far as the user trusts them; nobody is asked.
        emit: Is told what runs.
        path: The file.
        texts: What it says now, and what it would say.
        contents: The same as bytes.
    """
    (old, new), (before, after) = texts, contents
    parsed = _parsed(path, old, new)
    if parsed.status == "failed":
        return parsed
    doubts = bench.doubts({path: before}, {path: after}, request="", reply="")
    if blocked := [doubt.text for doubt in doubts if doubt.level == "block"]:
        return Check("validation", "failed", "; ".join(blocked))
    may = await may_run(bench, emit)
    if isinstance(may, TrustRequested):
        may = Check("tests", "skipped", f"nobody was asked yet whether `{may.command}` may run")
    if isinstance(may, Check):
        return replace(parsed, detail=f"{parsed.detail}; {may.name} skipped: {may.detail}")
    staged = {path: after}
    planned = plan_checks(
        staged,
        bench.tooling(),
        list_files=bench.list_files,
        read=lambda name: staged[name] if name in staged else bench.files.read(name),
    )
    proof = await Prover(bench, emit, cap=_MOST_TOLD, count=len).prove(planned, staged)
    last = proof.checks[-1] if proof.checks else parsed
    return replace(last, status="skipped", detail="it fails in the same way without this fix") if proof.old else last


def _parsed(path: str, old: str, new: str) -> Check:
    """Return whether a text parses; one that did not before need not now."""
    if not can_check(path):
        return Check("parse", "skipped", "no parser for this file")
    error = parse_error(path, new)
    if error is None:
        return Check("parse", "passed", "the file parses")
    if parse_error(path, old) is not None:
        return Check("parse", "skipped", "the file did not parse before either")
    return Check("parse", "failed", error)
