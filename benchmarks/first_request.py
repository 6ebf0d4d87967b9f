"""How much CPU `vivek ask` uses until the first byte of its first request, and until it asks the model.

The process is killed at that moment, so `getrusage` gives what it has used, to the microsecond, children included.
"""

import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from benchmarks.measure import BARE, ROUNDS, Result, clean_environment, cpu_of, in_turns, report, vivek
from benchmarks.project import make_project
from benchmarks.server import MODEL, ModelServer, model_server

FILES = 31
LIMIT = 115.0
TARGET = 75.0
QUESTION = "What does shop/part_07.py do?"
CHAT = "/chat/completions"


def main() -> int:
    """Measure both moments in turns with the bare interpreter, and what the imports until then cost."""
    with clean_environment() as environment, model_server(lambda _: "It adds seven.\n") as server:
        project = make_project(Path(environment["HOME"]) / "project", FILES)
        command = vivek("ask", QUESTION, "--model", f"openai_compat/{MODEL}", "--base-url", server.url)

        def until_request(ending: str) -> float:
            server.forget()
            return cpu_of(command, environment=environment, folder=project, until=lambda _: server.wait_for(ending))

        medians = in_turns(
            {
                "bare": lambda: cpu_of(BARE, environment=environment, folder=project),
                "first": lambda: until_request(""),
                "chat": lambda: until_request(CHAT),
                "LangGraph": lambda: cpu_of(
                    [sys.executable, "-c", "import langgraph.graph"], environment=environment, folder=project
                ),
            }
        )
        spent = imports_until_chat(command, environment, project, server)
    bare = medians["bare"]
    results = [
        Result("first byte of the first request", medians["first"] / bare, "x", LIMIT, f"the target is {TARGET:g} x"),
        Result("first byte of the first model call", medians["chat"] / bare, "x"),
        Result("import langgraph.graph alone", medians["LangGraph"] / bare, "x"),
        Result("python -c pass", bare * 1000, "ms", note=f"median of {ROUNDS} runs, user and system time"),
    ]
    return report("first_request", f"`vivek ask` until it asks, in a repository of {FILES} files", results, spent)


def imports_until_chat(
    command: list[str], environment: Mapping[str, str], folder: Path, server: ModelServer
) -> list[tuple[str, float]]:
    """Return the import time of each top-level package until the model is asked, in milliseconds, dearest first.

    Vivek imports in two threads at once, which no import profile survives: the same modules are imported again, one
    after the other, in a process that does nothing else.
    """
    server.forget()
    loaded = [name for name, _ in _profile(command, environment, folder)]
    again = (
        f"import importlib\nfor name in {loaded!r}:\n  try: importlib.import_module(name)\n  except ImportError: pass"
    )
    spent: defaultdict[str, float] = defaultdict(float)
    for name, milliseconds in _profile([sys.executable, "-c", again], environment, folder):
        package = name.partition(".")[0].removeprefix("_")
        known = package in sys.stdlib_module_names or f"_{package}" in sys.stdlib_module_names
        spent["standard library" if known else package] += milliseconds
    return sorted(spent.items(), key=lambda item: -item[1])[:20]


def _profile(command: list[str], environment: Mapping[str, str], folder: Path) -> list[tuple[str, float]]:
    """Return each module that a process imports, in order, with the milliseconds spent on it alone."""
    traced = dict(environment) | {"PYTHONPROFILEIMPORTTIME": "1"}
    child = subprocess.run(command, env=traced, cwd=folder, capture_output=True, check=True, timeout=120)
    lines = re.findall(r"^import time:\s+(\d+) \|\s+\d+ \| +([\w.]+)", child.stderr.decode(), re.MULTILINE)
    return [(name, int(own) / 1000) for own, name in lines]


if __name__ == "__main__":
    sys.exit(main())
