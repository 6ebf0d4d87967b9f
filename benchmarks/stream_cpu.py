"""What streaming costs: CPU a token for the provider alone and for `vivek ask`, and how soon the first text shows.

The bare reader is what one writes with httpx alone: its lines, and `json.loads` of each. It takes turns with vivek's
provider in processes of their own, which read one reply to warm up and measure the next.
"""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from benchmarks.measure import Result, clean_environment, in_turns, report, vivek
from benchmarks.project import make_project
from benchmarks.replies import FIRST, markdown, tokens
from benchmarks.running import Run, run_in_terminal, run_piped
from benchmarks.server import MODEL, Flow, ModelServer, model_server

TOKENS = 20_000
RATE, SECONDS = 100, 10
ANSWER = 13_000
SHARE = 6.0
FILES = 31
MICRO = 1_000_000
PACED_ROUNDS = 5
ROUNDS = 9

Runner = Callable[..., Run]


def main() -> int:
    """Measure the provider alone, then the whole program, piped and in a terminal."""
    with clean_environment() as environment, model_server(lambda _: "") as server:
        project = make_project(Path(environment["HOME"]) / "project", FILES)
        results = alone(environment, server) + whole(environment, project, server)
        results += paced(environment, project, server) + drawn(environment, project, server)
        results += first_text(environment, project, server)
    return report("stream_cpu", "What streaming a reply costs", results)


def alone(environment: Mapping[str, str], server: ModelServer) -> list[Result]:
    """Return the provider's CPU a token as a multiple of the bare reader's, as fast as the server sends."""
    results: list[Result] = []
    words = list(tokens(TOKENS))
    for name, flow in (("in full writes", Flow(words)), ("each token a write", Flow(words, single=True))):
        spent = in_turns(
            {
                "bare": _reading("bare", environment, server, flow),
                "own": _reading("provider", environment, server, flow),
            },
            rounds=ROUNDS,
        )
        bare, own = (spent[way] / TOKENS * MICRO for way in ("bare", "own"))
        note = f"{own:.1f} us a token, the bare reader {bare:.1f}"
        results.append(Result(f"the provider alone, {TOKENS:,} tokens {name}", own / bare, "x", 1.5, note))
    return results


def whole(environment: Mapping[str, str], project: Path, server: ModelServer) -> list[Result]:
    """Return what `vivek ask` spends on a token of a long reply, above a reply of one."""
    results: list[Result] = []
    for name, run, limit in (("piped", run_piped, 25.0), ("in a terminal", run_in_terminal, 120.0)):
        spent = in_turns(
            {
                "one": _asking(run, environment, project, server, Flow(list(tokens(1)))),
                "all": _asking(run, environment, project, server, Flow(list(tokens(TOKENS)))),
            },
            rounds=ROUNDS,
        )
        above = (spent["all"] - spent["one"]) / TOKENS * MICRO
        note = f"{spent['all']:.2f} s of CPU in all, {spent['one']:.2f} s with one token"
        results.append(Result(f"`vivek ask` {name}, {TOKENS:,} tokens, each", above, "us", limit, note))
    return results


def paced(environment: Mapping[str, str], project: Path, server: ModelServer) -> list[Result]:
    """Return what `vivek ask` spends on a reply of ten seconds, above a reply of one token."""
    count = RATE * SECONDS
    results: list[Result] = []
    for name, run, limit in (("piped", run_piped, 0.3), ("in a terminal", run_in_terminal, 0.6)):
        spent = in_turns(
            {
                "one": _asking(run, environment, project, server, Flow(list(tokens(1)))),
                "all": _asking(run, environment, project, server, Flow(list(tokens(count)), rate=RATE)),
            },
            rounds=PACED_ROUNDS,
        )
        about = f"{RATE} tokens a second for {SECONDS} s"
        results.append(Result(f"`vivek ask` {name}, {about}", spent["all"] - spent["one"], "s", limit))
    reading = _reading("bare", environment, server, Flow(list(tokens(count)), rate=RATE))
    bare = in_turns({"bare": reading}, rounds=1)["bare"]
    note = "being woken for every token; vivek reads in frames"
    return [*results, Result("the bare reader at the same pace", bare, "s", note=note)]


def drawn(environment: Mapping[str, str], project: Path, server: ModelServer) -> list[Result]:
    """Return what drawing Markdown in a terminal costs, a long answer at once and a shorter one at a pace."""
    cases = {
        "one": Flow(list(markdown(1))),
        "paced": Flow(list(markdown(RATE * SECONDS)), rate=RATE),
        "all": Flow(list(markdown(ANSWER))),
    }
    spent = in_turns(
        {name: _asking(run_in_terminal, environment, project, server, flow) for name, flow in cases.items()},
        rounds=PACED_ROUNDS,
    )
    share = 100 * (spent["paced"] - spent["one"]) / SECONDS
    size = sum(len(piece) for piece in cases["all"].pieces)
    note = f"{size:,} characters; above a reply of one token, which costs {spent['one']:.2f} s"
    return [
        Result(f"Markdown in a terminal, {RATE} tokens a second", share, "% of a core", SHARE),
        Result(f"Markdown of {ANSWER:,} tokens in a terminal", spent["all"] - spent["one"], "s", 1.0, note),
    ]


def first_text(environment: Mapping[str, str], project: Path, server: ModelServer) -> list[Result]:
    """Return the milliseconds between the first byte of a reply and its first word on the other side."""

    def delay(run: Runner) -> float:
        server.reply = lambda _: Flow(list(tokens(30)), rate=RATE)
        ran = run(_command(server), environment=environment, folder=project, marker=FIRST)
        if ran.seen is None:
            msg = "the first word was never shown"
            raise RuntimeError(msg)
        return (ran.seen - server.sent.first) * 1000

    seen = in_turns({"piped": lambda: delay(run_piped), "in a terminal": lambda: delay(run_in_terminal)}, rounds=ROUNDS)
    return [Result(f"first text {name} after the first byte", value, "ms", 15.0) for name, value in seen.items()]


def _command(server: ModelServer) -> list[str]:
    return vivek("ask", "What is this?", "--model", f"openai_compat/{MODEL}", "--base-url", server.url)


def _asking(
    run: Runner, environment: Mapping[str, str], project: Path, server: ModelServer, flow: Flow
) -> Callable[[], float]:
    def ask() -> float:
        server.reply = lambda _: flow
        server.forget()
        cpu = run(_command(server), environment=environment, folder=project).cpu
        if (calls := server.count("/chat/completions")) != 1:
            msg = f"the reply was asked for {calls} times; its cost would be that of {calls} replies"
            raise RuntimeError(msg)
        return cpu

    return ask


def _reading(way: str, environment: Mapping[str, str], server: ModelServer, flow: Flow) -> Callable[[], float]:
    def read() -> float:
        server.reply = lambda _: flow
        command = [sys.executable, "-m", "benchmarks.stream_cpu", way, server.url]
        child = subprocess.run(command, env=dict(environment), capture_output=True, check=True, timeout=300)
        return float(child.stdout)

    return read


async def read_bare(url: str) -> int:
    """Read a reply with httpx alone and return its characters."""
    import httpx

    size = 0
    body = {"model": MODEL, "stream": True, "messages": [{"role": "user", "content": "hello"}]}
    async with (
        httpx.AsyncClient(timeout=None, trust_env=False) as client,
        client.stream("POST", f"{url}/chat/completions", json=body) as response,
    ):
        async for line in response.aiter_lines():
            if line.startswith("data: ") and line != "data: [DONE]":
                for choice in json.loads(line[6:])["choices"]:
                    size += len(choice["delta"].get("content") or "")
    return size


async def read_by_provider(url: str) -> int:
    """Read a reply with vivek's provider and return its characters."""
    from vivek.providers.adapters.openai_compat import OpenAICompatProvider
    from vivek.schema.messages import Message
    from vivek.schema.request import Request

    provider = OpenAICompatProvider(url)
    request = Request(model=MODEL, messages=(Message("user", "hello"),), max_tokens=TOKENS, window=2 * TOKENS)
    size = 0
    async for chunk in provider.stream(request):
        size += len(chunk.text)
    await provider.close()
    return size


READERS = {"bare": read_bare, "provider": read_by_provider}


async def spent_on(way: str, url: str) -> float:
    """Return the CPU seconds of one reply; the reply before it warmed up."""
    first = await READERS[way](url)
    before = time.process_time()
    again = await READERS[way](url)
    after = time.process_time()
    if first != again or not first:
        msg = f"{way} read {first} and then {again} characters"
        raise RuntimeError(msg)
    return after - before


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(asyncio.run(spent_on(sys.argv[1], sys.argv[2])))
        sys.exit(0)
    sys.exit(main())
