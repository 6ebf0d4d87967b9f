"""What came of the tasks given to models: kept as JSON, shown as a table. Means are those of one task."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

MODELS = (
    "ollama/qwen2.5-coder:1.5b",
    "ollama/qwen2.5-coder:3b",
    "ollama/qwen2.5-coder:7b",
    "ollama/deepseek-coder:1.3b",
    "ollama/deepseek-coder:6.7b",
)
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"


@dataclass(frozen=True, slots=True)
class Run:
    """One task given to one model.

    Attributes:
        model: `provider/name`.
        setting: What differed from the usual settings, such as `sampling.temperature=0.5`; "" for nothing.
        task: Its name.
        solved: Whether the hidden check passed.
        failure: How it failed, in a few words; "" when it was solved.
        seconds: Wall time of the turn.
        prompt_tokens: Tokens of all prompts of the turn, None when unknown.
        completion_tokens: Tokens of all replies, None when unknown.
        tokens_per_second: As the server measured it, None when unknown.
    """

    model: str
    setting: str
    task: str
    solved: bool
    failure: str
    seconds: float
    prompt_tokens: int | None
    completion_tokens: int | None
    tokens_per_second: float | None


def load_runs(path: Path) -> list[Run]:
    """Return the runs that were kept."""
    return [Run(**run) for run in json.loads(path.read_text())["runs"]] if path.exists() else []


def save_runs(path: Path, runs: Sequence[Run]) -> None:
    """Keep the runs."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"runs": [asdict(run) for run in runs]}, indent=1) + "\n")


def table(runs: Sequence[Run]) -> str:
    """Return what was measured, a row for each model and setting; every model of `MODELS` has one."""
    head = (
        "| model | setting | solved | prompt tokens | reply tokens | seconds | tok/s | failures |\n"
        "|---|---|---|---|---|---|---|---|"
    )
    keys = dict.fromkeys([(run.model, run.setting) for run in runs] + [(model, "") for model in MODELS])
    rows = [_row(model, setting, runs) for model, setting in sorted(keys)]
    return "\n".join([head, *rows])


def write_table(page: Path, runs: Sequence[Run]) -> None:
    """Put the table between its marks in a page."""
    text = page.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    page.write_text(f"{before}{BEGIN}\n\n{table(runs)}\n\n{END}{after}", encoding="utf-8")


def _row(model: str, setting: str, runs: Sequence[Run]) -> str:
    own = [run for run in runs if (run.model, run.setting) == (model, setting)]
    cells = [f"`{model}`", setting or "as it comes"]
    if not own:
        return f"| {' | '.join([*cells, *['not measured'] * 6])} |"
    failures: dict[str, int] = {}
    for run in own:
        if run.failure:
            failures[run.failure] = failures.get(run.failure, 0) + 1
    told = ", ".join(f"{count} x {name}" for name, count in sorted(failures.items(), key=lambda item: -item[1]))
    cells += [
        f"{sum(run.solved for run in own)} of {len(own)}",
        _mean([run.prompt_tokens for run in own]),
        _mean([run.completion_tokens for run in own]),
        _mean([run.seconds for run in own]),
        _mean([run.tokens_per_second for run in own]),
        told or "none",
    ]
    return f"| {' | '.join(cells)} |"


def _mean(values: Sequence[float | None]) -> str:
    known = [value for value in values if value is not None]
    return f"{sum(known) / len(known):,.0f}" if known else "not measured"
