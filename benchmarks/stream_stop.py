"""How soon the prompt is back when Ctrl-C stops a reply that pours in, in a real terminal."""

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
CHAT = "/chat/completions"


def main() -> int:
    """Ask in a chat, wait until the reply flows, press Ctrl-C; again and again in the same chat."""
    waits: list[float] = []
    with clean_environment() as environment, model_server(lambda _: Flow(_endless(), rate=RATE)) as server:
        project = make_project(Path(environment["HOME"]) / "project", FILES)
        command = vivek("chat", "--model", f"openai_compat/{MODEL}", "--base-url", server.url)
        with terminal(command, environment=environment, folder=project) as screen:
            screen.wait_for_prompt()
            for number in range(1, ROUNDS + 1):
                server.forget()
                screen.say(f"What is this, for the {number}. time?")
                while not screen.watch(0.2) or not server.sent.first:
                    pass
                if screen.watch(SECONDS) < 10_000:
                    msg = "the reply does not flow"
                    raise RuntimeError(msg)
                waits.append(screen.interrupt() * 1000)
                print(f"round {number} of {ROUNDS}: {waits[-1]:.0f} ms", end="\r", file=sys.stderr, flush=True)
            screen.kill()
    note = f"{ROUNDS} times in one chat, at {RATE:,} tokens a second"
    results = [
        Result("Ctrl-C to the prompt, median", statistics.median(waits), "ms", 250.0, note),
        Result("Ctrl-C to the prompt, the longest", max(waits), "ms"),
    ]
    return report("stream_stop", "Stopping a reply that pours in", results)


def _endless() -> Iterator[str]:
    return itertools.chain.from_iterable(tokens(10_000, seed) for seed in itertools.count())


if __name__ == "__main__":
    sys.exit(main())
