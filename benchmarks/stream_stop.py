"""How soon the prompt is back when Ctrl-C or Esc stops a reply that pours in, in a real terminal."""

import itertools
import statistics
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import Result, clean_environment, report, vivek
from benchmarks.project import make_project
from benchmarks.replies import tokens
from benchmarks.server import MODEL, Flow, model_server
from benchmarks.terminal import terminal

ROUNDS = 15
RATE = 20_000
SECONDS = 1.0
FILES = 31
KEYS = {"Ctrl-C": "\x03", "Esc": "\x1b"}
CHAT = "/chat/completions"


def main() -> int:
    """Ask in a chat, wait until the reply flows, press a key; again and again in the same chat."""
    waits: dict[str, list[float]] = {name: [] for name in KEYS}
    with clean_environment() as environment, model_server(lambda _: Flow(_endless(), rate=RATE)) as server:
        project = make_project(Path(environment["HOME"]) / "project", FILES)
        command = vivek("chat", "--model", f"openai_compat/{MODEL}", "--base-url", server.url)
        with terminal(command, environment=environment, folder=project) as screen:
            screen.wait_for_prompt()
            for number, name in enumerate([*KEYS] * ROUNDS, 1):
                server.forget()
                screen.say(f"What is this, for the {number}. time?")
                while not screen.watch(0.2) or not server.sent.first:
                    pass
                if screen.watch(SECONDS) < 10_000:
                    msg = "the reply does not flow"
                    raise RuntimeError(msg)
                waits[name].append(screen.interrupt(key=KEYS[name]) * 1000)
                print(f"round {number}, {name}: {waits[name][-1]:.0f} ms", end="\r", file=sys.stderr, flush=True)
            screen.kill()
    note = f"{ROUNDS} times in one chat, at {RATE:,} tokens a second"
    results = []
    for name, each in waits.items():
        results.append(Result(f"{name} to the prompt, median", statistics.median(each), "ms", 250.0, note))
        results.append(Result(f"{name} to the prompt, the longest", max(each), "ms"))
    return report("stream_stop", "Stopping a reply that pours in", results)


def _endless() -> Iterator[str]:
    return itertools.chain.from_iterable(tokens(10_000, seed) for seed in itertools.count())


if __name__ == "__main__":
    sys.exit(main())
