"""What the aids for small models are worth when what they are for happens: a scripted model that stumbles in each task.

Each of the twelve tasks is walked as on the happy path, but the first reply of the work goes wrong in one way that
small models are known for. Afterwards the model is right, when its prompt allows. With the aid and without it: what was
solved, and what it took. How often a real model stumbles is for `benchmarks/models.py` to tell.

    python -m benchmarks.tasks.stumbles
"""

import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from benchmarks.measure import Result, report
from benchmarks.tasks.happy_path import Knowing, Walked, walk_all
from benchmarks.tasks.task import Task
from vivek.providers.adapters.scripted import ScriptedReply
from vivek.schema.request import Request

CIRCLE = "I will now look at the file and think about the change.\n"
THOUGHT = "Wait, let me look at it once more from the beginning. "
NOWHERE = "It is done in `src/helpers/shop_utils.py`, where nothing has to be changed."


@dataclass(slots=True)
class Stumbling(Knowing):
    """A model whose first reply of the work goes wrong."""

    stumbled: bool = False

    def work(self, request: Request, *, held: bool) -> ScriptedReply:
        """Return a reply that is wrong the first time."""
        right = super(Stumbling, self).work(request, held=held)
        if self.stumbled:
            return self.afterwards(request, right)
        self.stumbled = True
        return self.first(request, right)

    def first(self, request: Request, right: ScriptedReply) -> ScriptedReply:
        """Return the first reply."""
        raise NotImplementedError

    def afterwards(self, request: Request, right: ScriptedReply) -> ScriptedReply:
        """Return a later reply."""
        return right


class Silent(Stumbling):
    """Says nothing."""

    def first(self, request: Request, right: ScriptedReply) -> ScriptedReply:
        """Return an empty reply."""
        return ScriptedReply("")


class Circling(Stumbling):
    """Says the same again and again, as long as it is let."""

    def first(self, request: Request, right: ScriptedReply) -> ScriptedReply:
        """Return a reply that fills its room."""
        return ScriptedReply(CIRCLE * (4 * request.max_tokens // len(CIRCLE)), finish="length")


class Inventing(Stumbling):
    """Speaks of a file that is not there."""

    def first(self, request: Request, right: ScriptedReply) -> ScriptedReply:
        """Return an answer about an invented file."""
        return ScriptedReply(NOWHERE)


class Forgetting(Stumbling):
    """Writes the right code and does not say where it belongs."""

    def first(self, request: Request, right: ScriptedReply) -> ScriptedReply:
        """Return the reply without the lines before its code."""
        return replace(right, text=re.sub(r"(?m)^[^\n`]+\n(?=```)", "", right.text))


class Ending(Stumbling):
    """Is cut off in the middle of its reply, and goes on from there when it is asked to."""

    def first(self, request: Request, right: ScriptedReply) -> ScriptedReply:
        """Return the first half of the reply."""
        return ScriptedReply(right.text[: len(right.text) // 2], finish="length")

    def afterwards(self, request: Request, right: ScriptedReply) -> ScriptedReply:
        """Return the other half where the first one is in the prompt, as the model's own words."""
        half = right.text[: len(right.text) // 2]
        own = "".join(message.content for message in request.messages if message.role == "assistant")
        return ScriptedReply(right.text[len(half) :]) if half.strip() in own else right


class Brooding(Stumbling):
    """Thinks until its room is used up, whenever it may think."""

    def work(self, request: Request, *, held: bool) -> ScriptedReply:
        """Return thoughts alone, or the right reply where it must not think."""
        right = super(Stumbling, self).work(request, held=held)
        if request.think is False:
            return right
        return ScriptedReply("", finish="length", thinking=THOUGHT * (4 * request.max_tokens // len(THOUGHT)))


WAYS: tuple[tuple[str, str, Callable[[Task], Knowing]], ...] = (
    ("an empty reply", "correction", Silent),
    ("a reply that goes in a circle", "correction", Circling),
    ("an answer about a file that is not there", "correction", Inventing),
    ("code that names no file", "correction", Forgetting),
    ("a reply that is cut off in the middle", "continuation", Ending),
    ("nothing but thoughts", "thinking", Brooding),
)


def main() -> int:
    """Walk all tasks in each way, with the aid and without."""
    return report("stumbles", "Twelve small tasks, a scripted model that stumbles once in each", list(figures()))


def figures() -> Iterator[Result]:
    """Yield what was solved with each aid and without it, and what that took."""
    for what, aid, model in WAYS:
        helped = walk_all(model=model)
        alone = walk_all({f"VIVEK_AIDS_{aid.upper()}": "false"}, model)
        yield Result(f"{what}: tasks not solved, with the aid `{aid}`", _unsolved(helped), "of 12", 0, _cost(helped))
        yield Result(f"{what}: tasks not solved, without it", _unsolved(alone), "of 12", None, _cost(alone))


def _unsolved(walked: list[Walked]) -> int:
    return sum(not each.solved for each in walked)


def _cost(walked: list[Walked]) -> str:
    calls = sum(len(each.prompts) for each in walked) / len(walked)
    replies = sum(each.replies for each in walked) / len(walked)
    tokens = sum(each.tokens for each in walked) / len(walked)
    return f"{tokens:,.0f} tokens a task, {replies:,.0f} of them written, in {calls:.1f} calls"


if __name__ == "__main__":
    sys.exit(main())
