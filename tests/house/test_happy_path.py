"""The benchmark of the happy path: it holds its limits, and it cannot be fooled by a prompt without the code."""

from collections.abc import Callable

import pytest

from benchmarks.tasks.catalogue import TASKS
from benchmarks.tasks.happy_path import MOST_CALLS, MOST_TOKENS, NONSENSE, Knowing, results, walk_all
from benchmarks.tasks.stumbles import WAYS
from benchmarks.tasks.task import Task
from vivek.schema.messages import Message
from vivek.schema.request import Request, Sampling


def test_every_task_is_solved_with_few_tokens_and_calls_when_the_model_is_right() -> None:
    walked = walk_all()

    assert [each.task.name for each in walked if not each.solved] == []
    assert max(each.tokens for each in walked) <= MOST_TOKENS
    assert max(len(each.prompts) for each in walked) <= MOST_CALLS
    assert all(result.holds for result in results(walked))


def test_a_prompt_without_the_lines_of_a_task_gets_nonsense() -> None:
    task = TASKS[0]
    said = "\n".join(task.spans)

    def reply(text: str) -> str:
        return Knowing(task).reply(Request("m", (Message("user", text),), max_tokens=64, sampling=Sampling())).text

    assert reply(said) == task.right
    assert reply(said.replace("NAME=NUMBER", "NAME")) == NONSENSE


@pytest.mark.parametrize(("what", "aid", "model"), WAYS)
def test_an_aid_saves_every_task_that_its_stumble_would_cost(
    what: str, aid: str, model: Callable[[Task], Knowing]
) -> None:
    helped = walk_all(model=model)

    assert [each.task.name for each in helped if not each.solved] == [], what
    assert max(len(each.prompts) for each in helped) <= MOST_CALLS
