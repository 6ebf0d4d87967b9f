"""How much CPU vivek uses before it is of use: version, help, the first prompt, the list of threads."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from benchmarks.measure import BARE, ROUNDS, Result, clean_environment, cpu_of, in_turns, report, vivek
from benchmarks.project import make_project
from benchmarks.server import MODEL, model_server
from benchmarks.terminal import terminal

THREADS = 50
FILES = 31

LIMITS = {"vivek --version": 2.0, "vivek --help": 19.0, "vivek chat, first prompt": 31.0, "vivek threads list": 12.0}

FILL_INDEX = f"""
import pathlib
from vivek.session.threads.index import ThreadIndex
with ThreadIndex.open() as index:
    for number in range({THREADS}):
        name = f"calm-otter-{{number}}"
        index.begin(name, pathlib.Path.cwd(), kind="chat", title=f"Rename part {{number}}", model="openai_compat/bench")
        index.end(name, pathlib.Path.cwd(), status="done", turns=number + 1, log=None)
"""


def main() -> int:
    """Measure all cases in turns and report them as multiples of the bare interpreter."""
    with clean_environment() as environment, model_server(lambda _: "ok") as server:
        project = make_project(Path(environment["HOME"]) / "project", FILES)
        fill = [sys.executable, "-c", FILL_INDEX]
        cpu_of(fill, environment=environment, folder=project)
        chat = vivek("chat", "--model", f"openai_compat/{MODEL}", "--base-url", server.url)
        medians = in_turns(
            {
                "python -c pass": _plain(BARE, environment, project),
                "vivek --version": _plain(vivek("--version"), environment, project),
                "vivek --help": _plain(vivek("--help"), environment, project),
                "vivek chat, first prompt": lambda: _until_prompt(chat, environment, project),
                "vivek threads list": _plain(vivek("threads", "list"), environment, project),
            }
        )
    bare = medians["python -c pass"]
    results = [Result("python -c pass", bare * 1000, "ms", note=f"median of {ROUNDS} runs, user and system time")]
    results += [Result(name, medians[name] / bare, "x", limit) for name, limit in LIMITS.items()]
    return report("start_up", "Start-up, in multiples of the bare interpreter", results)


def _plain(command: list[str], environment: Mapping[str, str], folder: Path) -> Callable[[], float]:
    return lambda: cpu_of(command, environment=environment, folder=folder)


def _until_prompt(command: list[str], environment: Mapping[str, str], folder: Path) -> float:
    with terminal(command, environment=environment, folder=folder) as screen:
        screen.wait_for_prompt()
        return screen.kill()


if __name__ == "__main__":
    sys.exit(main())
