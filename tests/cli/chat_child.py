"""A chat in a process of its own, for tests that drive a real terminal: `python chat_child.py DATA-FOLDER [dumb|long]`.

The conversation is scripted; the first prompt is drawn before anything of a turn is loaded.
"""

import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from tests.cli.fakes import THREAD, FakeChoices, FakeConversation, FakeOpener, FakePlace, answered, applied, edited
from vivek.cli.app import act
from vivek.cli.options import Invocation, Terminal
from vivek.cli.start import start_chat
from vivek.cli.turn.parties import Opener
from vivek.schema.events import NodeStarted, Notice, PhaseChanged, TextDelta
from vivek.schema.reopening import Reopening, Reread
from vivek.schema.wishes import AS_USUAL, TurnWish
from vivek.session.resumed import reread_of

HEAVY = ("langgraph", "langchain_core", "httpx", "tiktoken", "pydantic", "rich", "xllamacpp")


def held(file: Path) -> Iterator[float]:
    """Yield waits until there is a file, so that the test says when a turn goes on."""
    while not file.exists():
        yield 0.02


def load() -> Opener:
    """Say what is loaded when the prompt is on the screen; then play."""
    loaded = [name for name in HEAVY if name in sys.modules]
    sys.stdout.write(f"\nloaded at the prompt: {loaded}\n")
    sys.stdout.flush()
    forever = [
        NodeStarted("executor"),
        PhaseChanged("executor", "decode"),
        TextDelta("executor", "Half an answer"),
        60.0,
    ]
    long = "".join(f"- item {number} of a long list\n" for number in range(60)) + "\nThe end.\n"
    by_text: dict[str | None, Any] = {  # Any: lists and streams of events, errors and waits
        "long": answered(long, pieces=400),
        "wait": forever,
        "edit": edited(),
        "hold": chain(forever[:3], held(Path(sys.argv[1]) / "go"), answered("Held.")),
        "hold edit": chain(forever[:3], held(Path(sys.argv[1]) / "go"), edited()),
    }

    class Scripted(FakeConversation):
        """Plays what the message asks for."""

        def send(self, text: str | None, wish: TurnWish = AS_USUAL) -> Any:  # Any: the generator of the double
            """Play the script of this name, else repeat the message."""
            self.scripts.insert(0, by_text.get(text) or answered(f"You said {text!r}."))
            return super().send(text, wish)

    due = Reread(14_200, 50.0, compactable=True) if "long" in sys.argv else None
    told = () if due is None else (Notice(f"{reread_of(due)}."),)
    return FakeOpener(Scripted([applied()], notices=told, reopening=Reopening("finished", reread=due))).load()


if __name__ == "__main__":
    place: Any = FakePlace(Path(sys.argv[1]), Path(sys.argv[1]))
    choices: Any = FakeChoices(model="scripted/one", thread=THREAD if "long" in sys.argv else None)
    terminal = Terminal(reads=True, asks=True, draws="dumb" not in sys.argv, shows=True)
    code = act(Invocation(action=lambda: start_chat(place, choices, terminal, first=None, load=load)))
    sys.stdout.write(f"left with {code}\n")
    sys.exit(code)
