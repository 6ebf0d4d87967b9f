"""What vivek adds around the model in a review: CPU of everything but the model's own work, for each piece.

The change is that of `review_static`: 2,000 lines in ten real modules. The model is a script that answers at once; what
it takes itself is measured and taken off. The second run finds the report that the first one left.
"""

import asyncio
import json
import os
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

from benchmarks.measure import Result, clean_environment, cpu_of, in_turns, report, vivek
from benchmarks.review_static import make_change
from vivek.providers.adapters.scripted import ScriptedProvider
from vivek.schema.changes import ScopeWish
from vivek.schema.chunk import Chunk
from vivek.schema.request import Request
from vivek.schema.reviewing import ChunkRead
from vivek.session.doors.review import collect_changes, review_static
from vivek.session.options import Choices
from vivek.session.piecewise.review import open_review, warm
from vivek.session.place import open_place

ROUNDS = 5
EACH, AGAIN = 60.0, 0.5
NOTHING = '{"findings": []}'
SAID = '{"changed": "Functions come back.", "promise": ""}'


class Timed(ScriptedProvider):
    """Says that nothing is wrong, and knows the CPU seconds it took itself."""

    own = 0.0

    async def stream(self, request: Request) -> AsyncIterator[Chunk]:
        """Yield the reply, timed."""
        began = time.process_time()
        pieces = [piece async for piece in super().stream(request)]
        self.own += time.process_time() - began
        for piece in pieces:
            yield piece

    async def count_tokens(self, request: Request) -> int | None:
        """Return the size of a prompt, timed."""
        began = time.process_time()
        counted = await super().count_tokens(request)
        self.own += time.process_time() - began
        return counted


def main() -> int:
    """Measure a whole review in this process, and its repetition as a command."""
    warm()
    with clean_environment() as environment:
        os.environ.clear()
        os.environ.update(environment)
        project = Path(environment["HOME"]) / "project"
        lines = make_change(project, environment)
        asyncio.run(_each(project))  # the index is built, and modules are read, once for all reviews of a project
        taken: list[tuple[float, int, int]] = []
        for number in range(ROUNDS):
            os.environ["VIVEK_CACHE_DIR"] = str(project.parent / f"cache-{number}")
            taken.append(asyncio.run(_each(project)))
        again = _again(project, environment)
    cpu, pieces, calls = sorted(taken)[ROUNDS // 2]
    told = (
        f"{lines:,} changed lines, {pieces} pieces, {calls} calls, median of {ROUNDS} runs, the model's part taken off"
    )
    return report(
        "review_flow",
        "What vivek adds around the model in a review",
        [
            Result(
                "a whole review, from opening to report, for each piece", 1_000 * cpu / pieces, "ms CPU", EACH, told
            ),
            Result("`vivek review` with a model, nothing changed since", again, "s CPU", AGAIN, "no model is opened"),
        ],
    )


async def _each(project: Path) -> tuple[float, int, int]:
    """Return CPU seconds of a review without the model's part, its pieces, and its calls."""
    place = open_place(project)
    changes = collect_changes(place, ScopeWish())
    static = review_static(place, changes)
    model = Timed([NOTHING] * 1_000)
    began = time.process_time()
    pieces = 0
    async with open_review(place, Choices(), changes, static, provider=model) as review:
        async for event in review.run():
            pieces += isinstance(event, ChunkRead)
    return time.process_time() - began - model.own, pieces, len(model.requests)


def _again(project: Path, environment: dict[str, str]) -> float:
    """Return the CPU seconds of a command whose report is kept."""
    script = project.parent / "script.jsonl"
    script.write_text(f"{json.dumps(NOTHING)}\n" * 1_000)
    command = vivek("review", "--model", f"scripted/{script}", "--format", "json")
    cpu_of(command, environment=environment, folder=project)
    return in_turns({"again": lambda: cpu_of(command, environment=environment, folder=project)}, rounds=ROUNDS)["again"]


if __name__ == "__main__":
    sys.exit(main())
