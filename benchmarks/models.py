"""What real models do with small tasks through `vivek ask`: solved or not, tokens, seconds, and how they fail.

Runs where weights are. Each (model, setting, protocol, task) is run once and kept in `results/models.json`; a second
start goes on where the first one stopped. `docs/models.md` shows the table; what was not run reads "not measured".

Two protocols, never mixed: `hidden` shows the tests of a task only after a first try that failed, for a second one;
`visible` has them in the repository from the start, as the project's own.

    python -m benchmarks.models [MODEL ...] [--base-url URL] [--protocol P] [--sweep] [--tasks N] [--seconds S]
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

from benchmarks.measure import RESULTS, ROOT, clean_environment, vivek
from benchmarks.model_runs import MODELS, PROTOCOLS, Protocol, Run, load_runs, save_runs, write_table
from benchmarks.tasks.catalogue import TASKS
from benchmarks.tasks.shop import SHOP
from benchmarks.tasks.task import Task
from vivek.schema.aids import AidsSpec

SWEEP: Mapping[str, Sequence[float]] = {
    "sampling.temperature": (0.1, 0.2, 0.3, 0.5, 0.7),
    "model.reply_tokens": (512, 1024, 2048),
    "sampling.top_p": (0.8, 0.9, 0.95, 1.0),
    **{f"aids.{aid.name}": (0,) for aid in fields(AidsSpec)},
}
FILE = RESULTS / "models.json"
PAGE = ROOT / "docs" / "models.md"
TESTS = "test_task.py"

_UNREACHABLE = 4
_CHECK_SECONDS = 60.0


class UnreachableError(Exception):
    """The model cannot be asked at all."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what was not run yet and write the results and the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.models")
    parser.add_argument("models", nargs="*", default=MODELS, metavar="MODEL")
    parser.add_argument("--base-url")
    parser.add_argument("--protocol", choices=PROTOCOLS, default="hidden", help="when the model sees the tests")
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
                told = f"{run.failure or 'solved'} ({run.seconds:.0f} s)"
                print(f"{run.model} {run.setting} {run.protocol} {run.task}: {told}", flush=True)
        except UnreachableError as error:
            print(f"{model}: not measured: {error}", flush=True)
    write_table(given.page, runs)
    return 0


def run_model(model: str, given: argparse.Namespace, done: Sequence[Run]) -> Iterator[Run]:
    """Yield the runs of one model that are not done yet.

    Raises:
        UnreachableError: If it cannot be asked.
    """
    known = {(run.model, run.setting, run.protocol, run.task) for run in done}
    settings = ["", *(f"{name}={value:g}" for name, values in SWEEP.items() for value in values)]
    for setting in settings if given.sweep else [""]:
        for task in TASKS[: given.tasks]:
            if (model, setting, given.protocol, task.name) not in known:
                base_url, seconds = given.base_url, given.seconds
                yield run_task(model, setting, task, base_url=base_url, seconds=seconds, protocol=given.protocol)


def run_task(
    model: str, setting: str, task: Task, *, base_url: str | None, seconds: float, protocol: Protocol = "hidden"
) -> Run:
    """Give one task to a model, in a new repository, and check what came of it.

    Raises:
        UnreachableError: If the model cannot be asked.
    """
    address = ["--base-url", base_url] if base_url else []
    tests = tests_of(task)
    with clean_environment() as environment, tempfile.TemporaryDirectory(prefix="vivek-task-") as name:
        folder = Path(name)
        _make_repository(folder, task, environment, tests if protocol == "visible" else "")
        variables = environment | _variables(setting)
        options = ["--model", model, *address, "--approve", "edits", "--format", "json"]
        tries = [Try(folder, task, variables, seconds, [task.request, *options])]
        if tries[0].failure and protocol == "hidden" and tests:
            (folder / TESTS).write_text(tests)
            again = f"The tests in {TESTS} fail. Mend the code so that they pass; leave the tests as they are."
            tries.append(Try(folder, task, variables, seconds, [again, "--continue", *options]))
        return Run(
            model,
            setting,
            task.name,
            not tries[-1].failure,
            tries[-1].failure,
            sum(each.seconds for each in tries),
            _sum(each.usage.get("prompt_tokens") for each in tries),
            _sum(each.usage.get("completion_tokens") for each in tries),
            tries[-1].usage.get("tokens_per_second"),
            protocol,
            len(tries),
        )


class Try:
    """One turn on a task and what came of it.

    Args:
        folder: The repository.
        task: The task.
        environment: The variables of the process.
        seconds: What it may take.
        arguments: What follows `vivek ask`.

    Raises:
        UnreachableError: If the model cannot be asked.
    """

    def __init__(
        self, folder: Path, task: Task, environment: Mapping[str, str], seconds: float, arguments: Sequence[str]
    ) -> None:
        self.usage: dict[str, Any] = {}
        self.seconds = seconds
        try:
            done = subprocess.run(
                vivek("ask", *arguments),
                cwd=folder,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=seconds,
                check=False,
            )
        except subprocess.TimeoutExpired:
            self.failure = "took too long"
            return
        report = _report(done.stdout)
        self.usage = report.get("usage") or {}
        error = report.get("error") or {}
        answered = self.usage.get("calls") or error.get("type") == "ModelOutputInvalidError"
        if done.returncode == _UNREACHABLE and not answered:
            raise UnreachableError(error.get("message", done.stderr.decode("utf-8", "replace")))
        self.seconds = float(self.usage.get("seconds") or 0.0)
        self.failure = failure_of(task, report, folder, environment)


def tests_of(task: Task) -> str:
    """Return the check of a task as tests of the project; "" for a task whose result is no code of it."""
    if not task.breaks:
        return ""
    body = "".join(f"        {line}\n" for line in task.check.splitlines())
    return f"import unittest\n\n\nclass Task(unittest.TestCase):\n    def test_task(self):\n{body}"


def _sum(figures: Iterable[int | None]) -> int | None:
    known = list(figures)
    return None if None in known else sum(each for each in known if each is not None)


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


def _make_repository(folder: Path, task: Task, environment: Mapping[str, str], tests: str) -> None:
    for path, text in SHOP.items():
        (folder / path).write_text(text)
    if tests:  # the project's own, and the user lets them run
        (folder / TESTS).write_text(tests)
        settings = Path(environment["XDG_CONFIG_HOME"]) / "vivek" / "config.toml"
        settings.parent.mkdir(parents=True, exist_ok=True)
        settings.write_text('[project]\ntest = "python -m unittest -q"\n')
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
