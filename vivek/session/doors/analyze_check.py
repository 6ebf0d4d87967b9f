"""Checks the architecture against a baseline: nothing new, nothing worse. No model, no graph."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from vivek.analysis.structure.gate import baseline_of, judge
from vivek.analysis.structure.gate_baseline import gate_baseline_text, parse_gate_baseline
from vivek.project.past.commits import read_past
from vivek.schema.gate import GateBaseline, GateLimits, GateReport
from vivek.session.doors.analyze import analyze
from vivek.session.doors.baselines import load_baseline, store_baseline
from vivek.session.place import Place


def check(
    place: Place,
    *,
    baseline: Path | None = None,
    update: bool = False,
    on_progress: Callable[[int, int], None] | None = None,
) -> GateReport:
    """Return what is new or worse in the architecture of a project.

    Args:
        place: The project.
        baseline: The file of a baseline, None for none: then every cycle and every broken rule is new.
        update: Whether it is written anew.
        on_progress: Hears of files done and files to do.

    Raises:
        ConfigError: If the baseline cannot be used, or what `analyze` raises.
        WorkspaceError: If the baseline cannot be written.
    """
    text = None if baseline is None else load_baseline(baseline, "`vivek analyze check`", missing=update)
    kept = None if text is None else parse_gate_baseline(text, str(baseline))
    value = analyze(place, on_progress=on_progress)
    if baseline is None:
        return judge(value, None, {})
    renewed = baseline_of(value, kept.limits if kept else GateLimits(), kept)
    report = judge(value, kept or renewed, _renamed(place, kept), name=str(baseline))
    if not update:
        return report
    store_baseline(baseline, gate_baseline_text(renewed))
    return replace(report, accepted=True)


def _renamed(place: Place, kept: GateBaseline | None) -> dict[str, str]:
    """Return the present names of files that were renamed, as git tells them."""
    if kept is None:
        return {}
    now: dict[str, str] = {}
    for commit in read_past(place.root, place.data).commits:
        renamed = {touch.old_path: now.get(touch.path, touch.path) for touch in commit.touched if touch.old_path}
        now.update({old: new for old, new in renamed.items() if old not in now})
    return now
