"""The peak of resident memory of a chat with a remote model, after many turns."""

import sys
from pathlib import Path

import psutil

from benchmarks.measure import Result, clean_environment, report, vivek
from benchmarks.project import make_project, prose
from benchmarks.server import MODEL, model_server
from benchmarks.terminal import terminal

TURNS = 50
FILES = 31
REPLY = 2000
LIMIT = 140.0
CHAT = "/chat/completions"


def main() -> int:
    """Type questions into a chat, one a turn, and read the peak before it ends."""
    with clean_environment() as environment, model_server(lambda text: prose(REPLY, len(text))) as server:
        project = make_project(Path(environment["HOME"]) / "project", FILES)
        command = vivek("chat", "--model", f"openai_compat/{MODEL}", "--base-url", server.url, "--depth", "fast")
        with terminal(command, environment=environment, folder=project) as screen:
            screen.wait_for_prompt()
            first = 0.0
            for turn in range(1, TURNS + 1):
                server.forget()
                screen.say(f"What does shop/part_{turn % FILES:02}.py do in turn {turn}?")
                server.wait_for(CHAT)
                screen.wait_for_prompt()
                first = first or peak(screen.pid)
                print(f"turn {turn} of {TURNS}: {peak(screen.pid):.0f} MB", end="\r", file=sys.stderr, flush=True)
            last = peak(screen.pid)
            screen.kill()
    results = [
        Result(f"peak after {TURNS} turns", last, "MB", LIMIT, f"replies of {REPLY} bytes, through a terminal"),
        Result("peak after the first turn", first, "MB"),
    ]
    return report("memory", "Resident memory of a chat with a remote model", results)


def peak(pid: int) -> float:
    """Return the most memory a living process has held, in MB; where the system does not say, what it holds now."""
    status = Path(f"/proc/{pid}/status")
    if status.exists():
        line = next(line for line in status.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    return float(psutil.Process(pid).memory_info().rss) / 1024**2


if __name__ == "__main__":
    sys.exit(main())
