"""One turn that uses every part of a thread, run in processes that die at a chosen moment; and its next start.

A process of its own imports all there is to import, once; every life is a fork of it. `python -m tests.session.doomed`
reads one JSON order a line and answers each with one JSON line.
"""

import asyncio
import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import traceback
from collections.abc import AsyncIterator, Callable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from vivek.providers.adapters.scripted import ScriptedProvider, ScriptedReply
from vivek.schema.approval import Decision
from vivek.schema.chunk import Chunk
from vivek.schema.events import Event, NodeStarted, Notice, TurnDone
from vivek.schema.request import Request
from vivek.session.doors.history import show_thread
from vivek.session.opening import open_session, warm
from vivek.session.options import Choices
from vivek.session.place import open_place
from vivek.session.session import Session
from vivek.session.threads.index import ThreadIndex

THREAD = "doomed-otter-1"
NEXT = "what does it do now?"
REQUEST = "change till/prices.py and till/report.py so that they round"
PRICES, REPORT = "till/prices.py", "till/report.py"
NEW_PRICES = '''"""Prices in cents."""


def discount(price: int, percent: int) -> int:
    """Take a percentage off a price."""
    return round(price - price * percent / 100)
'''
NEW_REPORT = '''"""What was sold."""

from till.prices import discount


def total(prices: list[int], percent: int = 0) -> int:
    """Add up prices after their discount."""
    return round(sum(discount(price, percent) for price in prices))
'''
EDITS = f"Rounded.\n\n{PRICES}\n```python\n{NEW_PRICES}```\n\n{REPORT}\n```python\n{NEW_REPORT}```\n"
PLAN = {"kind": "change", "steps": ["Round"], "files": [PRICES, REPORT], "mode": "peer", "question": ""}
NO_PLAN = {"kind": "answer", "steps": ["Say it"], "files": [], "mode": "peer", "question": ""}
VERDICT = {"feedback": "Fine.", "needs_work": False, "score": 1}
CALLS, RAN = "model-calls", "ran"
COUNTED = ("checkpoints.db", "workspace.db", "threads.db")
USUAL_CALLS = 5
"""Calls of the model in a turn that nothing interrupts: a plan, three steps, a verdict."""


@dataclass
class Order:
    """One life of the process.

    Attributes:
        root: The project.
        outside: A folder beside it: what the model was asked, and what the command did.
        at: Dies before this call of a database or of the file system, 0 for never.
        after: Dies after so many seconds, 0.0 for never.
        node: Dies when this node starts...
        end: ...or when it has ended.
        text: What is asked in a thread that is at rest, "" for nothing.
    """

    root: str
    outside: str
    at: int = 0
    after: float = 0.0
    node: str = ""
    end: bool = False
    text: str = ""


@dataclass
class Told:
    """What one life came to, as far as it could tell.

    Attributes:
        killed: Whether it was killed.
        calls: Calls of databases and of the file system.
        error: What went wrong, or "".
        status: How the turn ended.
        first: What was told at the opening.
        notices: What was told while it went on.
        standing: Where the thread stood at the opening.
        row: What the list of threads says of it afterwards: its status and its turns.
        said: What the thread holds afterwards: who said what.
    """

    killed: bool = False
    calls: int = 0
    error: str = ""
    status: str = ""
    first: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    standing: str = ""
    row: list[str] = field(default_factory=list)
    said: list[list[str]] = field(default_factory=list)


class Answers(ScriptedProvider):
    """Answers by what it is asked, so that it does not matter how often; every call leaves a line outside."""

    def __init__(self, outside: Path) -> None:
        super().__init__([])
        self._outside = outside

    async def stream(self, request: Request) -> AsyncIterator[Chunk]:
        """Yield the reply; how much was read is not said, because the script's own count is a rough one."""
        async for chunk in super().stream(request):
            yield replace(chunk, usage=None if chunk.usage is None else replace(chunk.usage, prompt_tokens=None))

    def _next(self, request: Request) -> ScriptedReply:
        asked = request.messages[-1].content
        node = "planner" if "Plan how to handle" in asked else "reviewer" if "Judge whether" in asked else "executor"
        _append(self._outside / CALLS, node)
        if node == "planner":
            return ScriptedReply(json.dumps(NO_PLAN if NEXT in asked else PLAN))
        if node == "reviewer":
            return ScriptedReply(json.dumps(VERDICT))
        if NEXT in asked:
            return ScriptedReply("It rounds.")
        if "return price" in asked and "search" not in asked:
            return ScriptedReply("search: def discount")
        if "ran >>" in asked:  # the command ran, or was interrupted
            return ScriptedReply(EDITS)
        return ScriptedReply(f"run: echo ran >> {self._outside / RAN}")


def _append(path: Path, line: str) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.write(handle, f"{line}\n".encode())
    os.close(handle)


class Count:
    """Counts the calls of databases and of the file system, and dies before one of them."""

    def __init__(self, at: int) -> None:
        self.calls = 0
        self._at = at
        self._lock = threading.Lock()

    def listen(self) -> None:
        """Begin; there is no end, the process has none either."""
        sys.addaudithook(self._heard)
        connect: Callable[..., sqlite3.Connection] = sqlite3.connect

        def watched(*given: Any, **named: Any) -> sqlite3.Connection:  # Any: handed on as it comes
            connection = connect(*given, **named)
            if Path(str(given[0])).name in COUNTED:
                connection.set_trace_callback(lambda _statement: self._one())
            return connection

        vars(sqlite3)["connect"] = watched

    def _heard(self, event: str, _arguments: tuple[object, ...]) -> None:
        if event in ("os.rename", "os.remove", "os.mkdir", "subprocess.Popen"):
            self._one()

    def _one(self) -> None:
        with self._lock:
            self.calls += 1
            if self.calls == self._at:
                os.kill(os.getpid(), signal.SIGKILL)


async def _live(order: Order, told: Told) -> None:
    outside = Path(order.outside)
    choices = Choices(thread=THREAD, depth="full", interactive=True, sandbox="off")
    inside = False
    async with open_session(open_place(Path(order.root)), choices, provider=Answers(outside)) as session:
        told.first = [notice.text for notice in session.notices]
        told.standing = session.reopening.status
        text = REQUEST if told.standing == "new" else None
        if told.standing == "finished":
            told.status = "done"
            if not order.text:
                return
            text = order.text
        async for event in _through(session, text):
            match event:
                case NodeStarted():
                    if order.node and ((inside and order.end) or (event.node == order.node and not order.end)):
                        os.kill(os.getpid(), signal.SIGKILL)
                    inside = event.node == order.node
                case Notice():
                    told.notices.append(event.text)
                case TurnDone():
                    told.status = event.report.status
                    told.error = "" if event.report.error is None else event.report.error.message
        if order.node:
            os.kill(os.getpid(), signal.SIGKILL)


async def _through(session: Session, text: str | None) -> AsyncIterator[Event]:
    """Send, and say yes to whatever is asked."""
    async for event in session.send(text):
        yield event
    while session.waiting is not None:
        async for event in session.answer(Decision(approved=True)):
            yield event


def live(order: Order) -> Told:
    """Live one life in this process."""
    told, count = Told(), Count(order.at)
    count.listen()
    if order.after:
        threading.Timer(order.after, os.kill, (os.getpid(), signal.SIGKILL)).start()
    try:
        asyncio.run(_live(order, told))
    except Exception:  # noqa: BLE001 - whatever it is, whoever gave the order is told
        told.error = traceback.format_exc()
    told.calls = count.calls
    if not told.error:
        place = open_place(Path(order.root))
        with ThreadIndex.open() as index:
            row = index.find(THREAD, place.root)
        told.row = [row.status, str(row.turns)]
        told.said = [list(pair) for pair in show_thread(place, THREAD)]
    return told


def _forked(order: Order) -> Told:
    """Live one life in a child of this process."""
    ready, said = os.pipe()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            os.write(said, json.dumps(asdict(live(order))).encode())
            code = 0
        finally:
            os._exit(code)
    os.close(said)
    with os.fdopen(ready, "rb") as stream:
        answer = stream.read()
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if status == -signal.SIGKILL:
        return Told(killed=True)
    return Told(**json.loads(answer)) if answer else Told(error=f"the child ended with {status}")


def main() -> None:
    """Answer orders until there are no more."""
    warm()
    for line in sys.stdin:
        sys.stdout.write(json.dumps(asdict(_forked(Order(**json.loads(line))))) + "\n")
        sys.stdout.flush()


class Lives:
    """The process that lives and dies on order.

    Args:
        env: Its environment.
    """

    def __init__(self, env: dict[str, str]) -> None:
        command = [sys.executable, "-m", "tests.session.doomed"]
        root = Path(__file__).parents[2]
        env = {**env, "PYTHONPATH": f"{root}{os.pathsep}{env.get('PYTHONPATH', '')}"}
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env, cwd=root
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate(timeout=60)

    def live(self, order: Order) -> Told:
        """Live one life and return what it came to."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write(json.dumps(asdict(order)) + "\n")
        stdin.flush()
        return Told(**json.loads(stdout.readline()))


if __name__ == "__main__":
    main()
