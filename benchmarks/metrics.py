"""What keeping figures costs: CPU of the recorder beside that of the turn it listens to, and a report over many turns.

The events are those of a turn with a reply of many pieces. The turn's own cost is that of `vivek ask` on a server that
answers at once, above a start of vivek that asks nothing.
"""

import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.measure import Result, clean_environment, in_turns, report, vivek
from benchmarks.project import make_project
from benchmarks.replies import tokens
from benchmarks.running import run_piped
from benchmarks.server import MODEL, Flow, model_server
from vivek.metrics.recorder import Recorder
from vivek.metrics.report import build_report
from vivek.metrics.spec import MetricsSpec
from vivek.metrics.tables import open_metrics, write
from vivek.metrics.tally import CallRow, Tally
from vivek.schema.chunk import Usage
from vivek.schema.events import CallDone, Event, NodeStarted, TextDelta, TurnDone, TurnStarted
from vivek.schema.report import TurnReport, TurnUsage

FILES = 31
TOKENS = 2_000
TURNS = 200
ROUNDS = 7
KEPT = 10_000
CALLS = 3


def main() -> int:
    """Measure the recorder alone, a whole turn, and a report."""
    with clean_environment() as environment, model_server(lambda _: "") as server:
        project = make_project(Path(environment["HOME"]) / "project", FILES)
        server.reply = lambda _: Flow(list(tokens(TOKENS)))
        ask = vivek("ask", "What is this?", "--model", f"openai_compat/{MODEL}", "--base-url", server.url)
        spent = in_turns(
            {
                "off": lambda: run_piped(ask, environment=environment | OFF, folder=project).cpu,
                "on": lambda: run_piped(ask, environment=environment, folder=project).cpu,
                "listing": lambda: run_piped(vivek("threads", "list"), environment=environment, folder=project).cpu,
            },
            rounds=ROUNDS,
        )
    turn = spent["on"] - spent["listing"]
    first, more = recorded()
    about = f"{{:.2f}} ms of {turn * 1000:.0f} ms"
    results = [
        Result(f"a turn of {TOKENS:,} tokens", more / turn * 100, "% of its CPU", 1.0, about.format(more * 1000)),
        Result("the first one, with the database", first / turn * 100, "% of its CPU", 1.0, about.format(first * 1000)),
        Result("`vivek ask` with metrics above one without", (spent["on"] / spent["off"] - 1) * 100, "%"),
        Result(f"a report over {KEPT:,} turns", reported(), "s", 1.0, f"{KEPT * CALLS:,} calls"),
    ]
    return report("metrics", "What keeping figures of turns costs", results)


OFF = {"VIVEK_METRICS_ENABLED": "false"}


def events() -> Sequence[Event]:
    """Return the events of a turn that answers."""
    usage = Usage(1_000, 900, TOKENS, 0.0, 0.1, 2.0)
    done = TurnDone(TurnReport("bench-otter-1", "done", usage=TurnUsage(seconds=2.0)))
    deltas: list[Event] = [TextDelta("executor", word) for word in tokens(TOKENS)]
    nodes: list[Event] = [NodeStarted(name) for name in ("planner", "executor", "formatter")]
    return [
        TurnStarted("bench-otter-1", "bench/bench", 8_192, ""),
        *nodes,
        *deltas,
        CallDone("executor", usage, 2.0, 0.1),
        done,
    ]


def recorded() -> tuple[float, float]:
    """Return the CPU seconds of recording a first turn, and each of many more."""
    turn = events()
    with tempfile.TemporaryDirectory() as folder:
        recorder = Recorder(Path(folder), MetricsSpec(), thread_id="bench-otter-1", model="bench/bench")
        began = time.process_time()
        _record(recorder, turn)
        recorder.close()
        first = time.process_time() - began
        recorder = Recorder(Path(folder), MetricsSpec(), thread_id="bench-otter-1", model="bench/bench")
        _record(recorder, turn)
        began = time.process_time()
        for _ in range(TURNS):
            _record(recorder, turn)
        recorder.close()
        return first, (time.process_time() - began) / TURNS


def _record(recorder: Recorder, turn: Sequence[Event]) -> None:
    with recorder.turn() as note:
        for event in turn:
            note(event)


def reported() -> float:
    """Return the CPU seconds of a report over many turns."""
    with tempfile.TemporaryDirectory() as folder:
        connection = open_metrics(Path(folder)).connection
        for number in range(KEPT):
            calls = [CallRow(1, "executor", "bench/bench", Usage(1_000, 900, 50), 2.0, 0.1, "stop")] * CALLS
            write(
                connection,
                Tally("bench-otter-1", "bench/bench", number * 60.0, status="done", seconds=2.0, calls=calls),
            )
        began = time.process_time()
        build_report(connection, by="day")
        spent = time.process_time() - began
        connection.close()
        return spent


if __name__ == "__main__":
    sys.exit(main())
