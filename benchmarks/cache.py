"""What is read twice: a thread of twenty turns by the server's own count, cold against warm, and over an engine's end.

The thread is a real session on a real repository: questions, edits, a red check, plans, verdicts, refusals, searches.
Its words are scripted (`tests/engine/long_thread.py`), its tokens, prompts and caches are the engine's. One slot.
"""

import asyncio
import itertools
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.half_billion import build
from benchmarks.measure import ROOT, Result, clean_environment, report
from tests.engine.forced import Body, ForcedEngine
from tests.engine.long_thread import Script, hold, make_shop, turns
from tests.engine.server import serve
from tests.engine.tiny_model import tiny_model
from vivek.providers.adapters.embedded import EmbeddedProvider
from vivek.providers.adapters.llamacpp import LlamaCppProvider
from vivek.providers.adapters.mlx import MlxProvider
from vivek.providers.base import Provider
from vivek.schema.chunk import Chunk
from vivek.schema.messages import Message
from vivek.schema.request import Request, Sampling

TURNS = 20
WINDOW = 12_288
LOST = 1.0  # per cent of the prompt before that a call may have to read again
NOT_RESTORED = 5.0  # per cent of a continued thread
WORDS = 220  # of the prompt that the half-billion model reads
LEAVING = 120.0

Call = dict[str, Any]  # one row of JSON: node, prompt, cached, seconds, turn, anew


def main() -> int:
    """Measure in children with an empty home, and report."""
    load = f"{os.getloadavg()[0]:.1f}"
    results: list[Result] = []
    warm, cold, mlx = in_child("thread"), in_child("thread", "uncached"), in_child("thread", "mlx")
    for name, calls in (("llama.cpp", warm), ("MLX", mlx)):
        results += figures(name, calls)
    for name, calls in (("cached", warm), ("cache off", cold)):
        until = statistics.median(call["prefill"] for call in calls[len(calls) // 2 :]) * 1000
        results.append(Result(f"second half of the thread, prefill, {name}", until, "ms", note="llama.cpp's own clock"))
    results += restored(in_child("restart"))
    title = f"What a model reads twice: {TURNS} turns, window {WINDOW:,}, {len(warm)} calls, load {load} at the start"
    return report("cache", title, results)


def in_child(*arguments: str) -> Any:  # JSON
    """Run one part in a process of its own."""
    with clean_environment() as environment:
        print(" ".join(arguments), file=sys.stderr)
        command = [sys.executable, "-m", "benchmarks.cache", *arguments]
        done = subprocess.run(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)


def figures(name: str, calls: Sequence[Call]) -> list[Result]:
    """Return how much of the prompt before each call had to be read again, and what the thread came to."""
    pairs = [(before, call) for before, call in itertools.pairwise(calls) if not call["anew"]]
    lost = [max(0, before["prompt"] - call["cached"]) * 100 / before["prompt"] for before, call in pairs]
    anew = [call for call in calls if call["anew"]]
    within = [call for call in calls[1:] if not call["anew"]]
    prompt, cached = sum(call["prompt"] for call in within), sum(call["cached"] for call in within)
    nodes = ", ".join(f"{node} {sum(call['node'] == node for call in calls)}" for node in sorted(nodes_of(calls)))
    return [
        Result(f"{name}: of the prompt before, read again, worst call", max(lost), "%", LOST, f"{len(pairs)} calls"),
        Result(f"{name}: from the cache, all calls of a generation", cached * 100 / prompt, "%", None, nodes),
        Result(f"{name}: new tokens a call, median", statistics.median(c["prompt"] - c["cached"] for c in within), ""),
        Result(
            f"{name}: new generations",
            len(anew),
            "",
            None,
            "read again: " + ", ".join(f"{call['prompt'] - call['cached']:,}" for call in anew) + " tokens",
        ),
    ]


def nodes_of(calls: Sequence[Call]) -> set[str]:
    """Return who asked."""
    return {call["node"] for call in calls}


def restored(told: Mapping[str, Any]) -> list[Result]:  # JSON
    """Return what continuing a thread in a new engine costs."""
    lost = (1 - told["restored"]["cached"] / told["restored"]["prompt"]) * 100
    tokens = told["restored"]["prompt"]
    results = [
        Result("continued after the engine's end: read again", lost, "%", NOT_RESTORED, f"of {tokens:,} tokens"),
        Result(
            "state on disk", told["bytes"] / 1e6, "MB", None, f"{told['bytes'] / told['tokens'] / 1024:.1f} KB a token"
        ),
    ]
    results += [
        Result(f"0.36B model, {tokens:,} tokens, to the first token, {case}", told[case]["first"], "s")
        for case in ("cold", "warm", "restored")
    ]
    results.append(Result("0.36B model, to load, with nothing kept", told["cold"]["load"], "s"))
    results.append(Result("0.36B model, to load, with the state", told["restored"]["load"], "s"))
    results.append(Result("0.36B model, to leave, with the state", told["leaving"], "s", None, "after its last user"))
    return results


class Uncached(ForcedEngine):
    """A real engine that reads every prompt from its first token."""

    def force(self, body: Body) -> Body:
        """Return the request that makes the engine say the next reply."""
        return super().force(body) | {"cache_prompt": False}


class SpokenMlx(MlxProvider):
    """MLX in this process, made to say what is scripted: as a JSON string, which it is held to, told as its text.

    So a reply is other tokens in the cache than in the next prompt, and no part of a reply ever counts as cached.
    """

    def __init__(self, folder: Path, say: Callable[[str], str]) -> None:
        super().__init__(folder, window=WINDOW)
        self._say = say

    async def stream(self, request: Request) -> AsyncGenerator[Chunk]:
        """Yield the scripted reply whole, and the engine's figures."""
        text = self._say(request.messages[-1].content)
        said = ""
        async for chunk in super().stream(replace(request, schema={"const": text}, max_tokens=4_096)):
            said += chunk.text
            if chunk.finish:
                yield Chunk(text=json.loads(said))
            yield replace(chunk, text="")


async def thread(how: str) -> list[Call]:
    """Hold the thread; return what every call read."""
    script = Script()
    model = tiny_model()
    with tempfile.TemporaryDirectory() as folder:
        shop = make_shop(Path(folder) / "shop")
        if how == "mlx":
            return await held(shop, SpokenMlx(model.folder, script.reply), script)
        with serve(model.q8_0, window=WINDOW) as server:
            kind = Uncached if how == "uncached" else ForcedEngine
            with kind(server) as engine:
                engine.script([lambda body: script.reply(body["messages"][-1]["content"])] * (TURNS * 8))
                return await held(shop, LlamaCppProvider(engine.url, engine.key), script)


async def held(shop: Path, provider: Provider, script: Script) -> list[Call]:
    """Hold the thread with one provider."""
    from vivek.session.opening import open_session
    from vivek.session.options import Choices
    from vivek.session.place import open_place

    rows: list[Call] = []
    async with open_session(open_place(shop), Choices(interactive=True), provider=provider) as session:
        for number, turn in enumerate(turns(TURNS)):
            for call in (await hold(session, turn, script)).calls:
                usage = call.usage
                row: Call = {"node": call.node, "turn": number, "prefill": usage.prefill_seconds}
                row |= {"prompt": usage.prompt_tokens, "cached": usage.cached_tokens}
                # Only a new generation makes a prompt shorter.
                row["anew"] = bool(rows) and row["prompt"] < rows[-1]["prompt"]
                rows.append(row)
            print(f"turn {number + 1} of {TURNS}", end="\r", file=sys.stderr, flush=True)
    return rows


async def restart() -> dict[str, Any]:  # JSON
    """Ask an engine twice, let it leave, and ask the next one."""
    from vivek.workspace.process import launch

    words = " ".join(f"name{number}" for number in range(WORDS))
    said = (Message("system", "You are terse."), Message("user", words))
    more = (*said, Message("assistant", "So it is."), Message("user", "Go on."))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        model = build(tiny_model().f32, folder / "half.gguf")

        def opened() -> EmbeddedProvider:
            kept = folder / "kept"
            return EmbeddedProvider(
                model, launcher=launch, state=folder / "state", window=4_096, threads=1, linger=0.0, kept=kept
            )

        first = opened()
        told: dict[str, Any] = {"cold": await asked(first, said), "warm": await asked(first, more)}
        clock = asyncio.get_running_loop().time
        began = clock()
        await first.close()
        async with asyncio.timeout(LEAVING):
            while not (records := list((folder / "kept").glob("*[0-9a-f].json"))):
                await asyncio.sleep(0.01)
        told["leaving"] = clock() - began
        kept = json.loads(records[0].read_text("utf-8"))
        second = opened()
        told |= {"restored": await asked(second, more), "bytes": kept["size"], "tokens": kept["tokens"]}
        await second.close()
    return told


async def asked(provider: EmbeddedProvider, messages: Sequence[Message]) -> Call:
    """Return what one call read, and how long its first token took, loading left out."""
    clock = asyncio.get_running_loop().time
    began, first, row = clock(), None, Call()
    request = Request("m", tuple(messages), 4, thread_id="a", sampling=Sampling(temperature=0.0))
    async for chunk in provider.stream(request):
        if chunk.text and first is None:
            first = clock() - began
        if usage := chunk.usage:
            load = usage.load_seconds or 0.0
            row = {"prompt": usage.prompt_tokens, "cached": usage.cached_tokens, "load": load}
            row["first"] = (clock() - began if first is None else first) - load
    return row


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["thread", *how]:
            print(json.dumps(asyncio.run(thread(how[0] if how else ""))))
        case ["restart"]:
            print(json.dumps(asyncio.run(restart())))
        case _:
            sys.exit(main())
