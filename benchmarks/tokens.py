"""How well tokens are counted: exact where the engine counts, else how far estimates are off; speed and cost of it.

The engine is real; its weights are random, its vocabularies are the one of Qwen and Llama 3 as far as the packed tables
hold them, and one of 2,048 tokens that is nobody's, which is worse than any that models come with.
"""

import asyncio
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.measure import ROOT, Result, report
from tests.engine.mixed import code, mixed, prose
from tests.engine.server import EngineServer, serve
from tests.engine.tiny_model import tiny_model
from tests.engine.variants import THINKER, write_variant
from tests.engine.wide_words import write_wide
from vivek.errors import ContextWindowExceededError, ModelOutputInvalidError
from vivek.flows.asking import Asker
from vivek.flows.calling import Caller
from vivek.flows.context import Question
from vivek.prompts import tokens
from vivek.prompts.estimate import bound
from vivek.prompts.transcript import Transcript
from vivek.providers.adapters.llamacpp import LlamaCppProvider
from vivek.schema.budget import Section
from vivek.schema.chunk import FinishReason
from vivek.schema.events import Event
from vivek.schema.messages import Message
from vivek.schema.report import TurnUsage
from vivek.schema.request import Request, Sampling
from vivek.schema.tools import ToolCard
from vivek.workspace.store import Store

WINDOW = 2_048
# Together more than 1,000 prompts for engines that count.
PROMPTS, FEW, EXACT, THREADS, TURNS, LONG = 400, 200, 60, 6, 5, 20
TOOL = ToolCard("look_at_file", "Shows a file.", {"type": "object", "properties": {"path": {"type": "string"}}})
SCHEMA = {"type": "object", "properties": {"word": {"type": "string", "maxLength": 8}}}
FAMILIES: dict[str, tokens.Family] = {"qwen2": "qwen", "llama-bpe": "llama3", "tiny": ""}
TITLES = {
    "qwen2": "Qwen's vocabulary",
    "llama-bpe": "Llama 3's vocabulary",
    "tiny": "a vocabulary of 2,048 that nothing is known of",
}


@dataclass
class Mute(LlamaCppProvider):
    """An engine that counts only if told so; it keeps how often it was asked."""

    url: str
    key: str
    counts: bool = False
    asked: list[Request] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(self.url, self.key)

    async def count_tokens(self, request: Request) -> int | None:
        """Return what the engine counts, or None."""
        self.asked.append(request)
        return await super().count_tokens(request) if self.counts else None


def main() -> int:
    """Measure."""
    results = [
        *speed(),
        *asyncio.run(against_the_engine()),
    ]
    return report("tokens", "Tokens: counted by the engine, estimated here", results)


def loading(before: str) -> float:
    """Return the milliseconds of CPU that the first count of a new process takes once it has run a statement."""
    script = (
        f"{before}\nimport time; began = time.process_time()\n"
        "from vivek.prompts import tokens; tokens.count('x', 'qwen')\n"
        "print(time.process_time() - began)"
    )
    command = [sys.executable, "-c", script]
    runs = [subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True) for _ in range(9)]
    return min(float(run.stdout) * 1000 for run in runs)


def speed() -> Iterator[Result]:
    """Yield what the tables cost."""
    note = "the first count of a new process that has what every turn has, asyncio; the best of nine"
    yield Result("loading the tables, CPU", loading("import asyncio, vivek.prompts.tokens"), "ms", 100, note)
    yield Result("the same with all imports, in a bare interpreter", loading(""), "ms")
    source = random.Random(1)
    texts = [code(source, 40_000) for _ in range(80)]
    for family in ("qwen", "llama3"):
        tokens.count("x", family)
        rates = []
        for _ in range(5):
            began = time.process_time()
            for text in texts:
                tokens.count(text, family)
            rates.append(sum(map(len, texts)) / 1e6 / (time.process_time() - began))
        note = f"sources of the standard library, pieces of 40 kB, {max(rates):.1f} MB/s"
        yield Result(f"counting with the tables of {family}, CPU for 10 MB", 10 / max(rates) * 1000, "ms", 1000, note)


async def against_the_engine() -> list[Result]:
    """Return what an engine says to our figures."""
    results: list[Result] = []
    with tempfile.TemporaryDirectory() as folder:
        plain = tiny_model().q8_0
        thinker = write_variant(plain, Path(folder) / "thinker.gguf", tokenizer__chat_template=THINKER)
        results.append(await exact("a template with tools and thinking", thinker))
        for split, family in FAMILIES.items():
            model = plain if split == "tiny" else write_wide(plain, Path(folder) / f"{split}.gguf", split)  # type: ignore[arg-type]  # a name of both
            title = TITLES[split]
            results.append(await exact(title, model))
            results += await estimates(title, model, family)
            results += await fits(title, model, family, counts=True)
            results += await fits(title, model, family, counts=False)
            if split == "qwen2":
                results += await requests(model, family)
    return results


async def exact(title: str, model: Path) -> Result:
    """Return by how many tokens the engine's count before a call differs from what it then reads, at most."""
    source = random.Random(1)
    worst = 0
    with serve(model, window=32_768) as server:
        provider = Mute(server.url, server.key, counts=True)
        for number in range(EXACT):
            said = [Message("system", "Be brief. <|im_end|>"), Message("user", mixed(source, 2_000))]
            for _ in range(source.randrange(4)):
                said += [Message("assistant", prose(source, 100)), Message("user", mixed(source, 400))]
            asked = Request(
                "m",
                tuple(said),
                1,
                sampling=Sampling(temperature=0.0),
                tools=(TOOL,) if number % 3 == 1 else (),
                schema=SCHEMA if number % 4 == 2 else None,
                think=[None, True, False][number % 3],
            )
            counted = await provider.count_tokens(asked)
            usage = [chunk.usage async for chunk in provider.stream(asked) if chunk.usage][-1]
            worst = max(worst, abs((usage.prompt_tokens or 0) - (counted or 0)))
        await provider.close()
    return Result(f"counted by the engine, {title}: largest error", worst, "tokens", 0, f"{EXACT} prompts")


async def estimates(title: str, model: Path, family: tokens.Family) -> list[Result]:
    """Return by how much estimates are off after some turns of code and English."""
    whole, new = [], []
    with serve(model, window=32_768) as server:
        for seed in range(THREADS):
            async with asker_of(server, family, 32_768) as asker:
                source = random.Random(seed)
                head = asker.transcript.begin_generation("You are a coding assistant. Answer briefly.")
                for _ in range(TURNS):
                    head = await ask(asker, head, [told("request", turn(source))], aside=False)
                messages = asker.transcript.request(head, turn(source))
                texts = [message.content for message in messages]
                counter = Mute(server.url, server.key, counts=True)
                true = await counter.count_tokens(Request("m", messages, 1)) or 0
                await counter.close()
                last = asker.caller.gauge.read_of(messages)
                assert last is not None
                about, _ = asker.caller.estimator.prompt(texts)
                more, _ = asker.caller.estimator.prompt(texts[len(last.messages) :], begun=True)
                whole.append(100 * abs(about - true) / true)
                new.append(100 * abs(last.read + more - true) / true)
    after = f"after {TURNS} turns of code and English"
    note = f"{THREADS} threads; on average {statistics.mean(whole):.2f} %"
    return [
        Result(f"estimate of a whole prompt, {title}, {after}: largest error", max(whole), "%", 2, note),
        Result(f"the same, going on from what the server read, {title}: largest error", max(new), "%", 2),
    ]


async def fits(title: str, model: Path, family: tokens.Family, *, counts: bool) -> list[Result]:
    """Return how many prompts that were believed to fit the engine refused, and how full the others made the window."""
    refused, filled = 0, []
    prompts = PROMPTS if counts else FEW
    source = random.Random(7)
    with serve(model, window=WINDOW) as server:
        async with asker_of(server, family, WINDOW, counts=counts) as asker:
            for number in range(prompts):
                head = asker.transcript.begin_generation(f"Rules {number}.")
                try:
                    await ask(asker, head, [*pieces(source), told("request", "Why?")])
                except ContextWindowExceededError:
                    refused += 1
                    asker.caller.window = WINDOW
                else:
                    filled.append(100 * (asker.caller.prompt.prompt or 0) / WINDOW)
    title += "" if counts else ", an engine that does not count"
    note = f"random mixes of code, prose, CJK, emoji, JSON, numbers, blanks; window {WINDOW:,}"
    return [
        Result(f"prompts refused of {prompts:,} that were believed to fit, {title}", refused, "", 0, note),
        Result(f"window used by these prompts, {title}: median", statistics.median(filled), "%"),
    ]


async def requests(model: Path, family: tokens.Family) -> list[Result]:
    """Return how often an engine that counts is asked to, in a long thread far from its window and in one near it."""
    asked = []
    source = random.Random(3)
    for window, size in ((32_768, 800), (8_192, 1_400)):
        with serve(model, window=window) as server:
            async with asker_of(server, family, window, counts=True) as asker:
                head = asker.transcript.begin_generation("You are a coding assistant. Answer briefly.")
                calls = 0
                while calls < LONG and asker.transcript.tokens(head) < window * 0.9:
                    head = await ask(asker, head, [told("request", code(source, size))], aside=False)
                    calls += 1
                provider = asker.caller.provider
                assert isinstance(provider, Mute)
                asked.append(len(provider.asked) / calls)
                if window == 32_768:
                    began = time.perf_counter()
                    texts = [Message("user", "".join(code(source, 40_000) for _ in range(2)))]
                    counted = await provider.count_tokens(Request("m", tuple(texts), 1))
                    spent = (time.perf_counter() - began) * 1000
    return [
        Result(f"requests for a count in each of {LONG} calls far from the window", asked[0], "", 1),
        Result("requests for a count in each call of a thread that fills the window", asked[1], "", 1.2),
        Result(f"one such request for {counted:,} tokens, by the clock", spent, "ms", note="all of it is split"),
    ]


@asynccontextmanager
async def asker_of(
    server: EngineServer, family: tokens.Family, window: int, *, counts: bool = False
) -> AsyncIterator[Asker]:
    """Open one who asks an engine, with what is said kept in a folder of its own."""
    provider = Mute(server.url, server.key, counts=counts)
    caller = Caller(provider, "m", window, bound, lambda text: tokens.count(text, family), family)
    with tempfile.TemporaryDirectory() as folder, Store.open(Path(folder)) as store:
        yield Asker(caller, Transcript(store))
    await provider.close()


async def ask(asker: Asker, head: str, sections: Sequence[Section], *, aside: bool = True) -> str:
    """Ask with some sections and return the new head."""
    for seed in range(9):
        question = Question("executor", head, sections, 16, Sampling(temperature=1.0, seed=seed), aside=aside)
        try:
            return (await asker(question, _take, TurnUsage(), _listen)).head
        except ModelOutputInvalidError:  # random weights may say nothing; the prompt was taken all the same
            if aside:
                return head
    raise RuntimeError("the model says nothing at all")


def _take(text: str, finish: FinishReason) -> str:
    return text or "(nothing)"


def _listen(event: Event) -> None:
    """Nobody looks on."""


def turn(source: random.Random) -> str:
    """Return what somebody may say in a turn: a file and a remark."""
    return f"{code(source, source.randrange(500, 6_000))}\n\n{prose(source, source.randrange(50, 900))}"


def told(name: str, text: str, *, required: bool = True, priority: int = 100) -> Section:
    """Return a section with its cheap size."""
    return Section(name, text, bound(text) + 1, priority, required)


def pieces(source: random.Random) -> list[Section]:
    """Return more than fits, in texts that may be left out."""
    made: list[Section] = []
    size = 0
    while size < 6 * WINDOW:
        text = mixed(source, source.choice([60, 200, 700, 2_000]))
        made.append(told(f"found:{len(made)}", text, required=False, priority=source.randrange(9)))
        size += len(text.encode())
    return made


if __name__ == "__main__":
    sys.exit(main())
