"""How good reviews are: defects that were planted in 70 changes, and changes that only look bad.

Without a model every case is looked at by `vivek review --no-model`. Figures of a model come from a run with that
model alone and are kept beside the others; a model that never ran is "not measured".

    python -m benchmarks.review [--model NAME] [--base-url URL] [--effort quick|normal|deep] [--only PATTERN]
"""

import argparse
import asyncio
import json
import os
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, get_args

from benchmarks.measure import RESULTS, Result, clean_environment, machine, render
from benchmarks.review.cases import Case, load_cases
from benchmarks.review.running import ask_about, look_at, make_repository, outcome_of
from benchmarks.review.scoring import Outcome, precision, tables
from vivek.errors import VivekError
from vivek.schema.reviewing import ReviewEffort
from vivek.session.options import Choices

FILE = RESULTS / "review.json"
TITLE = "How good reviews are"
NOT_MEASURED = "No model was measured."


def main(arguments: Sequence[str] | None = None) -> int:
    """Review all cases, write what came of it, and return 1 where a limit is broken."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.review")
    parser.add_argument("--model", help="review with this model as well, as `provider/name`")
    parser.add_argument("--base-url")
    parser.add_argument("--effort", choices=get_args(ReviewEffort), default="quick")
    parser.add_argument("--only", default="*", metavar="PATTERN", help="cases by name; nothing is written then")
    given = parser.parse_args(arguments)
    cases = [case for case in load_cases() if fnmatchcase(case.name, given.only)]
    choices = Choices(model=given.model, base_url=given.base_url) if given.model else None
    with clean_environment() as environment:
        os.environ.clear()
        os.environ.update(environment)
        try:
            outcomes, asked = run(cases, environment, choices, given.effort)
        except VivekError as error:
            print(f"{error.message}\nhint: {error.hint}", file=sys.stderr)
            return error.exit_code
    results = figures(outcomes, "")
    models = json.loads(FILE.read_text(encoding="utf-8")).get("models", {}) if FILE.exists() else {}
    if asked:
        label = f"{given.model}, effort {given.effort}"
        models[label] = [asdict(result) for result in figures(asked, f"{label}: ")]
    about = machine()
    shown = page(results, about, outcomes, models)
    if given.only == "*":
        plain = {"machine": about, "results": [asdict(result) for result in results], "models": models}
        FILE.write_text(json.dumps(plain, indent=2) + "\n", encoding="utf-8")
        FILE.with_suffix(".md").write_text(shown, encoding="utf-8")
    print(shown)
    for outcome in asked or outcomes:
        for finding in (*outcome.right, *outcome.wrong):
            verdict = "right" if finding in outcome.right else "WRONG"
            print(f"{verdict} {outcome.case.name}:{finding.line} {finding.rule} {finding.title}", file=sys.stderr)
    return 0 if all(result.holds for result in results) else 1


def run(
    cases: Sequence[Case], environment: Mapping[str, str], choices: Choices | None, effort: ReviewEffort
) -> tuple[list[Outcome], list[Outcome]]:
    """Return what came of every case without a model, and with one where one is chosen.

    Raises:
        VivekError: If the model cannot be used.
    """
    outcomes, asked = [], []
    for number, case in enumerate(cases):
        root = Path(environment["HOME"]) / "cases" / str(number)
        make_repository(root, case, environment)
        _, changes, report = look_at(root)
        outcomes.append(outcome_of(case, changes, report))
        if choices is not None:
            asked.append(outcome_of(case, *asyncio.run(ask_about(root, choices, effort=effort))))
        print(f"{number + 1} of {len(cases)}: {case.name:40}", end="\r", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return outcomes, asked


def figures(outcomes: Sequence[Outcome], before: str) -> list[Result]:
    """Return the figures of some outcomes, precision first.

    Args:
        outcomes: One for each case.
        before: What each name begins with.
    """
    planted = [outcome for outcome in outcomes if outcome.case.kind]
    clean = [outcome for outcome in outcomes if not outcome.case.kind]
    found = sum(bool(outcome.right) for outcome in planted)
    alarmed = sum(bool(outcome.wrong) for outcome in clean)
    findings = sum(len(outcome.right) + len(outcome.wrong) for outcome in outcomes)
    placed = Counter(outcome.case.kind for outcome in planted if outcome.right)
    right, every = precision(outcomes, shown=True)
    told = ", ".join(f"{kind} {count}" for kind, count in sorted(placed.items())) or "none"
    results = [
        Result(
            f"{before}precision of what the terminal shows", _percent(right, every), "%", None, f"{right} of {every}"
        ),
        Result(f"{before}precision of all findings but notes", _percent(*precision(outcomes, shown=False)), "%"),
        Result(f"{before}clean changes with a false alarm", alarmed, f"of {len(clean)}", 0 if not before else None),
        Result(f"{before}defects found", found, f"of {len(planted)}", None, told),
        Result(f"{before}findings whose quote stands elsewhere", _all(outcomes, "misplaced"), f"of {findings}", 0),
        Result(f"{before}findings outside of the change", _all(outcomes, "outside"), f"of {findings}", 0),
    ]
    calls = sum(outcome.calls for outcome in outcomes)
    if calls:
        dropped: Counter[str] = Counter()
        for outcome in outcomes:
            dropped.update(outcome.dropped or {})
        said = ", ".join(f"{reason} {count}" for reason, count in dropped.most_common())
        results += [
            Result(f"{before}claims dropped", dropped.total(), "", None, said),
            *_counted(f"{before}tokens read for each change", [outcome.tokens[0] for outcome in outcomes]),
            *_counted(f"{before}tokens written for each change", [outcome.tokens[1] for outcome in outcomes]),
            Result(f"{before}seconds for each change", sum(each.seconds for each in outcomes) / len(outcomes), "s"),
        ]
    return results


def _counted(name: str, counts: Sequence[int | None]) -> list[Result]:
    """Return the mean of what a server counted; nothing where it did not count all of it."""
    known = [count for count in counts if count is not None]
    return [Result(name, sum(known) / len(known), "tokens")] if known and len(known) == len(counts) else []


def page(
    results: Sequence[Result], about: Mapping[str, str], outcomes: Sequence[Outcome], models: Mapping[str, Any]
) -> str:  # Any: figures as they were kept in JSON
    """Return what came of it as Markdown: without a model first, then each model that was measured."""
    shown = [render(TITLE, results, about), "## Without a model\n", *(f"{line}" for line in tables(outcomes))]
    shown.append("\n## With a model\n")
    for kept in models.values():
        shown += ["| what | measured |", "|---|---:|"]
        shown += [f"| {each['name']} | {each['value']:.4g} {each['unit']} |" for each in kept] + [""]
    return "\n".join([*shown, *([] if models else [NOT_MEASURED])]) + "\n"


def _percent(part: int, whole: int) -> float:
    return 100 * part / whole if whole else 100.0


def _all(outcomes: Sequence[Outcome], name: str) -> int:
    return sum(getattr(outcome, name) for outcome in outcomes)


if __name__ == "__main__":
    sys.exit(main())
