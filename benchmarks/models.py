"""What real models do with small tasks through `vivek ask`: solved or not, tokens, seconds, and how they fail.

Runs where weights are. Each (model, setting, task) is run once and kept in `results/models.json`; a second start goes
on where the first one stopped. `docs/models.md` shows the table; what was not run reads "not measured".

    python -m benchmarks.models [MODEL ...] [--base-url URL] [--sweep] [--tasks N] [--seconds S]
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.measure import RESULTS, ROOT, clean_environment, vivek
from benchmarks.model_runs import MODELS, Run, load_runs, save_runs, write_table
from benchmarks.tasks import TASKS, Task

SWEEP: Mapping[str, Sequence[float]] = {
    "sampling.temperature": (0.1, 0.2, 0.3, 0.5, 0.7),
    "model.reply_tokens": (512, 1024, 2048),
    "sampling.top_p": (0.8, 0.9, 0.95, 1.0),
}
FILE = RESULTS / "models.json"
PAGE = ROOT / "docs" / "models.md"

_UNREACHABLE = 4
_CHECK_SECONDS = 60.0


class UnreachableError(Exception):
    """The model cannot be asked at all."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what was not run yet and write the results and the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.models")
    parser.add_argument("models", nargs="*", default=MODELS, metavar="MODEL")
    parser.add_argument("--base-url")
    parser.add_argument(
        "--sweep", action="store_true", help="try other temperatures, lengths of replies and top_p, too"
    )
    parser.add_argument("--tasks", type=int, default=len(TASKS), help="only the first so many")
    parser.add_argument("--seconds", type=float, default=600.0, help="what one turn may take")
    parser.add_argument("--results", type=Path, default=FILE)
    parser.add_argument("--page", type=Path, default=PAGE)
    given = parser.parse_args(arguments)
    runs = load_runs(given.results)
    for model in given.models:
        try:
            for run in run_model(model, given, runs):
                runs.append(run)
                save_runs(given.results, runs)
                print(
                    f"{run.model} {run.setting} {run.task}: {run.failure or 'solved'} ({run.seconds:.0f} s)", flush=True
                )
        except UnreachableError as error:
            print(f"{model}: not measured: {error}", flush=True)
    write_table(given.page, runs)
    return 0


def run_model(model: str, given: argparse.Namespace, done: Sequence[Run]) -> Iterator[Run]:
    """Yield the runs of one model that are not done yet.

    Raises:
        UnreachableError: If it cannot be asked.
    """
    known = {(run.model, run.setting, run.task) for run in done}
    settings = ["", *(f"{name}={value:g}" for name, values in SWEEP.items() for value in values)]
    for setting in settings if given.sweep else [""]:
        for task in TASKS[: given.tasks]:
            if (model, setting, task.name) not in known:
                yield run_task(model, setting, task, base_url=given.base_url, seconds=given.seconds)


def run_task(model: str, setting: str, task: Task, *, base_url: str | None, seconds: float) -> Run:
    """Give one task to a model, in a new repository, and check what came of it.

    Raises:
        UnreachableError: If the model cannot be asked.
    """
    address = ["--base-url", base_url] if base_url else []
    with clean_environment() as environment, tempfile.TemporaryDirectory(prefix="vivek-task-") as name:
        folder = Path(name)
        _make_repository(folder, task, environment)
        command = vivek("ask", task.request, "--model", model, *address, "--approve", "edits", "--format", "json")
        try:
            done = subprocess.run(
                command,
                cwd=folder,
                env=environment | _variables(setting),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=seconds,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return Run(model, setting, task.name, False, "took too long", seconds, None, None, None)
        report = _report(done.stdout)
        if done.returncode == _UNREACHABLE and not (report.get("usage") or {}).get("calls"):
            raise UnreachableError((report.get("error") or {}).get("message", done.stderr.decode("utf-8", "replace")))
        failure = failure_of(task, report, folder, environment)
        usage = report.get("usage") or {}
        return Run(
            model,
            setting,
            task.name,
            not failure,
            failure,
            float(usage.get("seconds") or 0.0),
            usage.get("prompt_tokens"),
            usage.get("completion_tokens"),
            usage.get("tokens_per_second"),
        )


def failure_of(task: Task, report: Mapping[str, Any], folder: Path, environment: Mapping[str, str]) -> str:
    """Return how a turn failed, "" when the hidden check passes."""
    if report.get("status") != "done":
        kind = (report.get("error") or {}).get("type")
        return f"turn {report.get('status', 'without a report')}" + (f": {kind}" if kind else "")
    applied = [change for change in report.get("changes") or () if change["applied"]]
    if task.kind != "explain" and not applied:
        return "nothing was changed"
    code = f"import sys; sys.path.insert(0, '.'); answer = {report.get('answer') or ''!r}\n{task.check}"
    command = [sys.executable, "-B", "-c", code]
    try:
        checked = subprocess.run(
            command, cwd=folder, env=dict(environment), capture_output=True, timeout=_CHECK_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return "the changed code does not end"
    if checked.returncode == 0:
        return ""
    last = checked.stderr.decode("utf-8", "replace").strip().splitlines()[-1:]
    return "the changed code is broken" if last and last[0].startswith(("SyntaxError", "Indent")) else "wrong result"


def _variables(setting: str) -> dict[str, str]:
    name, _, value = setting.partition("=")
    return {f"VIVEK_{name.replace('.', '_').upper()}": value} if value else {}


def _make_repository(folder: Path, task: Task, environment: Mapping[str, str]) -> None:
    for path, text in task.files.items():
        (folder / path).write_text(text)
    who = ["-c", "user.name=Tess Ter", "-c", "user.email=tess@example.org"]
    for command in (["init", "-q"], ["add", "."], [*who, "commit", "-qm", "begin"]):
        subprocess.run(["git", *command], cwd=folder, env=dict(environment), check=True)


def _report(output: bytes) -> dict[str, Any]:
    try:
        found = json.loads(output)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


if __name__ == "__main__":
    sys.exit(main())
