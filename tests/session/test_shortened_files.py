"""A file without room as a whole: its outline is shown with what the request names, and edited where it is quoted."""

import resource
import sys
from pathlib import Path

import pytest

from tests.engine.forced import ForcedEngine
from tests.session.conftest import Engine, Open, say
from vivek.edits.engine import read_reply
from vivek.flows.chat.desk import Desk
from vivek.flows.chat.work import WorkReader, edited_by_quoting
from vivek.schema.events import BudgetSpent, EditRefused, Notice

pytestmark = pytest.mark.engine

_UNIT = 1 if sys.platform == "darwin" else 1024  # bytes in which the system tells memory

PATH = "till/steps.py"
STEP = "def step_{0}(price):\n    total = price + {0}\n    return total\n\n\n"
LONG = "".join(STEP.format(n) for n in range(70))
BLOCK = f"""{PATH}
```
<<<<<<< SEARCH
    total = price + 60
=======
    total = price - 60
>>>>>>> REPLACE
```
"""


async def test_a_file_larger_than_the_room_is_edited_where_it_was_shown(
    workspace: Path, open_at: Open, forced_engine: ForcedEngine, engine: Engine
) -> None:
    (workspace / PATH).write_text(LONG)
    forced_engine.script([BLOCK])
    async with open_at(engine, depth="fast", approve="edits", window=4096) as session:
        heard = await say(session, f"In {PATH}, subtract in `step_60`")

    shown = [body["messages"][-1]["content"] for body in forced_engine.requests]
    assert f"There is no room for the 350 lines of {PATH}." in shown[0]
    assert "    total = price + 60\n" in shown[0], "the definition that the request names"
    assert "    total = price + 59\n" not in shown[0]
    assert (workspace / PATH).read_text() == LONG.replace("price + 60", "price - 60")
    assert heard.report.status == "done"
    [spent] = [event for event in heard.events if isinstance(event, BudgetSpent)]
    assert [name for name, _, _ in spent.shrunk] == [f"file:{PATH}"]
    told = [event.text for event in heard.events if isinstance(event, Notice)]
    assert any(text.startswith(f"Shortened for lack of room: {PATH} (") for text in told)


async def test_a_file_that_was_shortened_counts_as_seen_in_part_and_is_not_shown_again_unasked(
    workspace: Path, open_at: Open, forced_engine: ForcedEngine, engine: Engine
) -> None:
    (workspace / PATH).write_text("".join(STEP.format(n) for n in range(70)))
    anew = f"{PATH}::step_60\n```python\n{STEP.format(60).replace('+', '*')}```\n"
    forced_engine.script(["search: step_60", anew, BLOCK])
    async with open_at(engine, depth="fast", approve="edits", window=4096) as session:
        heard = await say(session, f"In {PATH}, subtract in `step_60`")

    first, second, third = (body["messages"][-1]["content"] for body in forced_engine.requests)
    assert "There is no room for the 350 lines of" in first
    assert "There is no room" not in second
    assert f"`{PATH}` was not changed" in third, "what is given anew may lack lines that were not shown"
    assert heard.of(EditRefused) == []
    assert "    total = price - 60\n" in (workspace / PATH).read_text()


async def test_a_file_too_large_for_any_model_is_not_read_and_both_are_told(
    workspace: Path, open_at: Open, forced_engine: ForcedEngine, engine: Engine
) -> None:
    with (workspace / "till" / "sales.csv").open("wb") as file:
        file.truncate(500_000_000)
    forced_engine.script(["read: till/sales.csv", "I cannot see it."])
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    async with open_at(engine, depth="fast") as session:
        heard = await say(session, "What is in till/sales.csv?")

    first, second = (body["messages"][-1]["content"] for body in forced_engine.requests)
    told = "it has 500,000,000 bytes, more than 10,000,000"
    assert f"till/sales.csv is not shown: {told}." in first
    assert told in second, "nor is it when the model asks for it"
    notices = [event.text for event in heard.events if isinstance(event, Notice)]
    assert f"till/sales.csv is not shown to the model: {told}." in notices
    assert heard.report.status == "done"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 400_000_000 // _UNIT


def test_of_a_file_shown_in_part_only_quoted_lines_may_be_replaced() -> None:
    text = STEP.format(1) + STEP.format(60)
    desk = Desk(current={PATH: text.encode()}, sizes={PATH: 60})
    reader = WorkReader(desk, frozenset({PATH}), {}, 1_000)

    def stands(reply: str) -> bool:
        outcome = read_reply(reply, current=desk.current, exists=[PATH], shown=[PATH])
        assert set(outcome.files) == {PATH}
        return edited_by_quoting(reply, outcome, [PATH], reader) == {PATH}

    assert stands(BLOCK)
    assert not stands(f"{PATH}\n```python\n{text.replace('price + 60', 'price - 60')}```\n")
    assert not stands(f"{PATH}::step_60\n```python\n{STEP.format(60).replace('+', '-')}```\n")
