"""What came of the tasks given to models: kept as JSON, shown as a table. Means are those of one task."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

MODELS = (
    "ollama/qwen2.5-coder:1.5b",
    "ollama/qwen2.5-coder:3b",
    "ollama/qwen2.5-coder:7b",
    "ollama/deepseek-coder:1.3b",
    "ollama/deepseek-coder:6.7b",
)
Protocol = Literal["hidden", "visible"]
PROTOCOLS: tuple[Protocol, ...] = ("hidden", "visible")
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
        protocol: Whether the tests were there from the start, or hidden until a first try had failed.
        tries: Turns it took.
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
    protocol: Protocol = "hidden"
    tries: int = 1


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
        "| model | setting | tests | solved | at first | prompt tokens | reply tokens | seconds | tok/s "
        "| tokens a solved task | seconds a solved task | failures |\n"
        "|---|---|---|---|---|---|---|---|---|---|---|---|"
    )
    measured = [(run.model, run.setting, run.protocol) for run in runs]
    missing = [model for model in MODELS if not any(run.model == model and not run.setting for run in runs)]
    rows = [_row(*key, runs) for key in sorted(dict.fromkeys(measured))]
    rows += [f"| `{model}` | as it comes | both | not measured |{8 * ' |'}" for model in missing]
    return "\n".join([head, *rows])


def write_table(page: Path, runs: Sequence[Run]) -> None:
    """Put the table between its marks in a page."""
    text = page.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    page.write_text(f"{before}{BEGIN}\n\n{table(runs)}\n\n{END}{after}", encoding="utf-8")


def _row(model: str, setting: str, protocol: Protocol, runs: Sequence[Run]) -> str:
    own = [run for run in runs if (run.model, run.setting, run.protocol) == (model, setting, protocol)]
    cells = [f"`{model}`", setting or "as it comes", protocol]
    failures: dict[str, int] = {}
    for run in own:
        if run.failure:
            failures[run.failure] = failures.get(run.failure, 0) + 1
    told = ", ".join(f"{count} x {name}" for name, count in sorted(failures.items(), key=lambda item: -item[1]))
    solved = sum(run.solved for run in own)
    tokens = [_both(run) for run in own]
    cells += [
        f"{solved} of {len(own)}",
        str(sum(run.solved and run.tries == 1 for run in own)),
        _mean([run.prompt_tokens for run in own]),
        _mean([run.completion_tokens for run in own]),
        _mean([run.seconds for run in own]),
        _mean([run.tokens_per_second for run in own]),
        _share(tokens, solved),
        _share([run.seconds for run in own], solved),
        told or "none",
    ]
    return f"| {' | '.join(cells)} |"


def _both(run: Run) -> int | None:
    parts = run.prompt_tokens, run.completion_tokens
    return None if None in parts else sum(each for each in parts if each is not None)


def _share(figures: Sequence[float | None], solved: int) -> str:
    """Return what all runs took together, those that failed too, for each that was solved."""
    known = [figure for figure in figures if figure is not None]
    return f"{sum(known) / solved:,.0f}" if solved and len(known) == len(figures) else "not measured"


def _mean(values: Sequence[float | None]) -> str:
    known = [value for value in values if value is not None]
    return f"{sum(known) / len(known):,.0f}" if known else "not measured"
