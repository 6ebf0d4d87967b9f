"""How much memory a long reply takes: `vivek ask` through a pipe, 1 MB against 50 MB, and whether all comes out."""

import sys
from pathlib import Path

from benchmarks.measure import Result, clean_environment, report, vivek
from benchmarks.project import make_project
from benchmarks.replies import text
from benchmarks.running import Run, run_piped
from benchmarks.server import MODEL, Flow, ModelServer, model_server

SMALL, LARGE = 1_000_000, 50_000_000
ROUNDS = 3
FILES = 31


def main() -> int:
    """Ask for both replies in turns and compare the peaks; then go on with the thread of the large one."""
    with clean_environment() as environment, model_server(lambda _: "ok\n") as server:
        project = make_project(Path(environment["HOME"]) / "project", FILES)
        peaks: dict[int, list[float]] = {SMALL: [], LARGE: []}
        lost = 0
        for number in range(ROUNDS):
            for size in (SMALL, LARGE):
                server.reply = lambda _, size=size: Flow(text(size))  # type: ignore[misc]
                ran = _ask(f"bench-{number}-{size}", server, environment, project)
                peaks[size].append(ran.peak)
                lost += ran.digest != server.sent.digest
        server.reply = lambda _: "ok\n"
        after = _ask(f"bench-0-{LARGE}", server, environment, project)
        shown = run_piped(vivek("threads", "show", f"bench-0-{LARGE}"), environment=environment, folder=project)
    small, large = max(peaks[SMALL]), max(peaks[LARGE])
    note = f"the largest of {ROUNDS} runs: {small:.0f} MB with a reply of 1 MB, {large:.0f} MB with one of 50 MB"
    results = [
        Result("peak with 50 MB above the peak with 1 MB", large - small, "MB", 10.0, note),
        Result("replies whose SHA-256 differs from what was sent", lost, "of 6", 0.0),
        Result("peak of the next turn of that thread", after.peak, "MB", small + 10),
        Result("peak of `vivek threads show` of that thread", shown.peak, "MB", small + 10),
    ]
    return report("reply_memory", "Memory of a long reply", results)


def _ask(thread: str, server: ModelServer, environment: dict[str, str], project: Path) -> Run:
    model = ("--model", f"openai_compat/{MODEL}", "--base-url", server.url)
    command = vivek("ask", "What is this?", "--thread", thread, *model)
    return run_piped(command, environment=environment, folder=project)


if __name__ == "__main__":
    sys.exit(main())
