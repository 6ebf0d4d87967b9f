"""The first token after Enter, on a thread of several thousand tokens whose engine has read nothing yet, and with it.

The thread is a real session. Each case has an engine of its own that was just started: nothing is done while one types
(cold), the model reads ahead and is through when Enter comes (warm), or, with a quick model, Enter comes when half of
that time is over (early).
"""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.half_billion import build
from benchmarks.measure import ROOT, Result, clean_environment, report
from benchmarks.project import make_project
from tests.engine.server import serve
from tests.engine.tiny_model import tiny_model
from vivek.providers.adapters.llamacpp import LlamaCppProvider
from vivek.providers.adapters.mlx import MlxProvider
from vivek.providers.base import Provider

if TYPE_CHECKING:
    from vivek.session.session import Session

WINDOW = 16_384
WORDS = {"tiny": 1_000, "half": 10, "mlx": 1_000}
NAMES = {"tiny": "llama.cpp, tiny model", "half": "llama.cpp, 0.36B model", "mlx": "MLX on the CPU, tiny model"}
CASES = {"tiny": ("cold", "early", "warm"), "half": ("cold", "warm"), "mlx": ("cold", "early", "warm")}
FILES = 31
AGAIN = 16  # tokens of the prefix that may be read again: what stands for the request, and what ends it

Row = dict[str, Any]  # JSON: seconds, prompt, cached


def main() -> int:
    """Measure each engine in a child with an empty home, and report."""
    load = f"{os.getloadavg()[0]:.1f}"
    results: list[Result] = []
    for kind, name in NAMES.items():
        results += figures(name, in_child(kind))
    return report("warm_start", f"The first token of a thread that is opened again, load {load} at the start", results)


def in_child(kind: str) -> dict[str, Row]:
    """Measure one engine in a process of its own."""
    with clean_environment() as environment:
        print(kind, file=sys.stderr)
        command = [sys.executable, "-m", "benchmarks.warm_start", kind]
        environment |= {"VIVEK_MODEL_REPLY_TOKENS": "16", "VIVEK_MODEL_WINDOW": str(WINDOW)}
        done = subprocess.run(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, check=True)
    told: dict[str, Row] = json.loads(done.stdout)
    return told


def figures(name: str, rows: Mapping[str, Row]) -> list[Result]:
    """Return what one engine came to."""
    told = {case: f"{row['cached']:,} of {row['prompt']:,} tokens from the cache" for case, row in rows.items()}
    results = [
        Result(f"{name}: Enter to first token, {case}", row["seconds"], "s", None, told[case])
        for case, row in rows.items()
    ]
    results.append(Result(f"{name}: reading ahead takes", rows["warm"]["ahead"], "s", None, "while one types"))
    # Where reading takes no time there is none to be saved.
    limit = 50.0 if rows["cold"]["seconds"] > 1 else None
    results.append(
        Result(f"{name}: warm, of cold", rows["warm"]["seconds"] * 100 / rows["cold"]["seconds"], "%", limit)
    )
    again = rows["warm"]["prefix"] - rows["warm"]["cached"]
    results.append(Result(f"{name}: of what was read ahead, read again", max(0, again), "tokens", AGAIN))
    return results


async def measure(kind: str) -> dict[str, Row]:
    """Make the thread, then open it again for each case."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        project = make_project(folder / "project", FILES)
        tiny = tiny_model().q8_0
        model = build(tiny_model().f32, folder / "half.gguf") if kind == "half" else tiny

        def opened(held: ExitStack, weights: Path = model) -> Provider:
            if kind == "mlx":
                return MlxProvider(tiny_model().folder, window=WINDOW)
            server = held.enter_context(serve(weights, window=WINDOW))
            return LlamaCppProvider(server.url, server.key)

        words = " ".join(f"name{number}" for number in range(WORDS[kind]))
        # Who said what is in the thread does not matter here, and the tiny model says it sooner.
        await turn(project, lambda held: opened(held, tiny), f"Explain {words}", "cold", 0.0)
        rows: dict[str, Row] = {}
        for case in CASES[kind]:
            ahead = rows["cold"]["seconds"] / 2 if case == "early" else None
            rows[case] = await turn(project, opened, "And then?", case, ahead)
    return rows


async def turn(
    project: Path, opened: Callable[[ExitStack], Provider], text: str, case: str, seconds: float | None
) -> Row:
    """Open the thread with an engine that has read nothing, take a turn, and return its figures.

    Args:
        project: Where the thread is.
        opened: Starts the engine.
        text: What is asked.
        case: Whether the model reads ahead: any but `cold`.
        seconds: How long it does so before Enter, None until it is through.
    """
    from vivek.schema.events import CallDone, TextDelta
    from vivek.session.opening import open_session
    from vivek.session.options import Choices
    from vivek.session.place import open_place

    clock = asyncio.get_running_loop().time
    row: Row = {}
    with ExitStack() as held:
        choices = Choices(interactive=True, thread="red-fox-1", depth="fast")
        async with open_session(open_place(project), choices, provider=opened(held)) as session:
            began = clock()
            if case != "cold":
                session.warm()
                if seconds is None:
                    async for _ in session.warming.settled():
                        pass
                    row["ahead"] = clock() - began
                    row["prefix"] = read_of(session)
                else:
                    await asyncio.sleep(seconds)
            began = clock()
            async for event in session.send(text):
                if isinstance(event, TextDelta):
                    row.setdefault("seconds", clock() - began)
                if isinstance(event, CallDone) and "prompt" not in row:
                    row |= {"prompt": event.usage.prompt_tokens, "cached": event.usage.cached_tokens}
            row.setdefault("seconds", clock() - began)
    print(case, row, file=sys.stderr)
    return row


def read_of(session: "Session") -> int:
    """Return the tokens that were read ahead."""
    last = session._parts.panel.usual.caller.gauge.last
    return 0 if last is None else last.read


if __name__ == "__main__":
    if sys.argv[1:]:
        print(json.dumps(asyncio.run(measure(sys.argv[1]))))
    else:
        sys.exit(main())
