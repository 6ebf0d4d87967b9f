"""A thread of work to hold with a real session on a real engine: questions, edits, red checks, plans, verdicts, a no.

Each reply is scripted; which node asks is told from what it asks. What is measured are the engine's own counters.
"""

import json
import subprocess
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from vivek.schema.approval import Decision
from vivek.schema.events import ApprovalRequested, CallDone, Event, TurnDone
from vivek.schema.report import TurnReport
from vivek.session.session import Session

HEAD = '"""Prices in cents."""\n\nfrom decimal import Decimal\n\nRATE = Decimal("0.19")\n'
NET = '''

def net(price: int) -> int:
    """Return the price without the tax in it."""
    return round(price / (1 + RATE))
'''
BASKET = '''"""What a customer takes."""

from till.prices import discount


def total(prices: list[int], percent: int) -> int:
    """Return what is to pay for all of them."""
    return sum(discount(price, percent) for price in prices)
'''
TESTS = """import unittest

from till.prices import discount


class Discount(unittest.TestCase):
    def test_ten_percent_off(self) -> None:
        self.assertEqual(discount(100, 10), 90)
"""


def prices(number: int, sign: str = "-") -> str:
    """Return the file of prices as edit `number` leaves it; with another sign its test fails."""
    doc = f"Take a percentage off a price; way {number} of rounding it."
    body = f'    """{doc}"""\n    return round(price {sign} price * percent / 100)\n'
    return f"{HEAD}\n\ndef discount(price: int, percent: int) -> int:\n{body}{NET}"


def whole(path: str, text: str, said: str) -> str:
    """Return a reply that writes a whole file."""
    return f"{said}\n\n{path}\n```{'python' if path.endswith('.py') else ''}\n{text}```\n"


def make_shop(root: Path) -> Path:
    """Make a repository with a package, a test and a README; return its root."""
    texts = {
        "till/__init__.py": "",
        "till/prices.py": prices(0),
        "till/basket.py": BASKET,
        "tests/__init__.py": "",
        "tests/test_prices.py": TESTS,
        "README.md": "# Till\n\nCounts what customers pay.\n",
    }
    for path, text in texts.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    identity = ["-c", "user.name=Tess Ter", "-c", "user.email=tess@example.org"]
    for command in (["init", "-q", "-b", "main"], ["add", "-A"], [*identity, "commit", "-q", "-m", "Add a till"]):
        subprocess.run(["git", *command], cwd=root, check=True)
    return root


@dataclass(frozen=True)
class Turn:
    """What the user says and decides, and what the executor replies, in order."""

    text: str
    replies: Sequence[str]
    decisions: Sequence[Decision] = ()


def question(number: int) -> Turn:
    """Return a question about a file that it names."""
    return Turn(
        f"what does discount in till/prices.py do when the percentage is {number}?",
        [f"It takes {number} per cent off the price and rounds to whole cents, as Python's `round` does."],
    )


def mended(number: int) -> Turn:
    """Return an edit whose first form breaks a test."""
    wrong = whole("till/prices.py", prices(number, "+"), "I round the discount now.")
    right = whole("till/prices.py", prices(number), "It has to be taken off, not added.")
    return Turn(f"fix the discount in till/prices.py: round it the way number {number}", [wrong, right])


def planned(number: int) -> Turn:
    """Return a wish that has to be planned, and a change that no test covers."""
    text = f"# Till\n\nCounts what customers pay.\n\n{number} kinds of discount are known.\n"
    return Turn(f"our shop has {number} kinds of discount now, please", [whole("README.md", text, "Said so.")])


def refused(number: int) -> Turn:
    """Return an edit that is refused with a reason and comes again."""
    first = whole("till/basket.py", BASKET.replace("all of them", f"all {number} of them"), "Counted.")
    second = whole("till/basket.py", BASKET.replace("all of them", f"{number} or more of them"), "More, then.")
    no = Decision(approved=False, reason=f"say that {number} is the least")
    return Turn(f"change till/basket.py to name the number {number} in its docstring", [first, second], [no])


def looked_up(number: int) -> Turn:
    """Return a question whose answer has to be looked up first."""
    answer = f"`total` in till/basket.py is the only one; I looked {number} times."
    return Turn(f"who calls discount, as of look number {number}?", ["search: discount(", answer])


KINDS: Sequence[Callable[[int], Turn]] = (question, mended, planned, refused, looked_up)


def turns(count: int) -> list[Turn]:
    """Return so many turns, of every kind in its turn."""
    return [KINDS[number % len(KINDS)](number + 2) for number in range(count)]


@dataclass
class Script:
    """Says the next reply to whoever asks.

    Attributes:
        replies: What the executor says next.
        asked: Who asked, in order.
    """

    replies: deque[str] = field(default_factory=deque)
    asked: list[str] = field(default_factory=list)

    def reply(self, said: str) -> str:
        """Return the reply to a prompt whose last message is `said`."""
        node, text = self._choose(said)
        self.asked.append(node)
        return text

    def _choose(self, said: str) -> tuple[str, str]:
        if '"needs_work"' in said:
            return "reviewer", json.dumps({"feedback": "It does what was asked.", "needs_work": False, "score": 0.9})
        if '"steps"' in said:
            plan = {"kind": "change", "steps": ["Say it in the README."], "files": ["README.md"], "mode": "peer"}
            return "planner", json.dumps(plan | {"question": ""})
        if self.replies:
            return "executor", self.replies.popleft()
        return "other", "The shop rounds its discounts."


@dataclass(frozen=True)
class Told:
    """What came of one turn."""

    calls: Sequence[CallDone]
    report: TurnReport


async def hold(session: Session, turn: Turn, script: Script) -> Told:
    """Take one turn, whatever it asks the user on its way."""
    script.replies.extend(turn.replies)
    decisions = deque(turn.decisions)
    events: list[Event] = [event async for event in session.send(turn.text)]
    while isinstance(done := events[-1], TurnDone) and done.report.status == "needs_approval":
        offered = isinstance(events[-2], ApprovalRequested)
        decision = decisions.popleft() if offered and decisions else Decision(approved=True, always=not offered)
        events += [event async for event in session.answer(decision)]
    assert isinstance(done, TurnDone)
    assert not script.replies, f"{turn.text}: {len(script.replies)} replies were not asked for: {done.report}"
    return Told([event for event in events if isinstance(event, CallDone)], done.report)
