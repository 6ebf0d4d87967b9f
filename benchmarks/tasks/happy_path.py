"""The happy path of twelve small tasks: what prompts and replies weigh when the model is right at once. No real model.

A scripted model gives the right reply when its prompt holds the lines without which the task cannot be solved, and
nonsense otherwise. So this measures what vivek says to a model and whether it found the code by itself, not what a
model makes of it: that is `benchmarks/models.py`.

    python -m benchmarks.tasks.happy_path
"""

import asyncio
import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from types import MappingProxyType

from benchmarks.measure import Result, clean_environment, report
from benchmarks.tasks.catalogue import TASKS
from benchmarks.tasks.shop import SHOP
from benchmarks.tasks.task import Task
from vivek.prompts.tokens import count
from vivek.providers.adapters.scripted import ScriptedProvider, ScriptedReply
from vivek.schema.aids import AidsSpec
from vivek.schema.chunk import Chunk
from vivek.schema.events import TurnDone
from vivek.schema.request import Request
from vivek.session.opening import open_session
from vivek.session.options import Choices
from vivek.session.place import open_place

MOST_TOKENS, MOST_CALLS = 3_000, 3
NONSENSE = "I cannot tell from what I see."
PLAN = {"kind": "change", "steps": ["Do what is asked."], "files": [], "mode": "peer", "question": ""}
VERDICT = {"feedback": "It does what was asked.", "needs_work": False, "score": 1.0}
AROUND = 4  # tokens that a chat template puts around a message


@dataclass(frozen=True, slots=True)
class Walked:
    """What one task took.

    Attributes:
        task: The task.
        solved: Whether its hidden check passed.
        prompts: Tokens of each prompt, in the order of the calls; what a server has cached counts as well.
        replies: Tokens of all replies.
        seen: Whether the first prompt of the work held all it needed.
    """

    task: Task
    solved: bool
    prompts: tuple[int, ...]
    replies: int
    seen: bool

    @property
    def tokens(self) -> int:
        """All tokens together."""
        return sum(self.prompts) + self.replies


@dataclass(slots=True)
class Knowing:
    """Answers a task as far as its prompt allows."""

    task: Task
    prompts: list[int] = field(default_factory=list)
    replies: int = 0
    seen: bool | None = None

    def reply(self, request: Request) -> ScriptedReply:
        """Return what a model says that is right whenever it can be."""
        said = "\n".join(message.content for message in request.messages)
        self.prompts.append(sum(count(message.content, "qwen") + AROUND for message in request.messages))
        if request.schema is None:
            held = all(span in said for span in self.task.spans)
            self.seen = held if self.seen is None else self.seen
            reply = self.work(request, held=held)
        else:
            properties = request.schema.get("properties")
            judges = isinstance(properties, dict) and "score" in properties
            reply = ScriptedReply(json.dumps(VERDICT if judges else PLAN))
        return reply

    def work(self, request: Request, *, held: bool) -> ScriptedReply:
        """Return the reply to a request for the work itself, whose prompt holds all it needs or does not."""
        return ScriptedReply(self.task.right if held else NONSENSE)


class KnowingProvider(ScriptedProvider):
    """A scripted provider whose next reply is made from the request."""

    def __init__(self, knowing: Knowing) -> None:
        super().__init__([], window=8_192)
        self._knowing = knowing

    async def stream(self, request: Request) -> AsyncIterator[Chunk]:
        """Yield the reply to a request."""
        one = ScriptedProvider([self._knowing.reply(request)], window=8_192)
        said = ""
        try:
            async for chunk in one.stream(request):
                said += chunk.thinking + chunk.text
                yield chunk
        finally:  # a reply may be stopped
            self._knowing.replies += count(said, "qwen")


def main() -> int:
    """Walk all tasks."""
    walked = walk_all()
    for each in walked:
        print(
            f"{each.task.name}: {each.tokens} tokens, {len(each.prompts)} calls, {'solved' if each.solved else 'NOT'}"
        )
    figures = [*results(walked), *(without(aid.name, walked) for aid in fields(AidsSpec))]
    return report("happy_path", "Twelve small tasks, on the happy path: a scripted model that is right", figures)


def without(aid: str, walked: list[Walked]) -> Result:
    """Return what a task takes without one of the aids; whether a real model needs it, only a real model can tell."""
    bare = walk_all({f"VIVEK_AIDS_{aid.upper()}": "false"})
    saved = (sum(each.tokens for each in walked) - sum(each.tokens for each in bare)) / len(bare)
    solved = sum(each.solved for each in bare)
    return Result(
        f"tokens that the aid `{aid}` adds to a task, mean", saved, "tokens", None, f"{solved} solved without"
    )


def results(walked: list[Walked]) -> list[Result]:
    """Return the figures."""
    most = max(walked, key=lambda each: each.tokens)
    mean = sum(each.tokens for each in walked) / len(walked)
    calls = [len(each.prompts) for each in walked]
    missed = [each.task.name for each in walked if not each.solved]
    late = [each.task.name for each in walked if not each.seen]
    unseen = "tasks whose code was not in the first prompt of the work"
    per_task = ", ".join(f"{each.task.name} {each.tokens:,} in {len(each.prompts)}" for each in walked)
    of = f"of {len(walked)}"
    return [
        Result("tasks not solved", len(missed), of, 0, ", ".join(missed)),
        Result("tokens of the heaviest task, prompts and replies", most.tokens, "tokens", MOST_TOKENS, most.task.name),
        Result("tokens of a task, mean", mean, "tokens", None, per_task),
        Result("model calls of a task, the most", max(calls), "calls", MOST_CALLS),
        Result("model calls of a task, mean", sum(calls) / len(calls), "calls"),
        Result(unseen, len(late), of, None, ", ".join(late)),
    ]


def walk_all(
    settings: Mapping[str, str] = MappingProxyType({}), model: Callable[[Task], Knowing] = Knowing
) -> list[Walked]:
    """Walk each task in a new repository of its own, with the settings of somebody who has just been born.

    Args:
        settings: Variables that change them.
        model: Returns who answers a task.
    """
    with clean_environment() as clean, _variables(environment := {**clean, **settings}):
        return [_walk(task, environment, model(task)) for task in TASKS]


def _walk(task: Task, environment: dict[str, str], knowing: Knowing) -> Walked:
    with tempfile.TemporaryDirectory(prefix="vivek-task-") as name:
        folder = Path(name).resolve()
        for path, text in SHOP.items():
            (folder / path).write_text(text)
        who = ["-c", "user.name=Tess Ter", "-c", "user.email=tess@example.org"]
        for command in (["init", "-q"], ["add", "."], [*who, "commit", "-qm", "begin"]):
            subprocess.run(["git", *command], cwd=folder, env=environment, check=True)
        answer = asyncio.run(_turn(task, folder, knowing))
        code = f"import sys; sys.path.insert(0, '.'); answer = {answer!r}\n{task.check}"
        checked = subprocess.run([sys.executable, "-B", "-c", code], cwd=folder, env=environment, check=False)
        return Walked(task, checked.returncode == 0, tuple(knowing.prompts), knowing.replies, bool(knowing.seen))


async def _turn(task: Task, folder: Path, knowing: Knowing) -> str:
    place, choices = open_place(folder), Choices(approve="edits")
    async with open_session(place, choices, provider=KnowingProvider(knowing)) as session:
        ended = [event async for event in session.send(task.request)][-1]
        return ended.report.answer if isinstance(ended, TurnDone) else ""


@contextlib.contextmanager
def _variables(environment: dict[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update(environment)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


if __name__ == "__main__":
    sys.exit(main())
