"""Reviews a change without a model: collects it, looks at it with what needs none, reports. No graph, no network."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace

from vivek import __version__
from vivek.analysis.findings.chunks import pieces, receipt_aside, receipt_left_out, receipt_of
from vivek.analysis.findings.tool_findings import findings_in
from vivek.analysis.findings.tool_reports import Told, read_report
from vivek.analysis.findings.verdicts import overall, reading_order, verdicts
from vivek.analysis.validators.markers import injection_markers
from vivek.errors import ConfigError
from vivek.project.changes.finding import load_changes
from vivek.project.changes.versions import Version
from vivek.schema.changes import ChangedFile, Changes, ScopeWish
from vivek.schema.findings import Receipt, ReviewReport, ReviewSummary
from vivek.session.place import Place
from vivek.session.reviewing.cache import Kept, keep, look_key, recall

_UNREAD = ("too large", "not readable")
_LARGEST_REPORT = 32_000_000  # bytes


def collect_changes(place: Place, wish: ScopeWish) -> Changes:
    """Return what is to be reviewed, with the texts of both versions.

    Args:
        place: The project.
        wish: What the user wants; its paths are relative to the project's root.

    Raises:
        ConfigError: If the wish cannot be met: no project, no such revision, a malformed patch ...
        WorkspaceError: If git or a file cannot be read, or the repository names programs for git to run.
    """
    if place.restricted and wish.kind not in ("patch", "files", "lines"):
        msg = f"{place.root} is no project, so there is nothing to compare."
        raise ConfigError(msg, hint="Change into a project, or use `--patch` or `--files`.")
    return load_changes(place.root, wish)


def ingest(place: Place, data: bytes) -> tuple[Told, ...]:
    """Return what another tool found, from its report.

    Args:
        place: The project; paths beneath its root become relative to it.
        data: SARIF 2.1.0, or the JSON of ruff or eslint.

    Raises:
        ConfigError: If it is none of these, or too large.
    """
    if len(data) > _LARGEST_REPORT:
        msg = f"The report has more than {_LARGEST_REPORT // 1_000_000} MB."
        raise ConfigError(msg, hint="Let the tool look at the changed files only.")
    return read_report(data, str(place.root))


def review_static(place: Place, changes: Changes, *, told: Sequence[Told] = (), cached: bool = True) -> ReviewReport:
    """Return what can be found in a change without a model.

    Args:
        place: The project.
        changes: What `collect_changes` returned.
        told: What other tools found, as `ingest` read it; what lies outside of changed lines is left out.
        cached: Whether what was found in the very same change before is taken as it was.
    """
    began = time.monotonic()
    if not changes.files and not changes.left_out:
        return ReviewReport(changes.scope, "empty", told=changes.told, tools={"vivek": __version__})
    found = _found(place, changes, told, cached=cached)
    read = frozenset(receipt.path for receipt in found.receipts if receipt.read_by)
    judged = verdicts(changes.files, found.findings, read=read)
    return ReviewReport(
        scope=changes.scope,
        status="incomplete" if _is_incomplete(changes) else "done",
        findings=found.findings,
        files=judged,
        receipts=(*found.receipts, *(receipt_left_out(path, why) for path, why in changes.left_out)),
        score=overall(judged),
        summary=ReviewSummary(order=reading_order(judged), untested=found.untested),
        tools=dict(found.tools),
        told=(*changes.told, *_spoken(changes), *found.told, *_left_out(changes)),
        seconds=round(time.monotonic() - began, 3),
    )


def _found(place: Place, changes: Changes, told: Sequence[Told], *, cached: bool) -> Kept:
    """Return what is found, from the cache where it has it."""
    version = Version(place.root, changes)
    files = {file.path: file for file in changes.files}
    given = findings_in(told, files)
    key = look_key(place, changes, version, given)
    kept = recall(key, version) if cached else None
    if kept is None:
        # What a repeated review does without is not loaded for it.
        from vivek.session.doors.review_linters import run_own_linters
        from vivek.session.reviewing.static import look

        kept = look(place, changes, version, given, run_own_linters)
        kept = replace(kept, receipts=_receipts(changes.files, kept.read))
        if not kept.passing:
            keep(key, kept, version)
    return kept


def _receipts(files: Sequence[ChangedFile], read: Mapping[str, tuple[str, ...]]) -> tuple[Receipt, ...]:
    """Return what became of each piece: who read it, or why nobody did."""
    found: list[Receipt] = []
    for file in files:
        if file.aside:
            found.append(receipt_aside(file))
            continue
        readers = ("vivek", *(tool for tool, paths in read.items() if file.path in paths))
        found += [receipt_of(chunk, readers) for chunk in pieces(file)]
    return tuple(found)


def _is_incomplete(changes: Changes) -> bool:
    return bool(changes.left_out) or any(file.aside.startswith(_UNREAD) for file in changes.files)


def _spoken(changes: Changes) -> tuple[str, ...]:
    """Say where what the author says of the change speaks to a model; in the files it is a finding."""
    return tuple(
        f"The message of the change speaks to a model: {marker}." for marker in injection_markers(changes.scope.message)
    )


def _left_out(changes: Changes) -> tuple[str, ...]:
    """Say how many files were left out, each reason once."""
    reasons: dict[str, int] = {}
    for _, why in changes.left_out:
        reasons[why] = reasons.get(why, 0) + 1
    return tuple(f"{count:,} files were not looked at: {why}." for why, count in reasons.items())
