"""The chat with a conversation whose words and figures are given, for pictures: `python screen_child.py FOLDER`."""

import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.cli.fakes import FakeChoices, FakeConversation, FakeOpener, FakePlace
from vivek.cli.app import act
from vivek.cli.options import Invocation, Terminal
from vivek.cli.start import start_chat
from vivek.edits.diff import unified
from vivek.schema.checks import Check
from vivek.schema.context import ContextReport
from vivek.schema.counts import PromptCount
from vivek.schema.edits import FileChange
from vivek.schema.events import (
    ApprovalRequested,
    BudgetSpent,
    EditApplied,
    Event,
    NodeStarted,
    Notice,
    PhaseChanged,
    PlanReady,
    PrefillProgress,
    TextDelta,
    ThinkingDelta,
    TurnDone,
    TurnStarted,
)
from vivek.schema.plan import Plan
from vivek.schema.report import TurnReport, TurnUsage
from vivek.schema.wishes import AS_USUAL, TurnWish

THREAD, MODEL = "calm-otter-7", "ollama/qwen3:4b"
SPENT = BudgetSpent(
    "executor",
    16_384,
    (("history", 1_430), ("file:till/prices.py", 412), ("request", 38)),
    (("file:till/bill.py", 5_210),),
    reply_room=2_048,
)
USAGE = TurnUsage(1_880, 1_430, 164, calls=1, seconds=16.4, time_to_first_token=2.1, tokens_per_second=11.8)
ANSWER = """\
`discount` **cuts off** what is behind the cent, because `//` does:

| price | percent | exact | `discount` |
|-------|---------|-------|------------|
| 999 | 10 | 899.1 | 899 |
| 995 | 10 | 895.5 | **895** |

1. Use `round`, which goes to the nearest cent.
2. Keep the sum in integers:

```python
def discount(price: int, percent: int) -> int:
    \"\"\"Take a percentage off a price.\"\"\"
    return round(price * (100 - percent) / 100)
```

The tests in `tests/test_prices.py` expect 895 today, so one of them
"""
OLD = """\
def discount(price: int, percent: int) -> int:
    \"\"\"Take a percentage off a price.\"\"\"
    return price * (100 - percent) // 100
"""
NEW = OLD.replace("price * (100 - percent) // 100", "round(price * (100 - percent) / 100)")
DIFF = unified("till/prices.py", OLD, NEW)
CHANGE = FileChange("till/prices.py", "modify", 1, 1, applied=False)
CHECKS = (Check("parse", "passed"), Check("pytest -q tests/test_prices.py", "passed"))
ASKED = ApprovalRequested(DIFF, (CHANGE,), CHECKS)
REPLY = f"Rounding to the nearest cent takes one line.\n\ntill/prices.py\n```python\n{NEW}```\n"

Step = Event | float


def answer() -> Iterable[Step]:
    """Yield a turn that stops in the middle of its answer."""
    yield from begun("answer")
    yield from (ThinkingDelta("executor", word) for word in ["Integer division ", "cuts off."] * 40)
    for at in range(0, len(ANSWER), 4):
        yield TextDelta("executor", ANSWER[at : at + 4])
        yield 0.01
    yield 600.0


def change() -> Iterable[Step]:
    """Yield a turn that ends with a question."""
    yield from begun("change")
    yield from (TextDelta("executor", REPLY[at : at + 4]) for at in range(0, len(REPLY), 4))
    yield ASKED
    report = TurnReport(THREAD, "needs_approval", changes=(CHANGE,), diff=DIFF, checks=CHECKS, usage=USAGE, model=MODEL)
    yield TurnDone(report)


def applied() -> list[Event]:
    """Return the events after a yes."""
    change = replace(CHANGE, applied=True)
    usage = replace(USAGE, seconds=9.6)
    report = TurnReport(THREAD, "done", "`discount` rounds now.", (change,), DIFF, CHECKS, None, usage, MODEL)
    return [NodeStarted("apply"), EditApplied(change), TurnDone(report)]


def begun(kind: Any) -> Iterable[Step]:
    """Yield how a turn begins."""
    yield TurnStarted(THREAD, MODEL, 16_384, "loaded")
    yield NodeStarted("planner")
    yield PlanReady(Plan(kind, ("Look at the discount",)), made=False)
    yield NodeStarted("executor")
    yield SPENT
    yield PhaseChanged("executor", "prefill")
    yield PrefillProgress("executor", 1_880, 1_880, 1_430, 0.0)
    yield PhaseChanged("executor", "decode")


class Scripted(FakeConversation):
    """Plays what the message asks for."""

    def send(self, text: str | None, wish: TurnWish = AS_USUAL) -> Any:  # Any: the generator of the double
        """Play the script for a message."""
        self.scripts.insert(0, list(change() if text and text.startswith("Round") else answer()))
        return super().send(text, wish)


def main(folder: str, thread: str = "") -> int:
    """Run the chat."""
    conversation = Scripted([applied()], thread_id=THREAD, model=MODEL)
    conversation.banner = f"{MODEL} · 16k window · ~12 tok/s · /model"
    conversation.costs = ContextReport(
        prompts=(PromptCount(MODEL, 16_384, 1_880, 1_430, 450, "server"),),
        system=612,
        notes=140,
        messages=4,
        calls=3,
        prompt_tokens=4_705,
        cached_tokens=3_220,
    )
    if thread:
        conversation.waiting = ASKED
        conversation.notices = (Notice("till/bill.py has changed since this thread was used last."),)
    place: Any = FakePlace(Path("~/shop"), Path(folder))
    choices: Any = replace(FakeChoices(model=MODEL), thread=thread or None)
    terminal = Terminal(reads=True, asks=True, draws=True, shows=True)
    load = FakeOpener(conversation).load
    return act(Invocation(action=lambda: start_chat(place, choices, terminal, first=None, load=load)))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
